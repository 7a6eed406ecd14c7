"""Layers: elements cut out of an image, in front of a background without them.

Pasting the layers at their bounds, from the last to the first, restores the image. That includes
soft edges: the background is blurred only where an element covers it completely.
"""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from luma_cli.rules.interpretation import FIRST_LAYER_INDEX
from luma_cli.sandbox.models.jobs import Job
from luma_cli.sandbox.render.sizes import size_of

if TYPE_CHECKING:
    from PIL import Image

_LAYERS = re.compile(r"\[layers (\d{1,2})\]")
_DEFAULT_LAYERS, _MOST_LAYERS = 4, 10
_SMALLEST, _LARGEST = 0.18, 0.4  # as a share of the canvas, in each direction
_SOFT_STEPS = 24


class Shape(NamedTuple):
    """A kind of element: its label, and `soft` or `hard` edges."""

    label: str
    alpha_hint: str


SHAPES = (
    Shape("soft glow", "soft"),
    Shape("round element", "hard"),
    Shape("diamond", "hard"),
    Shape("panel", "hard"),
)
_BACKGROUND = Shape("background", "none")


class Layer(NamedTuple):
    """A layer: its place in the stack, its shape, and its position on the canvas in pixels."""

    number: int
    shape: Shape
    x: int
    y: int
    width: int
    height: int
    canvas: tuple[int, int]

    def describe(self) -> dict[str, Any]:
        """Return the layer as the API shows it."""
        what = "Everything else" if self.shape is _BACKGROUND else f"A {self.shape.label}"
        return {
            "index": self.number,
            "label": self.shape.label,
            "description": f"{what} of the picture",
            "alpha_hint": self.shape.alpha_hint,
            "bounds": {
                "x": self.x,
                "y": self.y,
                "width": self.width,
                "height": self.height,
                "canvas_width": self.canvas[0],
                "canvas_height": self.canvas[1],
            },
        }


def layers_of(job: Job) -> list[Layer]:
    """Return the layers of a job, front to back; the last one is the background."""
    requested = _LAYERS.search(job.prompt)
    count = min(max(int(requested[1]), 1), _MOST_LAYERS) if requested else _DEFAULT_LAYERS
    canvas = size_of(job)
    random = Random(job.id)  # noqa: S311 - not for security
    elements = [_place(random, number, canvas) for number in range(count - 1)]
    number = FIRST_LAYER_INDEX + count - 1
    return [*elements, Layer(number, _BACKGROUND, 0, 0, *canvas, canvas)]


def draw_layer(layer: Layer, layers: list[Layer], whole: Image.Image) -> Image.Image:
    """Return a layer of an image as `RGBA`."""
    box = (layer.x, layer.y, layer.x + layer.width, layer.y + layer.height)
    if layer.shape is not _BACKGROUND:
        picture = whole.crop(box).convert("RGBA")
        picture.putalpha(_mask(layer))
        return picture
    picture = whole.copy()
    blurred = whole.resize((12, 12)).resize(whole.size)
    for other in layers:
        if other is not layer:
            hidden = _mask(other).point(lambda alpha: 255 if alpha == 255 else 0)
            place = (other.x, other.y)
            size = (other.x + other.width, other.y + other.height)
            picture.paste(blurred.crop((*place, *size)), place, hidden)
    return picture.convert("RGBA")


def _place(random: Random, number: int, canvas: tuple[int, int]) -> Layer:
    width, height = (round(side * random.uniform(_SMALLEST, _LARGEST)) for side in canvas)
    x, y = random.randint(0, canvas[0] - width), random.randint(0, canvas[1] - height)
    shape = SHAPES[number % len(SHAPES)]
    return Layer(FIRST_LAYER_INDEX + number, shape, x, y, width, height, canvas)


def _mask(layer: Layer) -> Image.Image:
    """Return the alpha channel of an element, which touches all four sides of its bounds."""
    from PIL import Image, ImageDraw

    right, bottom = layer.width - 1, layer.height - 1
    mask = Image.new("L", (layer.width, layer.height), 0)
    pen = ImageDraw.Draw(mask)
    if layer.shape.label == "soft glow":
        step = min(layer.width, layer.height) / 4 / _SOFT_STEPS
        for number in range(1, _SOFT_STEPS + 1):
            inset = (number - 1) * step
            box = (inset, inset, right - inset, bottom - inset)
            pen.ellipse(box, fill=round(255 * number / _SOFT_STEPS))
    elif layer.shape.label == "round element":
        pen.ellipse((0, 0, right, bottom), fill=255)
    elif layer.shape.label == "diamond":
        corners = [(right / 2, 0), (right, bottom / 2), (right / 2, bottom), (0, bottom / 2)]
        pen.polygon(corners, fill=255)
    else:
        radius = min(layer.width, layer.height) // 6
        pen.rounded_rectangle((0, 0, right, bottom), radius, fill=255)
    return mask
