"""Draws `docs/terminal.svg` from a real run against the sandbox: `make recording`."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from rich.console import Console
from rich.text import Text

COLUMNS = 88
PROGRAMS = Path(sys.executable).parent
COMMAND = (
    "luma-agents-cli generations create --prompt 'a red fox in the snow' \\\n"
    "    --ref sketch.jpg -o fox.png"
)
_MOVEMENT = re.compile(r"\x1b\[[0-9;?]*[A-HJKhl]")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Image.new("RGB", (640, 480), "#ff8800").save(Path(folder) / "sketch.jpg")
        shown = _run(folder)
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.assemble(("$ ", "dim"), (COMMAND, "bold")))
    for line in _lines(shown):
        console.print(Text.from_ansi(line))
    target = Path(__file__).with_name("terminal.svg")
    target.write_text(console.export_svg(title="luma-agents-cli", unique_id="luma"))
    print(target)


def _run(folder: str) -> str:
    """Return all that the program writes to a terminal."""
    env = {"PATH": f"{PROGRAMS}:{os.environ['PATH']}", "HOME": folder, "TERM": "xterm-256color"}
    env |= {"COLUMNS": str(COLUMNS), "LANG": "C.UTF-8"}
    ours, theirs = pty.openpty()
    line = f"exec luma-agents-cli sandbox exec --latency 6s -- {COMMAND}"
    seen = b""
    with subprocess.Popen(
        ["sh", "-c", line], stdin=theirs, stdout=theirs, stderr=theirs, env=env, cwd=folder
    ):
        os.close(theirs)
        try:
            while piece := os.read(ours, 65536):
                seen += piece
        except OSError:  # the other side is closed
            pass
    return seen.decode()


def _lines(shown: str) -> list[str]:
    """Return the lines that stay, and before the last ones a moment of the progress."""
    lines = [_MOVEMENT.sub("", line) for line in re.split(r"[\r\n]+", shown)]
    lines = [line for line in lines if Text.from_ansi(line).plain.strip()]
    moments = [line for line in lines if "processing" in line]
    staying = [line for line in lines if line not in moments and "submitted" not in line[:60]]
    note = next(line for line in lines if "note:" in line)
    summary = staying[-2:]
    return [note, moments[len(moments) // 2], *summary]


if __name__ == "__main__":
    main()
