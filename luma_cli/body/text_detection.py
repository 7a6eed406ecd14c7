"""Whether a file is text, by the rule of the official client: MIME sniffing as in browsers."""

from __future__ import annotations

import re

SNIFFED_BYTES = 512

# After blanks, in any case, and followed by a space or `>`.
_MARKUP = re.compile(
    rb"[\t\n\f\r ]*(?:<\?xml|(?:<!--|<(?:!DOCTYPE HTML|HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A"
    rb"|STYLE|TITLE|B|BODY|BR|P))[ >])",
    re.IGNORECASE,
)
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe")
# First bytes of binary files; a dot is any byte.
_BINARY = re.compile(
    rb"%PDF-|%!PS-Adobe-|\x00\x00[\x01\x02]\x00|BM|GIF8[79]a|\x89PNG\r\n\x1a\n|\xff\xd8\xff|ID3"
    rb"|OggS\x00|MThd\x00\x00\x00\x06|RIFF....(?:WEBPVP|AVI |WAVE)|FORM....AIFF|\x1aE\xdf\xa3"
    rb"|....ftyp|\x00\x01\x00\x00|OTTO|ttcf|wOFF|wOF2|\x1f\x8b\x08|PK\x03\x04|Rar!\x1a\x07|\x00asm",
    re.DOTALL,
)
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


def text_of(data: bytes) -> str | None:
    """Return the text of a file, `None` if its beginning is not text or it is not UTF-8."""
    if not looks_like_text(data[:SNIFFED_BYTES]):
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def looks_like_text(head: bytes) -> bool:
    """Return whether a file that begins like this may be text."""
    if _MARKUP.match(head):
        return True
    if _BINARY.match(head):
        return False
    return head.startswith(_BYTE_ORDER_MARKS) or not _CONTROLS.search(head)
