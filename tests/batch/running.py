"""A table, and the program that runs it in this process against an API in memory."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from luma_cli.interrupts import Interrupts
from luma_cli.settings.paths import journal_file
from tests.support.batch_api import BatchApi
from tests.support.program import Program, Result


@dataclass
class Batch:
    """A table, and the program that runs it."""

    program: Program
    api: BatchApi
    rows: int = 12
    words: list[str] = field(default_factory=list)
    table: str | None = None

    def __call__(self, *words: str, **options: Any) -> Result:
        lines = ["id,prompt", *(f"r{number},fox {number}" for number in range(1, self.rows + 1))]
        Path("shots.csv").write_text(self.table or "\n".join(lines) + "\n")
        command = ("generations", "batch", "shots.csv", "-d", "out", "--report", "report.jsonl")
        return self.program(*command, *self.words, *words, **options)

    @property
    def statuses(self) -> list[str]:
        """The statuses of all rows, in their order."""
        lines = [json.loads(line) for line in Path("report.jsonl").read_text().splitlines()]
        assert [line["row"] for line in lines] == list(range(1, self.rows + 1))
        return [line["status"] for line in lines]

    @property
    def outcomes(self) -> list[str]:
        path = journal_file(self.program.environ)
        with closing(sqlite3.connect(path)) as journal:
            return [row[0] for row in journal.execute("SELECT outcome FROM submissions")]

    def check_finished(self) -> None:
        """Check that the same command finishes the rest, and that each row is paid for once."""
        self.program.interrupts = Interrupts()
        done = self("--quiet")
        assert done.exit_code == 0, done.stderr
        assert set(self.statuses) <= {"saved", "skipped"}
        assert sorted(self.api.prompts) == sorted(f"fox {n}" for n in range(1, self.rows + 1))
