"""Properties of terminals, and escaping text for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TextIO

from luma_cli.settings.environment import CI, FORCE_COLOR, NO_COLOR, TERM

# Ranges of characters that control the terminal, reorder text, break lines or are invisible.
_ASCII_CONTROL = "[\x00-\x08\x0b-\x1f\x7f]"
_CONTROL = (
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 controls except tab and newline
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional marks
    "\u2028\u2029"  # line and paragraph separators
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f"  # blanks
    "\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb"  # fillers, variations, annotations
    "\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # layout of old scripts
    "\U000e0000-\U000e0fff"  # tags, which spell ASCII, and more variations
    "\ud800-\udfff"  # surrogates
    "]"
    # Joiners and emoji styles are valid only after a letter or emoji.
    "|(?<![\u0590-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\ufdff\ufe0f\U00010000-\U000dffff])[\u200c\u200d]"
    "|(?<![#*0-9\u00a9\u00ae\u2010-\u3299\U0001f000-\U0001faff])[\ufe0e\ufe0f]"
)


def is_terminal(stream: TextIO) -> bool:
    """Return whether this stream is a terminal; a closed stream is not."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False


def may_color(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Return whether output on this stream may have colours."""
    if environ.get(NO_COLOR.name):
        return False
    if forced := environ.get(FORCE_COLOR.name):
        return forced != "0"
    return is_terminal(stream) and environ.get(TERM.name) != "dumb"


def may_animate(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Return whether this stream supports progress displays."""
    return is_terminal(stream) and not environ.get(CI.name) and environ.get(TERM.name) != "dumb"


def escaped(text: str) -> str:
    """Return JSON text with its control characters as escapes: the same document."""
    return _control_in(text).sub(lambda found: json_escape(found[0]), text)


def visible(text: str) -> str:
    """Return `text` with its control characters escaped, as in `\\x1b`."""
    return _control_in(text).sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _control_in(text: str) -> re.Pattern[str]:
    """Return the pattern for a text: the one for Unicode takes 4 ms to compile."""
    return re.compile(_ASCII_CONTROL if text.isascii() else _CONTROL)


def one_line(text: str) -> str:
    """Return `text` with control characters and line breaks escaped."""
    return visible(text).replace("\n", r"\n")


def json_escape(character: str) -> str:
    """Return a character as a JSON escape, as a surrogate pair beyond the first plane."""
    if (code := ord(character)) < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
