"""What was typed, as the parser hands it to the body builder."""

from __future__ import annotations

from collections.abc import Iterable

from luma_cli.body.file_flags import FILE_FLAGS
from luma_cli.body.generation_flags import GENERATION_FLAGS
from luma_cli.flags import Flag
from luma_cli.settings.declarations import GLOBAL_FLAGS
from luma_cli.settings.parse import parse_switch

_BODY_FLAGS = [declared.flag for declared in (*FILE_FLAGS, *GENERATION_FLAGS)]
_FLAGS = {flag.name: flag for flag in (*GLOBAL_FLAGS, *_BODY_FLAGS)}


def occurrences(typed: Iterable[tuple[str, str]]) -> list[tuple[Flag, str | bool]]:
    """Return flags by their names, each with its text, or with a switch's truth value."""
    flags = [(_FLAGS.get(name) or Flag(name, "of another room"), text) for name, text in typed]
    return [(flag, parse_switch(text) if flag.switch else text) for flag, text in flags]
