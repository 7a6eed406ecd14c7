"""A generation, read from any JSON that the server sends."""

from __future__ import annotations

import re
from typing import NamedTuple

from luma_cli.errors import Exchange, UnexpectedAnswerError
from luma_cli.jsontext.shallow import as_string, is_number, items, members
from luma_cli.rules.constants import TERMINAL_STATES


class Output(NamedTuple):
    """One result: `url` is presigned and lives for an hour; `label` is what a layer is called."""

    url: str
    label: str = ""


class Generation(NamedTuple):
    """A job; `outputs` are those that have a URL, `created_at` is as the server spells it."""

    id: str
    state: str
    type: str = ""
    model: str = ""
    created_at: str | None = None
    outputs: tuple[Output, ...] = ()
    failure_code: str | None = None
    failure_reason: str | None = None

    @property
    def is_terminal(self) -> bool:
        """Whether the state will not change any more."""
        return self.state in TERMINAL_STATES

    @property
    def links(self) -> list[str]:
        """The URLs of the outputs; what has none cannot be fetched."""
        return [output.url for output in self.outputs]

    @property
    def labels(self) -> list[str]:
        """What the layers are called, in the order of the links; empty for other outputs."""
        return [output.label for output in self.outputs]


def read_generation(text: str, exchange: Exchange) -> Generation:
    """Read a generation from any text.

    Only an id and a state are needed; a field that is not as the API documents it is left out, and
    the others are read. Raises `UnexpectedAnswerError` for a text that is not a generation.
    """
    try:
        fields = dict(members(text.removeprefix("\ufeff")))
        outputs = tuple(_outputs(fields.get("output", "")))
    except ValueError:
        raise _no_generation("it is not a JSON object", exchange) from None
    generation_id, state = _word(fields.get("id")), _word(fields.get("state"))
    if not generation_id or not state:
        missing = "state" if generation_id else "id"
        raise _no_generation(f"it has no `{missing}`", exchange)
    return Generation(
        generation_id,
        state,
        type=_shown(fields.get("type")) or "",
        model=_shown(fields.get("model")) or "",
        created_at=_shown(fields.get("created_at")),
        outputs=outputs,
        failure_code=_shown(fields.get("failure_code")),
        failure_reason=_shown(fields.get("failure_reason")),
    )


def _outputs(value: str) -> list[Output]:
    """Return the outputs that have a URL; a single one may come without an array."""
    found = []
    for each in items(value) if value.startswith("[") else (value,):
        fields = _fields(each)
        url = as_string(fields.get("url", ""))
        if url:
            label = _shown(_fields(fields.get("layer", "")).get("label"))
            found.append(Output(url, label or ""))
    return found


def _fields(value: str) -> dict[str, str]:
    return dict(members(value)) if value.startswith("{") else {}


def _word(value: str | None) -> str | None:
    """Return a string, or a number as it is spelled."""
    value = value or ""
    return value if is_number(value) else as_string(value)


def _shown(value: str | None) -> str | None:
    """Return a word for people and files, in which half a surrogate pair is U+FFFD."""
    word = _word(value)
    return None if word is None else re.sub("[\ud800-\udfff]", "\ufffd", word)


def _no_generation(why: str, exchange: Exchange) -> UnexpectedAnswerError:
    return UnexpectedAnswerError(
        f"the server's answer is not a generation: {why}",
        hint="check `--base-url`",
        exchange=exchange,
    )
