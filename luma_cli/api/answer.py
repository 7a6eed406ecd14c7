"""A successful answer of the API, as the text it came in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from luma_cli.api.models import Generation
    from luma_cli.errors import Exchange


@dataclass(frozen=True)
class Answer:
    """The answer's JSON text, untouched, and the exchange it belongs to.

    `generation_id` is that of the job that a submission made, however odd its answer; it is not
    `is_certain` when the answer cannot be read as a whole.
    """

    text: str
    exchange: Exchange
    generation_id: str | None = None
    is_certain: bool = True

    @cached_property
    def fields(self) -> dict[str, Any]:
        """The answer as a dictionary, empty when it is none."""
        return read_object(self.text) or {}

    @cached_property
    def generation(self) -> Generation:
        """The answer as a generation; raises `UnexpectedAnswerError` when it is none."""
        from luma_cli.api.models import read_generation

        return read_generation(self.text, self.exchange)


def read_object(text: str) -> dict[str, Any] | None:
    """Return the JSON object that a text is, or `None`; never raises.

    Numbers of more digits than Python converts stay texts.
    """
    try:
        value = json.loads(text, parse_int=_whole_number)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _whole_number(digits: str) -> int | str:
    try:
        return int(digits)
    except ValueError:
        return digits
