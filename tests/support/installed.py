"""Running the installed program as its users do: a real process, through a real shell."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAMS = Path(sys.executable).parent
LUMA = str(PROGRAMS / "luma-agents-cli")
SECONDS = 60


def shell(
    line: str, env: dict[str, str], seconds: int = SECONDS
) -> subprocess.CompletedProcess[str]:
    """Run a line of shell; what it prints is text, or shown as such."""
    return subprocess.run(
        ["/bin/sh", "-c", line],
        env=env,
        capture_output=True,
        text=True,
        errors="backslashreplace",
        timeout=seconds,
        check=False,
    )
