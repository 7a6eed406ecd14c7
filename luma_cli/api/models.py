"""The answers we look into. Fields we do not know are kept out of the way, never refused."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from luma_cli.errors import Exchange, UnexpectedAnswerError
from luma_cli.rules.vocabulary import TERMINAL_STATES


class Output(BaseModel):
    """One result: `url` is presigned and lives for an hour."""

    type: str = ""
    url: str | None = None
    layer: Any = None  # only names are made of it: whatever it is, the result counts

    @property
    def label(self) -> str:
        """What a layer is called."""
        label = self.layer.get("label") if isinstance(self.layer, dict) else None
        return label if isinstance(label, str) else ""


class Generation(BaseModel):
    """A job; `output` may be absent or null until it is completed."""

    id: str
    state: str
    type: str = ""
    model: str = ""
    created_at: Any = None  # same
    output: list[Output | None] | None = None
    failure_code: str | None = None
    failure_reason: str | None = None

    @property
    def is_terminal(self) -> bool:
        """Whether the state will not change any more."""
        return self.state in TERMINAL_STATES

    @property
    def links(self) -> list[str]:
        """The URLs of the outputs; what has none cannot be fetched."""
        return [output.url for output in self.output or [] if output and output.url]

    @property
    def labels(self) -> list[str]:
        """What the layers are called, in the order of the links; empty for other outputs."""
        return [output.label for output in self.output or [] if output and output.url]


def read_generation(text: str, exchange: Exchange) -> Generation:
    """Read a generation from JSON text; raises `UnexpectedAnswerError` when it is none."""
    try:
        return Generation.model_validate_json(text)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UnexpectedAnswerError(
            f"the server's answer is not a generation: `{where}`: {first['msg'].lower()}",
            hint="check `--base-url`",
            exchange=exchange,
        ) from None
