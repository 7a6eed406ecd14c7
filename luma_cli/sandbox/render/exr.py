"""The first frame of a video as OpenEXR: 16-bit floats, scene-linear, in ACES2065-1."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

_GAMMA = 2.2  # an approximation of the sRGB curve
# Rows for R, G and B: from the primaries of sRGB to those of ACES2065-1.
_TO_ACES = (
    (0.4397, 0.3830, 0.1774),
    (0.0898, 0.8134, 0.0968),
    (0.0175, 0.1115, 0.8710),
)


def exr(still: Image.Image) -> bytes:
    """Return an image of mode `RGB` as the bytes of an EXR file."""
    import av

    width, height = still.size
    context = av.CodecContext.create("exr", "w")
    context.width, context.height = width, height
    context.pix_fmt = "gbrpf32le"
    context.time_base = Fraction(1, 24)
    context.options = {"format": "half", "compression": "zip1"}
    frame = av.VideoFrame(width, height, context.pix_fmt)
    red, green, blue = _linear(still)
    for plane, channel in zip(frame.planes, (green, blue, red), strict=True):
        plane.update(_rows(channel, plane.line_size))
    frame.pts = 0
    packets = [*context.encode(frame), *context.encode(None)]
    return b"".join(bytes(packet) for packet in packets)


def _linear(still: Image.Image) -> list[Image.Image]:
    """Return the channels in linear light and ACES primaries, as floats."""
    from PIL import ImageMath

    def light(values: dict[str, Any]) -> Any:
        return (values["channel"] / 255.0) ** _GAMMA

    channels = [
        ImageMath.lambda_eval(light, channel=channel.convert("F")) for channel in still.split()
    ]

    def mix(row: tuple[float, float, float]) -> Any:
        red, green, blue = row
        return ImageMath.lambda_eval(
            lambda values: values["r"] * red + values["g"] * green + values["b"] * blue,
            **dict(zip("rgb", channels, strict=True)),
        )

    return [mix(row) for row in _TO_ACES]


def _rows(channel: Image.Image, row_bytes: int) -> bytes:
    """Return the floats of a channel, with rows of the length that the codec requires."""
    data, length = channel.tobytes(), channel.width * 4
    if length == row_bytes:
        return data
    padding = bytes(row_bytes - length)
    return b"".join(data[at : at + length] + padding for at in range(0, len(data), length))
