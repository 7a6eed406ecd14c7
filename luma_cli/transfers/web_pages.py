"""Recognizing a web page or an error document in the place of an output, before it is saved."""

from __future__ import annotations

import re
from collections.abc import Iterator

from luma_cli.errors import Exchange, NotAResultError

_ANNOUNCED = re.compile(r"text/.*|application/(.*\+)?(json|xml)")
_BLANK = b" \t\r\n\f\v"
# Markup, or a JSON object or array, of any length.
_BEGINNING = re.compile(rb"<[!?/A-Za-z]|\{[\s]*([\"}]|$)|\[[\s]*([\[{\"\]0-9-]|true|false|null|$)")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_ENOUGH_BYTES = 512
_MOST_BLANK_BYTES = 64 * 1024
_HINT = "a proxy or a sign-in page of the network may have answered instead of the storage host"
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def refuse_announced_page(content_type: str, exchange: Exchange) -> None:
    """Raise `NotAResultError` if the content type is that of a page or a document."""
    kind = content_type.partition(";")[0].strip().lower()
    if _ANNOUNCED.fullmatch(kind):
        raise NotAResultError(
            f"the storage host sent `{kind[:40]}` instead of the output",
            hint=_HINT,
            exchange=exchange,
        )


def refuse_page(chunks: Iterator[bytes], exchange: Exchange) -> Iterator[bytes]:
    """Yield the chunks of a whole file; raises `NotAResultError` if they begin like a page.

    Nothing is yielded before that is decided. Unknown binary data passes, so that new formats do.
    """
    head = b""
    for chunk in chunks:
        head += chunk
        if _is_decided(head):
            break
    if begins_as_page(head):
        raise NotAResultError(
            "the storage host sent a web page or an error document instead of the output",
            hint=_HINT,
            exchange=exchange,
        )
    if head:
        yield head
    yield from chunks


def begins_as_page(head: bytes) -> bool:
    """Return whether bytes are the beginning of HTML, XML or JSON."""
    start = _start(head)
    return _BEGINNING.match(start) is not None and _CONTROLS.search(start) is None


def _is_decided(head: bytes) -> bool:
    """Return whether more bytes would change nothing; the first byte decides most files."""
    if any(len(head) < len(mark) and mark.startswith(head) for mark, _ in _MARKS):
        return False
    start = _start(head)
    if start[:1] in (b"<", b"{", b"["):
        return len(start) == _ENOUGH_BYTES
    return start != b"" or len(head) > _MOST_BLANK_BYTES


def _start(head: bytes) -> bytes:
    """Return the first bytes without blanks; text with a byte order mark as UTF-8."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            text = head[len(mark) :].decode(encoding, "ignore")
            head = text.encode("utf-8", "ignore")
            break
    return head.lstrip(_BLANK)[:_ENOUGH_BYTES]
