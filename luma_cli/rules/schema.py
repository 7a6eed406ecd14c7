"""The JSON types of the fields of a request, which the other rules rely on.

The answer to a wrong type is undocumented: here a 422, in the style of the other rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from luma_cli.rules.constants import REFERENCE_FIELDS
from luma_cli.rules.violation import Violation, unprocessable

_REFERENCE = dict.fromkeys(REFERENCE_FIELDS, "string")
_EDIT = {
    "auto_controls": "boolean",
    "strength": "string",
    "controls": {
        "pose": {"enabled": "boolean", "strength": "string"},
        "depth": {"enabled": "boolean", "blur": "number"},
        "normals": {"enabled": "boolean", "augmentation": "number"},
        "trajectory": {"enabled": "boolean", "sparsity": "number"},
        "face": {"enabled": "boolean"},
    },
    "keyframes": [_REFERENCE],
    "keyframe_indexes": ["integer"],
}
_VIDEO = {
    "resolution": "string",
    "duration": "string",
    "loop": "boolean",
    "hdr": "boolean",
    "exr_export": "boolean",
    "start_frame": _REFERENCE,
    "end_frame": _REFERENCE,
    "guide_frame": _REFERENCE,
    "keyframes": [_REFERENCE],
    "keyframe_indexes": ["integer"],
    "edit": _EDIT,
    "source_position": dict.fromkeys(("x_norm", "y_norm", "w_norm", "h_norm"), "number"),
}
_REQUEST = {
    "prompt": "string",
    "model": "string",
    "type": "string",
    "aspect_ratio": "string",
    "style": "string",
    "output_format": "string",
    "web_search": "boolean",
    "image_ref": [_REFERENCE],
    "source": _REFERENCE,
    "video": _VIDEO,
    "layering": {"resolution": "string"},
    "user_id": "string",
}
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


def type_violations(body: Mapping[str, Any]) -> Iterator[Violation]:
    """Yield every field with a value of the wrong JSON type, except `null` and unknown fields."""
    yield from check_shape(body, _REQUEST)


def type_of_field(path: Sequence[str]) -> Any:
    """Return the type of a field: a word, a mapping of fields, or a list with one type.

    It is `None` for an unknown field.
    """
    shape: Any = _REQUEST
    for step in path:
        shape = shape.get(step) if isinstance(shape, dict) else None
    return shape


def check_shape(body: Mapping[str, Any], shape: Mapping[str, Any]) -> Iterator[Violation]:
    """Yield every field of `body` whose type differs from `shape`."""
    yield from _check("", body, shape)


def _check(path: str, value: Any, shape: Any) -> Iterator[Violation]:
    if value is None:
        return
    if isinstance(shape, dict):
        if not isinstance(value, Mapping):
            yield unprocessable(f"{path}: must be an object")
            return
        for name, inner in shape.items():
            yield from _check(f"{path}.{name}" if path else name, value.get(name), inner)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield unprocessable(f"{path}: must be an array")
            return
        for index, item in enumerate(value):
            if item is None:
                yield unprocessable(f"{path}[{index}]: must not be null")
            yield from _check(f"{path}[{index}]", item, shape[0])
    elif not isinstance(value, _TYPES[shape]) or (shape != "boolean" and isinstance(value, bool)):
        article = "an" if shape == "integer" else "a"
        yield unprocessable(f"{path}: must be {article} {shape}")
