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
    """The answer's JSON text, untouched, and the exchange it belongs to."""

    text: str
    exchange: Exchange

    @cached_property
    def fields(self) -> dict[str, Any]:
        """The answer as a dictionary; the client has checked that it is one."""
        return dict(json.loads(self.text))

    @cached_property
    def generation(self) -> Generation:
        """The answer as a generation; raises `UnexpectedAnswerError` when it is none."""
        from luma_cli.api.models import read_generation

        return read_generation(self.text, self.exchange)
