"""The installed program, run as a process; whatever it prints must hold no secret."""

from __future__ import annotations

import base64
import random
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.support.installed import LUMA, SECONDS
from tests.support.program import PLAIN_KEY

REFERENCE = "sketch.png"
_PIECE, _PAYLOAD_BYTES = 5, 24


class Done(NamedTuple):
    """What a run left behind."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def kinds(self) -> list[str]:
        """The first word of each line on stderr: `note:`, `error:`, `hint:`."""
        return [line.split()[0] for line in self.stderr.splitlines()]


def run(environ: Mapping[str, str], *words: str, secrets: Sequence[str] = ()) -> Done:
    """Run the program; no key, signature, payload or one of `secrets` may come out of it."""
    done = subprocess.run(
        [LUMA, *words],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    told = done.stdout + done.stderr
    hidden = [PLAIN_KEY.removeprefix("luma-api-")[:-4], *secrets]
    assert [piece for secret in hidden for piece in _pieces(secret) if piece in told] == []
    assert not re.search("Signature=[0-9A-Za-z]", done.stderr)
    if Path(REFERENCE).exists():
        payload = base64.b64encode(Path(REFERENCE).read_bytes()).decode()
        assert payload[:_PAYLOAD_BYTES] not in told
    return Done(done.returncode, done.stdout, done.stderr)


def _pieces(secret: str) -> Iterator[str]:
    return (secret[start : start + _PIECE] for start in range(len(secret) - _PIECE + 1))


def noise(size: int, seed: int = 0) -> bytes:
    """Return bytes that cannot be packed, the same ones for a seed each time."""
    return random.Random(seed).randbytes(size)  # noqa: S311 - no secret


def picture(size: int) -> bytes:
    """Return bytes that begin as a PNG file does."""
    return b"\x89PNG\r\n\x1a\n" + noise(size)


def files_here() -> list[str]:
    """Return the names in the working folder, hidden ones too."""
    return sorted(file.name for file in Path().iterdir())
