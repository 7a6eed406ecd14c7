"""Finding known secrets in a text, in every spelling a server or a library may give them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

KEY_PREFIX = "luma-api-"
# Secrets up to this length are found only as separate words, as other words may contain them.
_SHORTEST_INSIDE_A_WORD = 8
_PIECE, _SHORTEST_WITH_PIECES = 5, 12
_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_BASE64_CHARACTERS = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-"
)


class Search:
    """Finds secrets in texts."""

    def __init__(
        self, lasting: tuple[str, ...], passing: tuple[str, ...], words: tuple[str, ...] = ()
    ) -> None:
        """`words` are found only as separate words, not as steps of a path."""
        self._lasting = [value.removeprefix(KEY_PREFIX) for value in lasting]
        self._plain: set[str] = set()
        self._encoded: set[str] = set()
        for value in (*lasting, *passing):
            self._plain.update(map(_lower, _spellings(value)))
            self._encoded.update(map(_lower, _within_base64(value)))
        self._words = set(map(_lower, words))
        # How many characters a secret may take up in a text, at most.
        self.longest = max(map(len, {*self._plain, *self._encoded, *self._words, ""}))
        self._pieces: dict[str, tuple[str, int]] = {}
        for value in self._lasting:
            if len(value) >= _SHORTEST_WITH_PIECES:
                for at in range(len(value) - _PIECE + 1):
                    piece = value[at : at + _PIECE]
                    if _is_telling(piece) and piece == piece.strip():
                        self._pieces.setdefault(piece, (value, at))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return the start and end of each secret, in order and without overlaps."""
        return _merged(self._all_spans(text))

    def _all_spans(self, text: str) -> Iterator[tuple[int, int]]:
        lower = _lower(text)
        for spelling in self._plain:
            for start in _places(lower, spelling):
                end = start + len(spelling)
                is_short = len(spelling) < _SHORTEST_INSIDE_A_WORD
                if not (is_short and _continues_a_word(lower, start, end)):
                    yield start, end
        for word in self._words:
            for start in _places(lower, word):
                if not _is_within_words(lower, start, start + len(word)):
                    yield start, start + len(word)
        for core in self._encoded:
            yield from _spans_within_base64(text, lower, core)
        if self._pieces:
            yield from self._spans_of_pieces(text)

    def _spans_of_pieces(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the rest of a secret that a limit of this program or a server has cut."""
        start = -1
        while (start := start + 1) <= len(text) - _PIECE:
            if (known := self._pieces.get(text[start : start + _PIECE])) is None:
                continue
            value, at = known
            first, last = start, start + _PIECE
            while first > 0 and at > 0 and text[first - 1] == value[at - 1] != " ":
                first, at = first - 1, at - 1
            after = at + last - first
            while last < len(text) and after < len(value) and text[last] == value[after]:
                last, after = last + 1, after + 1
            yield first, last
            start = max(start, last - _PIECE)  # the next piece reaches beyond what was found


def _lower(text: str) -> str:
    """Return the text in lower case, as long as before: of other letters some become two."""
    return text.translate(_LOWER)


def _spans_within_base64(text: str, lower: str, core: str) -> Iterator[tuple[int, int]]:
    end = 0
    for at in _places(lower, core):
        if at >= end:  # else it is within the base64 that was found
            start, end = _grown(text, at, at + len(core))
            yield start, end


def _places(text: str, wanted: str) -> Iterator[int]:
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)


def _continues_a_word(text: str, start: int, end: int) -> bool:
    neighbours = (text[start - 1 : start], text[end : end + 1])
    return any(each.isalnum() or each in ("_", "-") for each in neighbours if each)


def _is_within_words(text: str, start: int, end: int) -> bool:
    """Return whether a word continues, or is a step of a path, a part of a name or of a host."""
    continues = _continues_a_word(text, start, end) or text[start - 1 : start] in ("/", "\\", ".")
    return continues or re.match(r"[/\\]|\.\w", text[end : end + 2]) is not None


def _spellings(value: str) -> Iterator[str]:
    """Yield a value as it is written in URLs, JSON, HTML, YAML, a shell and Python."""
    import json
    from urllib.parse import quote, quote_plus

    yield value
    once = quote(value, safe="", errors="replace")
    yield from (once, quote(value, errors="replace"), quote_plus(value, errors="replace"))
    yield quote(once, safe="")
    for ascii_only in (True, False):
        in_json = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
        yield from (in_json, in_json.replace("/", r"\/"), json.dumps(in_json)[1:-1])
        # Go and Java escape these, too.
        yield re.sub("[&<>'=+]", lambda found: f"\\u{ord(found[0]):04x}", in_json)
    in_html = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    yield in_html
    for double, single in (("&quot;", "&#x27;"), ("&#34;", "&#39;"), ("&quot;", "&apos;")):
        yield in_html.replace('"', double).replace("'", single)
    yield from (repr(value)[1:-1], repr(value.encode("utf-8", "replace"))[2:-1])
    yield from (value.replace("'", "''"), value.replace("'", "'\"'\"'"))
    yield value.encode("utf-8", "replace").hex()


def _within_base64(value: str) -> Iterator[str]:
    """Yield what base64 of any text with this value in it has in common, as `user:KEY` or `KEY`."""
    from binascii import b2a_base64

    raw = value.encode("utf-8", "replace")
    for before, decided_elsewhere in ((0, 0), (1, 2), (2, 3)):
        padded = b"\0" * before + raw
        whole = len(padded) - len(padded) % 3
        core = b2a_base64(padded[:whole], newline=False).decode()[decided_elsewhere:]
        if len(core) >= _SHORTEST_INSIDE_A_WORD:
            yield core
            yield core.replace("+", "-").replace("/", "_")


def _is_telling(piece: str) -> bool:
    """Return whether these characters cannot stand in a word, a date or an id by chance."""
    mixed = re.search(r"[0-9]|[a-z][A-Z]|[^A-Za-z0-9._:/ ,;=-]", piece)
    return mixed is not None and re.search(r"[^0-9a-fA-F._:/ ,;=-]", piece) is not None


def _grown(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the ends of the base64 around a place: its neighbours hold bits of the secret."""
    while start > 0 and text[start - 1] in _BASE64_CHARACTERS:
        start -= 1
    while end < len(text) and text[end] in _BASE64_CHARACTERS:
        end += 1
    return start, end


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
