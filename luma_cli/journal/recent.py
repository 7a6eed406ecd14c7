"""The newest generations as a text file, so that completion scripts need not start the program.

7b0c4c1e-2f55-4d0a-9a3e-5a1f0d9e6c42<TAB>image: a red fox in the snow
"""

from __future__ import annotations

import contextlib
import os
import re

from luma_cli.journal.account import IS_REAL
from luma_cli.journal.entry import Entry
from luma_cli.journal.journal import Journal

RECENT_FILE = "recent.txt"
MOST_RECENT = 50
_HARMLESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_LONGEST_PROMPT = 60


def write_recent(journal: Journal) -> None:
    """Rewrite the file, private as the journal is. Never raises: nothing depends on it."""
    # an error here must not affect the job that was just submitted
    with contextlib.suppress(Exception):
        _write(journal)


def _write(journal: Journal) -> None:
    path = journal.path.with_name(RECENT_FILE)
    entries = journal.entries(
        f"generation_id IS NOT NULL AND {IS_REAL} ORDER BY entry DESC LIMIT ?", MOST_RECENT
    )
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with open(beside, "w", encoding="utf-8", errors="replace", opener=_open_privately) as file:
            file.writelines(f"{line}\n" for entry in entries if (line := _line(entry)))
        beside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()


def _line(entry: Entry) -> str:
    # A shell inserts the id, which is the server's text: it must have no special characters.
    if not _HARMLESS.fullmatch(str(entry.generation_id)):
        return ""
    words = " ".join(entry.prompt.split())
    shown = "".join(char for char in words if char.isprintable())[:_LONGEST_PROMPT]
    return f"{entry.generation_id}\t{entry.type}: {shown}"


def _open_privately(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
