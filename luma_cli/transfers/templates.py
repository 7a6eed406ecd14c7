"""File names from a template: `{date}-{prompt}.{ext}`."""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping

from luma_cli.errors import UsageError
from luma_cli.transfers.names import claimed_extension, is_known_extension

TOKENS = (
    *("id", "short_id", "index", "ext", "type", "model", "date", "time", "prompt", "label", "tag"),
)
LONGEST_NAME_BYTES = 255
_LONGEST_TOKEN = 60
_TOKEN = re.compile(r"\{([^{}]*)\}")
_WITHOUT_BRACES = str.maketrans("{}", "()")
# Characters that are special to a file system or a shell, or invisible: controls, marks that
# reorder or separate text, halves of surrogate pairs. Joiners stay: emoji are made with them.
_UNSAFE = re.compile(
    r'[\x00-\x1f\x7f-\x9f/\\<>:"|?*\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f'
    r"\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff]"
)
_RESERVED = re.compile(
    r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[\d\u00b9\u00b2\u00b3])\s*(?:\..*)?",
    re.IGNORECASE,
)


def check_template(template: str, tokens: Iterable[str] = TOKENS) -> None:
    """Raise `UsageError` for a template without a file name, or with an unknown token."""
    known = list(tokens)
    for name in _TOKEN.findall(template):
        if name not in known:
            raise UsageError(
                f"`--name`: unknown token `{{{name}}}`", hint=f"the tokens are {', '.join(known)}"
            )
    if "/" in template or "\\" in template:
        raise UsageError(
            "`--name` is a file name and cannot have a slash", hint="use `-d` to name a folder"
        )
    if not template.strip(". "):
        raise UsageError("`--name` names no file", hint="write `{date}-{prompt}.{ext}`")


def tokens_in(template: str) -> set[str]:
    """Return the names of the tokens in a template."""
    return set(_TOKEN.findall(template))


def fill_tokens(template: str, facts: Mapping[str, str]) -> str:
    """Return the template with the values of some tokens in it, which add no tokens themselves."""

    def fill(found: re.Match[str]) -> str:
        value = facts.get(found[1])
        return found[0] if value is None else _value(value.translate(_WITHOUT_BRACES))

    return _TOKEN.sub(fill, template)


def name_of(template: str, facts: Mapping[str, str], count: int) -> str:
    """Return a safe name of at most 255 bytes, with the tokens replaced by their values in `facts`.

    The extension is added unless the name has one that fits, and the index if there are several
    outputs.
    """
    wanted = template.removesuffix(".{ext}")
    text = _TOKEN.sub(lambda found: _value(facts.get(found[1], "")), wanted)
    stem = _safe(text).strip(" ").lstrip(". ").rstrip(". ")
    stem, extension = _apart(stem, facts.get("ext", "bin"), is_one_of_many=count > 1)
    stem = f"_{stem}" if _RESERVED.fullmatch(stem) else stem or "generation"
    room = LONGEST_NAME_BYTES - len(extension)
    ending = extension
    if count > 1 and ("{index}" not in wanted or len(os.fsencode(stem)) > room):
        ending = f"-{facts.get('index', '0')}{ending}"
    return _shortened(stem, LONGEST_NAME_BYTES - len(ending)) + ending


def _safe(text: str) -> str:
    """Return text that any file system and the encoding of this system can represent."""
    composed = unicodedata.normalize("NFC", text)
    encoding = sys.getfilesystemencoding()
    spelled = composed.encode(encoding, "replace").decode(encoding, "replace")
    if spelled != composed:  # in a locale such as ISO-8859-1 or C
        composed = "".join(char if _can_spell(char, encoding) else "_" for char in composed)
    return _UNSAFE.sub("_", composed)


def _can_spell(char: str, encoding: str) -> bool:
    try:
        return char.encode(encoding).decode(encoding) == char  # the yen sign may be a backslash
    except UnicodeError:
        return False


def _apart(stem: str, own: str, *, is_one_of_many: bool) -> tuple[str, str]:
    """Split off an extension that fits the content, as it was typed; else return its `own`.

    One of many outputs may be of another kind than the name says, as the EXR beside an MP4.
    """
    before, dot, typed = stem.rpartition(".")
    before = before.rstrip(". ")
    if not dot or not before:
        return stem, f".{own}"
    if claimed_extension(stem) == claimed_extension(own):
        return before, f".{typed}"
    if is_one_of_many and is_known_extension(claimed_extension(stem)):
        return before, f".{own}"
    return stem, f".{own}"


def _value(text: str) -> str:
    """Return the value of a token as one short word without path separators."""
    return "-".join(_UNSAFE.sub(" ", text).split())[:_LONGEST_TOKEN].strip("-.")


def _shortened(text: str, most_bytes: int) -> str:
    encoding = sys.getfilesystemencoding()
    return text.encode(encoding, "replace")[:most_bytes].decode(encoding, "ignore").rstrip(". ")
