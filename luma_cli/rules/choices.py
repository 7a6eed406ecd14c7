"""Values that no field of the API is known to accept: a newer API may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from luma_cli.rules.constants import (
    ASPECT_RATIOS,
    DURATIONS,
    LAYERING_RESOLUTIONS,
    MODELS,
    OUTPUT_FORMATS,
    RESOLUTIONS,
    STYLES,
    TYPES,
)

_Choices = Mapping[str, tuple[str, ...]]
_TOP: _Choices = {
    "model": MODELS,
    "type": TYPES,
    "aspect_ratio": ASPECT_RATIOS,
    "style": STYLES,
    "output_format": OUTPUT_FORMATS,
}
_NESTED: Mapping[str, _Choices] = {
    "video": {"resolution": RESOLUTIONS, "duration": DURATIONS},
    "layering": {"resolution": LAYERING_RESOLUTIONS},
}


class UnknownChoice(NamedTuple):
    """A text that is none of the `known` ones of its field."""

    field: str
    value: str
    known: tuple[str, ...]


def unknown_choices(body: Mapping[str, Any]) -> Iterator[UnknownChoice]:
    """Yield the texts in a request body that are unknown in their fields, for any type of job."""
    yield from _in(body, _TOP, "")
    for outer, table in _NESTED.items():
        inner = body.get(outer)
        if isinstance(inner, Mapping):
            yield from _in(inner, table, f"{outer}.")


def _in(fields: Mapping[str, Any], table: _Choices, before: str) -> Iterator[UnknownChoice]:
    for name, known in table.items():
        value = fields.get(name)
        if isinstance(value, str) and value not in known:
            yield UnknownChoice(f"{before}{name}", value, known)
