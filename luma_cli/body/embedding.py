"""`@path` in any string of a body is replaced by the content of a file.

    @path           its text, or base64 if it is binary
    @file://path    its text, even if it is binary
    @data://path    its bytes in base64
    @-              the same for stdin
    \\@anything      the text `@anything`

A word such as `@username` that names no file and has neither a dot nor a slash is unchanged.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from luma_cli.body.input import STDIN_NAMES, Stdin
from luma_cli.body.paths import TYPED_PATHS, Paths
from luma_cli.body.tree import leaves, map_leaves

TEXT, DATA = "file://", "data://"


class Verbatim(str):
    """A string that is sent unchanged, even with a leading `@`: it came from a file."""

    __slots__ = ()


def as_data(value: Any) -> Any:
    """Return a body in which every string is sent unchanged."""
    return map_leaves(value, lambda _, leaf: Verbatim(leaf) if isinstance(leaf, str) else leaf)


def embed_files(value: Any, stdin: Stdin, paths: Paths = TYPED_PATHS) -> Any:
    """Return a body with the files that its strings name; binary files become `LocalFile`s.

    Keys are unchanged. Raises `InputFileError` for a file that cannot be read.
    """
    return map_leaves(value, lambda _, leaf: _embedded(leaf, stdin, paths))


def asks_for_stdin(value: Any) -> bool:
    """Return whether a string of a body names stdin."""
    return any(
        leaf.startswith("@") and _name_in(leaf)[1] in STDIN_NAMES
        for _, leaf in leaves(value)
        if isinstance(leaf, str) and not isinstance(leaf, Verbatim)
    )


def _name_in(text: str) -> tuple[str, str]:
    """Return the form that a string with a leading `@` asks for, and the name of the file."""
    form = next((form for form in (TEXT, DATA) if text.startswith(f"@{form}")), "")
    return form, text[1 + len(form) :]


def _embedded(leaf: Any, stdin: Stdin, paths: Paths) -> Any:
    """Return the content of the file that a leaf names, and any other leaf as it is."""
    if not isinstance(leaf, str) or isinstance(leaf, Verbatim):
        return leaf
    if leaf.startswith("\\@"):
        return leaf[1:]
    if not leaf.startswith("@"):
        return leaf
    form, name = _name_in(leaf)
    if name in STDIN_NAMES:
        from luma_cli.body.file_content import content_of_stdin

        return content_of_stdin(stdin, form)
    if not form and not ("." in name or "/" in name) and not paths.exists(name):
        return leaf
    from luma_cli.body.file_content import content_of

    return content_of(paths.locate(Path(name)), form)
