"""A batch as a real process: its table, its command line, and what it left behind."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from luma_cli.sandbox.models.content import Content
from luma_cli.sandbox.models.jobs import Job
from luma_cli.sandbox.options import SANDBOX_KEY
from luma_cli.sandbox.server import SandboxServer

LUMA = str(Path(sys.executable).parent / "luma-agents-cli")
# What a run may take on a busy machine.
LONGEST_RUN_SECONDS = 120
_LOOK_SECONDS = 0.002


def draw_small_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sandboxes of this process make pictures that differ and take no time to draw."""

    def render(job: Job, name: str, seed: int) -> Content:  # noqa: ARG001 - as the real one
        picture = io.BytesIO()
        Image.new("RGB", (32, 32), f"#{job.id[:6]}").save(picture, "PNG")
        return Content(picture.getvalue(), "image/png", 20_000)

    monkeypatch.setattr("luma_cli.sandbox.state.gallery.render", render)


@dataclass
class BatchRun:
    """A table in a folder of its own, with a history of its own, for the API at `base_url`."""

    folder: Path
    base_url: str
    rows: int = 40
    pictures: int = 0
    words: tuple[str, ...] = ()
    prompt: str = "fox"
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for number in range(self.pictures):
            picture = Image.new("RGB", (64, 64), (number, 0, 0))
            picture.save(self.folder / f"{number}.png")
        self.write_rows(self.prompt for _ in range(self.rows))

    def write_rows(self, prompts: Any) -> None:
        """Write the table; each fourth row refers to a picture, as long as there are some."""
        lines = ["id,prompt,ref"]
        for number, prompt in enumerate(prompts):
            index, rest = divmod(number, 4)
            ref = f"{index}.png" if rest == 0 and index < self.pictures else ""
            lines.append(f"r{number},{prompt} {number},{ref}")
        (self.folder / "shots.csv").write_text("\n".join(lines) + "\n")

    @property
    def command(self) -> list[str]:
        return [
            *(LUMA, "generations", "batch", "shots.csv", "-d", "out", "--report", "report.jsonl"),
            *("--poll-interval", "100ms", "--upload", "always", *self.words),
        ]

    def start(self, *words: str, **options: Any) -> subprocess.Popen[str]:
        """Start the command with more words at its end."""
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        return subprocess.Popen(
            [*self.command, *words],
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "LUMA_STATE_DIR": str(self.folder / "state"),
                "LUMA_BASE_URL": self.base_url,
                "LUMA_AGENTS_API_KEY": SANDBOX_KEY,
                **self.environ,
            },
            text=True,
            **options,
        )

    def __call__(self, *words: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run the command to its end."""
        with self.start(*words, **options) as child:
            return ended(child)

    def kill_after(self, server: SandboxServer, requests: int) -> None:
        """Run the command, and kill it once it has made some requests, unless it ends before."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with self.start(**quiet) as child:
            wait_for_requests(child, server, requests)
            child.kill()

    def report(self) -> list[dict[str, Any]]:
        """Return the lines of the report."""
        return [
            json.loads(line) for line in (self.folder / "report.jsonl").read_text().splitlines()
        ]

    def statuses(self) -> Counter[str]:
        return Counter(line["status"] for line in self.report())

    def check_report(self) -> Counter[str]:
        """Check that the report has each row once and all files are whole; count the statuses."""
        lines = self.report()
        assert [line["row"] for line in lines] == list(range(1, self.rows + 1))
        files = [file for line in lines for file in line["files"]]
        for file in files:
            data = (self.folder / file["path"]).read_bytes()
            assert hashlib.sha256(data).hexdigest() == file["sha256"]
        with_files = [line for line in lines if line["files"]]
        assert {line["status"] for line in with_files} <= {"saved", "skipped"}
        on_disk = {path.name for path in (self.folder / "out").iterdir()} - {"manifest.jsonl"}
        assert on_disk == {Path(file["path"]).name for file in files}
        return Counter(line["status"] for line in lines)

    def stored(self) -> list[tuple[str, str | None]]:
        """Return outcome and id of each submission in the history."""
        path = self.folder / "state" / "history.db"
        if not path.exists():
            return []
        with closing(sqlite3.connect(path)) as journal:
            return journal.execute("SELECT outcome, generation_id FROM submissions").fetchall()

    def stored_ids(self) -> set[str]:
        return {an_id for outcome, an_id in self.stored() if outcome == "accepted" and an_id}


def wait_for_requests(child: subprocess.Popen[str], server: SandboxServer, count: int) -> None:
    """Wait until a server has answered some more requests, or the process has ended.

    It is a moment that does not depend on the speed of the machine.
    """
    wanted = len(server.log.entries) + count
    while len(server.log.entries) < wanted and child.poll() is None:
        time.sleep(_LOOK_SECONDS)


def ended(child: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    """Wait for a process, and check that no bug has ended it."""
    try:
        said = child.communicate(timeout=LONGEST_RUN_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        raise
    done = subprocess.CompletedProcess(child.args, child.returncode, *said)
    for word in ("Traceback", "Exception ignored", "Fatal Python error"):
        assert word not in (done.stderr or ""), done.stderr
    return done
