"""`python -m luma_cli.docgen --write | --check [ROOT]`"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from luma_cli.cli.root import root_command
from luma_cli.docgen import help as help_screens
from luma_cli.docgen import man, shells
from luma_cli.docgen.tree import commands

WRITE_COMMAND = "python -m luma_cli.docgen --write"


def generated() -> Iterator[tuple[str, str]]:
    """Yield path (relative to the repository) and text of every generated file."""
    tree = commands(root_command)
    for name, text in man.pages(tree):
        yield f"man/{name}", text
    yield "luma_cli/cli/help.txt", help_screens.rows_of(tree)
    for shell in shells.SHELLS:
        for name, text in shells.files_of(shell, tree).items():
            yield f"completions/{name}", text


def stale(root: Path) -> list[str]:
    """Return the paths of missing, outdated and obsolete files."""
    files = dict(generated())
    changed = [
        path
        for path, text in files.items()
        if not (root / path).exists() or (root / path).read_text() != text
    ]
    present = [
        f"{folder}/{p.name}" for folder in ("man", "completions") for p in (root / folder).iterdir()
    ]
    return changed + [path for path in present if path not in files]


def main(argv: list[str]) -> int:
    mode, root = argv[0] if argv else "", Path(argv[1] if len(argv) > 1 else ".")
    if mode == "--write":
        for path in stale(root):
            (root / path).unlink(missing_ok=True)
        for path, text in generated():
            (root / path).write_text(text)
        return 0
    if mode == "--check":
        for path in stale(root):
            print(f"{path} is out of date; run `{WRITE_COMMAND}`", file=sys.stderr)  # noqa: T201 - a development tool
        return 1 if stale(root) else 0
    print(__doc__, file=sys.stderr)  # noqa: T201 - same
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
