"""Facts about the streams: is it a terminal, may it have colour, may it be animated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TextIO

from luma_cli.environment import CI, FORCE_COLOR, NO_COLOR, TERM

# C0 and C1 controls but tab and newline, and the marks that reorder text on screen.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def is_terminal(stream: TextIO) -> bool:
    """Return whether a person looks at this stream; a closed stream is no terminal."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False


def may_color(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Return whether this stream may carry colour."""
    if environ.get(NO_COLOR.name):
        return False
    if forced := environ.get(FORCE_COLOR.name):
        return forced != "0"
    return is_terminal(stream) and environ.get(TERM.name) != "dumb"


def may_animate(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Return whether lines on this stream may be redrawn."""
    return is_terminal(stream) and not environ.get(CI.name) and environ.get(TERM.name) != "dumb"


def escaped(text: str) -> str:
    """Return JSON text with its control characters as escapes: the same document, and harmless."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def visible(text: str) -> str:
    """Return `text` with its control characters spelled out (`\\x1b`), so that none acts."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
