"""Formatting JSON text in the layouts of the official client.

The text is never decoded and encoded again, so that the order of keys, the spelling of numbers and
the escapes in strings stay unchanged.
"""

import re
from typing import NamedTuple

# Possessive, so that a long string takes no memory for backtracking.
_PIECE = r'[{}\[\],:]|"(?:[^"\\]++|\\.)*+"|[^\s{}\[\],:"]++'


class Shape(NamedTuple):
    """The indent per level, and the maximum line length of an array on one line."""

    indent: str = "  "
    width: int = 80


USUAL_SHAPE = Shape()


def render(text: str, layout: str) -> str:
    """Return the JSON document `text` in a layout, without a final newline.

    `json` indents by two spaces and keeps short arrays of scalars on one line, `jsonl` is one line,
    `raw` is the unchanged text.
    """
    if layout == "raw":
        return text.lstrip() if text.lstrip()[:1] in "{[" else text.strip()
    if layout == "jsonl":
        return "".join(pieces_of(text))
    return pretty(text, USUAL_SHAPE)


def pieces_of(text: str) -> list[str]:
    """Return the tokens of a JSON text."""
    return re.findall(_PIECE, text)


def pretty(text: str, shape: Shape) -> str:
    """Format a document in a loop with an explicit stack, as it may be too deep for recursion."""
    pieces = pieces_of(text)
    flat_ends = _object_free_arrays(pieces)
    lines: list[str] = []
    line, depth, position = "", 0, 0
    while position < len(pieces):
        piece = pieces[position]
        if piece in "{[" and pieces[position + 1] in "}]":
            line += piece + pieces[position + 1]
            position += 1
        elif position in flat_ends and (
            flat := _one_line(pieces, position, flat_ends[position], _room(lines, line, shape))
        ):
            line += flat
            position = flat_ends[position]
        elif piece in "{[":
            depth += 1
            lines.append(line + piece)
            line = shape.indent * depth
        elif piece in "}]":
            depth -= 1
            lines.append(line)
            line = shape.indent * depth + piece
        elif piece == ",":
            lines.append(line + piece)
            line = shape.indent * depth
        else:
            line += ": " if piece == ":" else piece
        position += 1
    return "\n".join([*lines, line])


def _room(lines: list[str], line: str, shape: Shape) -> int:
    # The reference implementation counts bytes, including the newline before the line.
    return shape.width - len(line.encode()) - (1 if lines else 0)


def _one_line(pieces: list[str], start: int, end: int, room: int) -> str | None:
    """Return an array on one line, `None` if it is too long, without reading all of it."""
    if end - start >= room:  # each piece has at least one byte
        return None
    flat = "".join(", " if piece == "," else piece for piece in pieces[start : end + 1])
    return flat if len(flat.encode()) <= room else None


def _object_free_arrays(pieces: list[str]) -> dict[int, int]:
    """Return start -> end of every array without objects at any depth."""
    ends: dict[int, int] = {}
    open_arrays: list[tuple[int, int]] = []
    objects = 0
    for position, piece in enumerate(pieces):
        if piece == "{":
            objects += 1
        elif piece == "[":
            open_arrays.append((position, objects))
        elif piece == "]":
            start, objects_before = open_arrays.pop()
            if objects == objects_before:
                ends[start] = position
    return ends
