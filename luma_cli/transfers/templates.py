"""Names of files by a template: `{date}-{prompt}.{ext}`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from luma_cli.errors import UsageError

TOKENS = (
    *("id", "short_id", "index", "ext", "type", "model", "date", "time", "prompt", "label", "tag"),
)
LONGEST_NAME_BYTES = 255
_LONGEST_TOKEN = 60
_TOKEN = re.compile(r"\{([^{}]*)\}")
# What a file system, or somebody's shell, takes for something else.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f/\\<>:"|?*\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|COM\d|LPT\d)(?:\..*)?", re.IGNORECASE)


def check_template(template: str) -> None:
    """Raise `UsageError` for a template that names no file, or has a token nobody knows."""
    for name in _TOKEN.findall(template):
        if name not in TOKENS:
            raise UsageError(
                f"`--name`: unknown token `{{{name}}}`", hint=f"the tokens are {', '.join(TOKENS)}"
            )
    if "/" in template or "\\" in template:
        raise UsageError(
            "`--name` is the name of a file, and has a slash", hint="use `-d` to name a folder"
        )
    if not template.strip(". "):
        raise UsageError("`--name` names no file", hint="as in `{date}-{prompt}.{ext}`")


def tokens_in(template: str) -> set[str]:
    """Return the names of the tokens in a template."""
    return set(_TOKEN.findall(template))


def name_of(template: str, facts: Mapping[str, str], count: int) -> str:
    """Return a safe name of at most 255 bytes, with what `facts` say of the tokens in it.

    What a template does not say is added where files would get the same name: the extension, and
    the index when there are several outputs.
    """
    wanted = template.removesuffix(".{ext}")
    text = _TOKEN.sub(lambda found: _value(facts.get(found[1], "")), wanted)
    stem = unicodedata.normalize("NFC", _UNSAFE.sub("_", text)).strip(" ").lstrip(".").rstrip(". ")
    stem = f"_{stem}" if _RESERVED.fullmatch(stem) else stem or "generation"
    ending = f".{facts.get('ext', 'bin')}"
    room = LONGEST_NAME_BYTES - len(ending)
    if count > 1 and ("{index}" not in wanted or len(stem.encode("utf-8", "replace")) > room):
        ending = f"-{facts.get('index', '0')}{ending}"
    return _shortened(stem, LONGEST_NAME_BYTES - len(ending)) + ending


def _value(text: str) -> str:
    """Return a token's value as one word: what stands in a prompt is no path, and not endless."""
    return "-".join(_UNSAFE.sub(" ", text).split())[:_LONGEST_TOKEN].strip("-.")


def _shortened(text: str, most_bytes: int) -> str:
    return text.encode("utf-8", "replace")[:most_bytes].decode("utf-8", "ignore").rstrip(". ")
