"""A successful answer of the API, as the text it came in."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from luma_cli.api.models import Generation
    from luma_cli.errors import Exchange


class Answer:
    """The answer's JSON text, untouched, and the exchange it belongs to.

    `generation_id` is the id of a submitted job, also from a damaged answer; `is_certain` is false
    when the answer cannot be parsed completely.
    """

    def __init__(
        self,
        text: str,
        exchange: Exchange,
        generation_id: str | None = None,
        is_certain: bool = True,
    ) -> None:
        self.text: Final = text
        self.exchange: Final = exchange
        self.generation_id: Final = generation_id
        self.is_certain: Final = is_certain

    @cached_property
    def fields(self) -> dict[str, Any]:
        """The answer as a dictionary, empty if it is not an object."""
        return read_object(self.text) or {}

    @cached_property
    def generation(self) -> Generation:
        """The answer as a generation; raises `UnexpectedAnswerError` if it is not one."""
        from luma_cli.api.models import read_generation

        return read_generation(self.text, self.exchange)


def read_object(text: str) -> dict[str, Any] | None:
    """Return the JSON object in a text, or `None`; never raises.

    Numbers with more digits than Python converts stay text.
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
