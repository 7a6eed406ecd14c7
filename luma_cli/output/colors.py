"""JSON in the colours of the official client."""

from __future__ import annotations

import re
from collections.abc import Iterator

RESET = "\x1b[0m"
KEY, STRING, NUMBER, SWITCH, NULL = "\x1b[1m\x1b[94m", "\x1b[32m", "\x1b[33m", "\x1b[36m", "\x1b[2m"
BOLD = "\x1b[1m"
_ESCAPE_IN_STRING = "\x1b[35m"
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+|\s+')
_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}|\\.")


def colored(text: str) -> str:
    """Add colours to JSON, without changing its layout."""
    return "".join(_painted_pieces(text))


def paint(color: str, text: str) -> str:
    """Return `text` in a colour."""
    return f"{color}{text}{RESET}"


def color_of(scalar: str) -> str:
    """Return the colour of a number, boolean or null."""
    if scalar == "null":
        return NULL
    return SWITCH if scalar in ("true", "false") else NUMBER


def _painted_pieces(text: str) -> Iterator[str]:
    containers: list[str] = []
    expects_key = False
    for found in _PIECE.finditer(text):
        piece = found[0]
        if piece.isspace():
            yield piece
        elif piece[0] == '"':
            yield _painted_string(piece, KEY if expects_key else STRING)
        elif piece in "{[":
            containers.append(piece)
            yield paint(BOLD, piece)
        elif piece in "}]":
            containers.pop()
            yield paint(BOLD, piece)
        elif piece in ",:":
            yield piece if containers[-1] == "[" else paint(BOLD, piece)
        else:
            yield paint(color_of(piece), piece)
        if not piece.isspace():
            expects_key = piece in "{," and containers[-1:] == ["{"]


def _painted_string(string: str, color: str) -> str:
    def painted(escape: re.Match[str]) -> str:
        return f"{RESET}{paint(_ESCAPE_IN_STRING, escape[0])}{color}"

    return paint(color, _ESCAPE.sub(painted, string))
