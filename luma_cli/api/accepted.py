"""Finding the id in the answer to a submission, also in a damaged one.

The job is paid for, so its id is searched for in everything that came: behind a byte order mark,
before trailing bytes, in a truncated text, in UTF-16, beside numbers and nesting that no parser
reads.
"""

from __future__ import annotations

import codecs
import re

_LONGEST_ID = 200
# Strings, of which the last one may be cut, marks, and anything else up to the next mark.
_PIECE = (
    r'(?s)"(?P<text>[^"\\]*(?:\\.[^"\\]*)*)(?:"|\\?\Z)|(?P<mark>[{}\[\]:,])'
    r'|(?P<bare>[^\s"{}\[\]:,]+)'
)
_PATTERN = r'"id"\s*:\s*"([^"\\\s]{8,200})"'
_NUMBER = r"-?\d{1,40}"


def find_id(content: bytes) -> str | None:
    """Return the `id` of the first JSON object in `content`, else what looks like one."""
    texts = [content.decode(encoding, "replace") for encoding in _encodings(content)]
    for find in (_id_of_first_object, _id_by_pattern):
        for text in texts:
            if (found := find(text)) is not None:
                return found
    return None


def decode(content: bytes) -> str:
    """Return the text of an answer without a byte order mark; invalid bytes are replaced."""
    return content.decode(_encodings(content)[0], "replace").removeprefix("\ufeff")


def _encodings(content: bytes) -> list[str]:
    """Return the possible encodings of an answer, the most likely first."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16", "utf-8"]
    if b"\0" in content[:2]:
        return ["utf-16-be" if content[:1] == b"\0" else "utf-16-le", "utf-8"]
    return ["utf-8"]


def _id_by_pattern(text: str) -> str | None:
    found = re.search(_PATTERN, text)
    return found[1] if found is not None else None


def _id_of_first_object(text: str) -> str | None:
    start = text.find("{")
    return _id_of_object(text[start:]) if start >= 0 else None


def _id_of_object(text: str) -> str | None:
    """Return the object's own `id`, a string or a number, not that of an object inside it."""
    depth, key, is_value = 0, None, False
    for token in re.finditer(_PIECE, text):
        kind, word = token.lastgroup, token[token.lastgroup or 0]
        if kind == "mark":
            depth += (word in "{[") - (word in "}]")
            is_value = word == ":" and depth == 1
            if depth == 0:
                return None
        elif depth == 1 and is_value:
            if key == "id" and (kind == "bare" or text[token.end("text") :][:1] == '"'):
                return _plain(word, is_number=kind == "bare")
            is_value = False
        elif depth == 1 and kind == "text":
            key = word
    return None


def _plain(word: str, *, is_number: bool) -> str | None:
    if is_number:
        return word if re.fullmatch(_NUMBER, word) else None
    if not word or len(word) > _LONGEST_ID:
        return None
    import json

    try:
        plain = str(json.loads(f'"{word}"', strict=False))
        plain.encode()
    except ValueError:  # as it is spelled: better than no id
        return word
    return plain
