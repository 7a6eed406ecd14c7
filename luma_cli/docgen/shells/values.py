"""The completions for a value, selected by its metavar in the help."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from luma_cli.docgen.shells import SHELLS
from luma_cli.settings.declarations import CONFIG_KEYS


class Kind(StrEnum):
    """The kinds of completion that engines implement."""

    NOTHING = "nothing"
    WORDS = "words"
    FILES = "files"
    FOLDERS = "folders"
    # A text, or a file with one: `@path`, `@file://path`, `@data://path`.
    TEXT = "text"
    # `gen:ID`, `file:ID`, a URL, a path.
    REFERENCE = "reference"
    KEYFRAME = "keyframe"
    GENERATION = "generation"
    PROFILE = "profile"
    PROGRAM = "program"


class Value(NamedTuple):
    """The completions for a value; `words` are for `Kind.WORDS` only."""

    kind: Kind
    words: tuple[str, ...] = ()


_KINDS = {
    "PATH": Kind.FILES,
    "FILE": Kind.FILES,
    "DIR": Kind.FOLDERS,
    "TEXT": Kind.TEXT,
    "YAML": Kind.TEXT,
    "REF": Kind.REFERENCE,
    "INDEX=REF": Kind.KEYFRAME,
    "ID": Kind.GENERATION,
    "PROFILE": Kind.PROFILE,
    "COMMAND [ARG]": Kind.PROGRAM,
}
_WORDS = {"BOOLEAN": ("true", "false", "null"), "KEY": CONFIG_KEYS, "SHELL": SHELLS}
# Metavars without completions of their own; a flag may suggest values.
_OPEN = frozenset(
    "ADDRESS AGE BY BYTES COUNT CURSOR DURATION FAULT FILE-ID FORMAT GJSON KEY=VALUE LENGTH LEVEL"  # noqa: SIM905 - a table
    " MIME-TYPE MODEL NAME NUMBER PORT PURPOSE RATIO SIZE SPEC STATE STYLE TAG TEMPLATE TIME TOKEN"
    " TYPE URL USD VALUE WHEN WORDS".split()
)


def value_of(metavar: str, suggested: tuple[str, ...] = ()) -> Value:
    """Return the completions for a metavar such as `PATH` or `[ID]...`; raises `KeyError`."""
    if suggested:
        return Value(Kind.WORDS, suggested)
    bare = metavar.removesuffix("...").strip("[]") if "ARG" not in metavar else metavar[:-3]
    if bare in _WORDS:
        return Value(Kind.WORDS, _WORDS[bare])
    if bare in _KINDS:
        return Value(_KINDS[bare])
    if bare not in _OPEN:
        raise KeyError(metavar)
    return Value(Kind.NOTHING)
