"""Drawing an image: a gradient, the prompt and a footer."""

from __future__ import annotations

import colorsys
import hashlib
import io
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

_LARGEST_TEXT, _SMALLEST_TEXT = 0.11, 0.025
_MARGIN = 0.07
_TEXT_HEIGHT = 0.5  # leaves a corner for the thumbnail
_MOST_CHARACTERS = 400
_INK, _FAINT_INK = (255, 255, 255, 255), (255, 255, 255, 190)
_SHADE = (0, 0, 0, 90)


@dataclass(frozen=True)
class Scene:
    """The contents of an image: its size, texts, a seed for the colours, a reference's bytes."""

    width: int
    height: int
    prompt: str
    footer: str
    seed: str
    thumbnail: bytes | None = None


def draw(scene: Scene) -> Image.Image:
    """Draw a scene in RGB."""
    from PIL import Image, ImageDraw

    picture = _gradient(scene).convert("RGBA")
    layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    _write_prompt(pen, scene)
    _write_footer(pen, scene)
    picture = Image.alpha_composite(picture, layer)
    if scene.thumbnail is not None:
        _paste_thumbnail(picture, scene)
    return picture.convert("RGB")


def _gradient(scene: Scene) -> Image.Image:
    """Return a few soft colours around one hue, enlarged from 16 pixels."""
    from PIL import Image

    digest = hashlib.sha256(scene.seed.encode(errors="surrogatepass")).digest()
    hue = digest[0] / 255
    small = Image.new("RGB", (4, 4))
    for index in range(16):
        shift, light = digest[index + 1] / 255, digest[index + 16 - 1] / 255
        red, green, blue = colorsys.hsv_to_rgb(
            (hue + 0.16 * shift) % 1, 0.45 + 0.3 * light, 0.45 + 0.3 * light
        )
        small.putpixel((index % 4, index // 4), (int(red * 255), int(green * 255), int(blue * 255)))
    return small.resize((scene.width, scene.height), Image.Resampling.BICUBIC)


def _write_prompt(pen: ImageDraw.ImageDraw, scene: Scene) -> None:
    short_side = min(scene.width, scene.height)
    room = (scene.width * (1 - 2 * _MARGIN), scene.height * _TEXT_HEIGHT)
    size = int(short_side * _LARGEST_TEXT)
    smallest = max(int(short_side * _SMALLEST_TEXT), 8)
    text = _drawable(scene.prompt)
    while True:
        font = _font(size)
        wrapped = _wrap(pen, text, font, room[0])
        box = pen.multiline_textbbox((0, 0), wrapped, font=font, align="center")
        if (box[3] - box[1] <= room[1] and box[2] - box[0] <= room[0]) or size <= smallest:
            break
        size = max(int(size * 0.85), smallest)
    middle = (scene.width / 2, scene.height / 2)
    offset = max(size // 24, 1)
    for shift, ink in ((offset, _SHADE), (0, _INK)):
        pen.multiline_text(
            (middle[0] + shift, middle[1] + shift),
            wrapped,
            font=font,
            fill=ink,
            anchor="mm",
            align="center",
        )


def _drawable(text: str) -> str:
    """Shorten the text and remove accents, most of which Pillow's own font lacks."""
    if len(text) > _MOST_CHARACTERS:
        text = text[:_MOST_CHARACTERS] + "..."
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _wrap(
    pen: ImageDraw.ImageDraw,
    text: str,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    width: float,
) -> str:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if pen.textlength(longer, font=font) <= width:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for character in word:
            if lines[-1] and pen.textlength(lines[-1] + character, font=font) > width:
                lines.append("")
            lines[-1] += character
    return "\n".join(lines)


def _write_footer(pen: ImageDraw.ImageDraw, scene: Scene) -> None:
    size = max(int(min(scene.width, scene.height) * 0.026), 9)
    place = (scene.width / 2, scene.height - size * 2.2)
    pen.text(place, scene.footer, font=_font(size), fill=_FAINT_INK, anchor="mm")


def _paste_thumbnail(picture: Image.Image, scene: Scene) -> None:
    """Show the reference in the corner, as evidence that it arrived."""
    from PIL import Image, ImageDraw, ImageOps

    side = int(min(scene.width, scene.height) * 0.2)
    margin = side // 5
    assert scene.thumbnail is not None  # noqa: S101 - checked by the caller
    reference = ImageOps.fit(Image.open(io.BytesIO(scene.thumbnail)), (side, side))
    mask = Image.new("L", (side, side), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, side - 1, side - 1), side // 8, fill=255)
    picture.paste(reference, (margin, margin), mask)
    frame = (margin, margin, margin + side - 1, margin + side - 1)
    ImageDraw.Draw(picture).rounded_rectangle(
        frame, side // 8, outline=_INK, width=max(side // 50, 1)
    )


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    from PIL import ImageFont

    return ImageFont.load_default(size=size)
