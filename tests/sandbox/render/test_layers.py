"""Layers: exact cut-outs that restore the picture."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, ImageChops

from luma_cli.sandbox.render.layers import SHAPES
from tests.sandbox.conftest import Sandbox, inline, picture

URL = {"url": "https://x.test/a.png"}


def photograph() -> bytes:
    """Return a picture in which all regions differ."""
    image = Image.linear_gradient("L").resize((300, 200))
    image = Image.merge("RGB", (image, image.rotate(90, expand=False), image.rotate(180)))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def stack(sandbox: Sandbox, **body: Any) -> list[tuple[dict[str, Any], Image.Image]]:
    """Return the description and picture of each layer."""
    generation_id = sandbox.create(type="layering", **{"source": URL, **body})
    sandbox.time += 3600
    found: list[tuple[dict[str, Any], Image.Image]] = []
    for output in sandbox.get(generation_id)["output"]:
        answer = sandbox.ask("GET", output["url"])
        assert (output["type"], answer.headers["Content-Type"]) == ("image", "image/png")
        found.append((output["layer"], Image.open(io.BytesIO(answer.content))))
    return found


def recompose(layers: list[tuple[dict[str, Any], Image.Image]]) -> Image.Image:
    """Paste the layers from the last to the first, as the API's documents describe."""
    first = layers[0][0]["bounds"]
    whole = Image.new("RGBA", (first["canvas_width"], first["canvas_height"]), (0, 0, 0, 0))
    for layer, image in reversed(layers):
        bounds = layer["bounds"]
        whole.alpha_composite(image, (bounds["x"], bounds["y"]))
    return whole


def test_layers_restore_the_picture(sandbox: Sandbox) -> None:
    layers = stack(sandbox, source=inline(photograph()), prompt="[layers 10]")

    with Image.open(io.BytesIO(photograph())) as source:
        whole = source.convert("RGB").resize((1024, 683))
    again = recompose(layers)
    assert again.getchannel("A").getextrema() == (255, 255)
    difference = ImageChops.difference(again.convert("RGB"), whole)
    # Half-transparent edges are rounded once for each of them that lies above another.
    assert max(difference.tobytes()) <= 2


def test_background_layer_differs_from_the_picture(sandbox: Sandbox) -> None:
    layers = stack(sandbox, source=inline(photograph()))
    background = layers[-1][1]
    assert ImageChops.difference(recompose(layers), background).getbbox(alpha_only=False)


@pytest.mark.parametrize("resolution", ["1k", "2k", None])
def test_layer_bounds_are_tight(sandbox: Sandbox, resolution: str | None) -> None:
    layers = stack(sandbox, layering={"resolution": resolution}, prompt="[layers 5]")

    side = 2048 if resolution == "2k" else 1024
    for layer, image in layers:
        bounds = layer["bounds"]
        assert (image.mode, image.size) == ("RGBA", (bounds["width"], bounds["height"]))
        assert image.getchannel("A").getbbox() == (0, 0, *image.size)
        assert 0 <= bounds["x"] <= side - bounds["width"]
        assert 0 <= bounds["y"] <= side - bounds["height"]
        assert (bounds["canvas_width"], bounds["canvas_height"]) == (side, side)
    assert layers[-1][0]["bounds"] == {
        "x": 0,
        "y": 0,
        "width": side,
        "height": side,
        "canvas_width": side,
        "canvas_height": side,
    }


def test_layer_descriptions(sandbox: Sandbox) -> None:
    said = [layer for layer, _ in stack(sandbox)]
    assert [
        (layer["index"], layer["label"], layer["alpha_hint"], layer["description"])
        for layer in said
    ] == [
        (0, "soft glow", "soft", "A soft glow of the picture"),
        (1, "round element", "hard", "A round element of the picture"),
        (2, "diamond", "hard", "A diamond of the picture"),
        (3, "background", "none", "Everything else of the picture"),
    ]


@pytest.mark.parametrize(
    ("prompt", "count"), [("", 4), ("[layers 1]", 1), ("[layers 0]", 1), ("[layers 99]", 10)]
)
def test_prompt_selects_number_of_layers(sandbox: Sandbox, prompt: str, count: int) -> None:
    layers = stack(sandbox, prompt=prompt)
    assert len(layers) == count
    assert [layer["alpha_hint"] for layer, _ in layers][-1] == "none"


def test_layer_edges_match_alpha_hint(sandbox: Sandbox) -> None:
    layers = stack(sandbox, prompt=f"[layers {len(SHAPES) + 1}]")
    for layer, image in layers:
        alphas = len(set(image.getchannel("A").tobytes()))
        assert (alphas > 10) == (layer["alpha_hint"] == "soft"), layer["label"]
        assert alphas > 2 or layer["alpha_hint"] != "soft"


def test_layers_are_the_same_in_every_answer(sandbox: Sandbox) -> None:
    generation_id = sandbox.create(type="layering", source=inline(picture()))
    sandbox.time += 3600
    first, again = (
        [output["layer"] for output in sandbox.get(generation_id)["output"]] for _ in range(2)
    )
    assert first == again
