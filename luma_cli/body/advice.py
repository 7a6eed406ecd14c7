"""From the sentence of a rejected request to the flag that fixes it.

The sentences are those of `rules`, whose texts the API documents; the flags are those of
`body.generation_flags`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from luma_cli.body.body_flag import BodyFlag, Kind
from luma_cli.body.generation_flags import GENERATION_FLAGS
from luma_cli.flags import Flag
from luma_cli.rules.constants import DEFAULT_TYPE, HDR_RESOLUTIONS, MODELS, TYPES_OF_MODEL

_LONGEST_SENTENCE = 500
_SURE = 0.6
# object of the request -> the flags of a job that takes it
_NEEDED = {
    "video": "--type video --model ray-3.2",
    "layering": "--type layering",
    "source": "--type image_edit",
}
# objects with a flag for each field
_OBJECTS = ("video", "video.edit", "layering")


def advice(detail: str, body: Mapping[str, Any]) -> str | None:
    """Return which flag to change, add or drop after the API's `detail` about this body."""
    for pattern, advise in _ADVICE:
        if found := pattern.match(detail[:_LONGEST_SENTENCE]):
            return advise(body, *found.groups())
    return None


def _choose(_body: Mapping[str, Any], path: str, value: str, allowed: str) -> str | None:
    flag = _flag_at(path)
    if flag is None:
        return None
    close = get_close_matches(value.lower(), allowed.split(", "), 1, _SURE)
    return f"use `{flag.name} {close[0]}`" if close else f"change `{flag.name}`"


def _name_models(_body: Mapping[str, Any]) -> str:
    return f"this version knows {', '.join(MODELS)}; change `--model`"


def _pair(body: Mapping[str, Any], kind: str, model: str) -> str | None:
    """Return the flag that makes type and model fit; whichever was left out is to be added."""
    types = TYPES_OF_MODEL.get(model, ())
    models = [name for name in MODELS if kind in TYPES_OF_MODEL[name]]
    if body.get("type") is None and types:
        return f"add `--type {types[0]}`"
    if not models:
        return None
    return f"{'add' if body.get('model') is None else 'use'} `--model {models[0]}`"


def _require(_body: Mapping[str, Any], path: str) -> str | None:
    flag = _flag_at(path)
    if flag is None:
        return None
    return f"add `{flag.name} {flag.placeholder}`" if flag.placeholder else f"add `{flag.name}`"


def _drop(body: Mapping[str, Any], path: str, kind: str) -> str | None:
    given = _given(body, path)
    if given is None:
        return None
    if path == "image_ref" and kind == "video":
        return f"drop {given}, or use `--start-frame` for the first frame"
    if path in _NEEDED and kind == DEFAULT_TYPE:
        return f"add `{_NEEDED[path]}`, or drop {given}"
    return f"drop {given}"


def _drop_source(body: Mapping[str, Any]) -> str | None:
    return _drop(body, "source", "image")


def _drop_either(_body: Mapping[str, Any], holder: str, one: str, other: str) -> str | None:
    paths = (f"{holder}.duration" if name == "10s" else f"{holder}.{name}" for name in (one, other))
    flags = [flag.name for path in paths if (flag := _flag_at(path)) is not None]
    return f"drop `{flags[0]}` or `{flags[1]}`" if len(flags) == 2 else None


def _set_resolution(_body: Mapping[str, Any]) -> str:
    return f"use `--resolution {'` or `--resolution '.join(HDR_RESOLUTIONS)}`"


def _change_ratio(body: Mapping[str, Any]) -> str | None:
    return _change(body, "aspect_ratio")


def _change(_body: Mapping[str, Any], path: str) -> str | None:
    flag = _flag_around(path.lower())
    return f"change `{flag.name}`" if flag is not None else None


def _check_id(_body: Mapping[str, Any], path: str, kind: str) -> str:
    flag = _flag_around(path)
    where = f" in `{flag.name}`" if flag is not None else ""
    return f"check the id{where}; a {kind} is only visible to the account that made it"


# The first pattern that matches decides.
_ADVICE: tuple[tuple[re.Pattern[str], Callable[..., str | None]], ...] = tuple(
    (re.compile(pattern), advise)
    for pattern, advise in (
        (r"([\w.]+): '(.*)' is not one of (.*)", _choose),
        (r"Unknown model: ", _name_models),
        (r"Type '(\w+)' is not supported for model '(.*)'", _pair),
        (r"([\w.]+) is required", _require),
        (r"([\w.]+) is not supported for type '(\w+)'", _drop),
        (r"source is only valid for type 'image_edit'", _drop_source),
        (r"([\w.]+): '(\w+)' cannot be combined with '(\w+)'", _drop_either),
        (r"[\w.]+ requires (video\.hdr)$", _require),
        (r"video\.hdr requires resolution", _set_resolution),
        (r"([\w.]+)(?:\[\d+\])?: (generation|file) not found", _check_id),
        (r"Invalid aspect_ratio|style 'manga' supports portrait", _change_ratio),
        (r"(Prompt) must be", _change),
        (r"([\w.]+)(?:\[\d+\])?(?:: | must | supports )", _change),
    )
)


def _flag_at(path: str) -> Flag | None:
    """Return the shortest flag for a field: `--duration`, not `--video.duration`."""
    flags = [declared.flag for declared in GENERATION_FLAGS if path in _paths_of(declared)]
    return min(flags, key=lambda flag: len(flag.name), default=None)


def _paths_of(declared: BodyFlag) -> tuple[str, ...]:
    if declared.kind is Kind.KEYFRAME:
        return ("video.keyframes", "video.keyframe_indexes")
    if declared.kind in (Kind.ELEMENT_FIELD, Kind.TEXT_FILE):
        return ()
    return (".".join(declared.path),)


def _flag_around(path: str) -> Flag | None:
    """Return the flag for a field, or for the innermost object around it that has one."""
    while (flag := _flag_at(path)) is None and "." in path:
        path = path.rpartition(".")[0]
    return flag


def _given(body: Mapping[str, Any], path: str) -> str | None:
    """Return the flags of a field; for an object with a flag for each field, of those it has."""
    value: Any = body
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    inner = value if path in _OBJECTS and isinstance(value, Mapping) else ()
    paths = [f"{path}.{name}" for name in inner] or [path]
    flags = [flag for each in paths if (flag := _flag_at(each)) is not None]
    return " and ".join(dict.fromkeys(f"`{flag.name}`" for flag in flags)) or None
