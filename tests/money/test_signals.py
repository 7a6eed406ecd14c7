"""A signal just after the answer to a submission: the paid id is told, whatever else goes wrong.

    answer sent ──0 to 20 ms──> signal (and sometimes another one)

`LUMA_SIGNALS=200` makes as many tries as the project promises; `make torture` does so.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from luma_cli.sandbox.faults.grammar import parse_fault
from luma_cli.sandbox.options import SandboxOptions
from luma_cli.sandbox.server import SandboxServer
from tests.money.test_kills import COMMAND, LUMA, environ_of, seconds_of_a_whole_run
from tests.support.raw_api import GENERATION_ID, Request, answer, job, raw_api

SIGNALS = int(os.environ.get("LUMA_SIGNALS", "24"))
AT_ONCE = 2
LONGEST_MOMENT_SECONDS = 0.02
# What a held signal may cost, and the start of the program on a busy machine.
LONGEST_END_SECONDS = 20


@dataclass
class Run:
    """One `create`: what it was asked, what hit it, and how it ended."""

    folder: Path
    words: tuple[str, ...] = ()
    numbers: tuple[signal.Signals, ...] = ()
    moment: float = 0.0
    pieces: int = 1

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.code = 0
        self.stdout = self.stderr = ""
        self.posts = 0
        self.signaled_at = 0.0
        self._child: subprocess.Popen[str] | None = None
        self._started = threading.Event()

    @property
    def journal(self) -> Path:
        return self.folder / "state" / "history.db"

    def stored(self) -> list[tuple[str, str | None]]:
        with closing(sqlite3.connect(self.journal)) as journal:
            return journal.execute("SELECT outcome, generation_id FROM submissions").fetchall()

    def execute(
        self,
        before_answer: Callable[[Run], None] = lambda _: None,
        reply: Callable[[Request], None] | None = None,
    ) -> Run:
        """Run the command against an API that accepts the job, and then send the signals.

        With `reply`, the signals come before what that does to the submission.
        """

        def respond(request: Request) -> None:
            if request.method != "POST":
                request.connection.sendall(answer(job()))
                return
            before_answer(self)
            if reply is not None:
                self._send_signals()
                reply(request)
                return
            accepted = answer(job(), 201)
            size = -(-len(accepted) // self.pieces)
            for start in range(0, len(accepted), size):
                request.connection.sendall(accepted[start : start + size])
            self._send_signals()

        with raw_api(respond) as api:
            self._child = subprocess.Popen(
                [LUMA, "generations", "create", "--prompt", "x", *self.words],
                cwd=self.folder,
                env=environ_of(self.folder, api.base_url),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            self._started.set()
            with self._child as child:
                try:
                    self.stdout, self.stderr = child.communicate(timeout=LONGEST_END_SECONDS)
                except subprocess.TimeoutExpired:
                    child.kill()
                    raise
            self.code, self.posts = child.returncode, api.count("POST")
        return self

    def _send_signals(self) -> None:
        for number in self.numbers:
            time.sleep(self.moment)
            self._started.wait()
            assert self._child is not None
            self._child.send_signal(number)
            self.signaled_at = time.monotonic()

    def check_told(self) -> str:
        """Check that the job was paid once and its id is told; return how the run ended."""
        assert self.posts == 1
        assert "Traceback" not in self.stderr, self.stderr
        assert self.code in (0, 130), (self.code, self.stderr)
        if self.code == 0:
            assert json.loads(self.stdout)["id"] == GENERATION_ID
        else:
            assert GENERATION_ID in self.stderr, self.stderr
        return f"exit {self.code}"


def test_a_signal_after_the_answer_leaves_the_id_printed_and_stored(tmp_path: Path) -> None:
    chance = random.Random(20261125)  # noqa: S311 - moments, no secrets
    kinds = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    runs = [
        Run(
            tmp_path / str(number),
            chance.choice(((), ("--wait",), ("-o", "fox.png"), ("--quiet",), ("--no-history",))),
            tuple(chance.choices(kinds, k=chance.choice((1, 1, 2)))),
            chance.uniform(0, LONGEST_MOMENT_SECONDS),
            chance.choice((1, 1, 7)),
        )
        for number in range(SIGNALS)
    ]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(Run.execute, runs))

    endings = Counter(run.check_told() for run in runs)
    print(f"{SIGNALS} signals: {dict(endings)}")  # noqa: T201 - what `make torture` is for
    assert endings["exit 130"] > 0, endings
    for run in runs:
        if "--no-history" not in run.words:
            assert run.stored() == [("accepted", GENERATION_ID)], run.stderr


def test_a_signal_at_any_moment_loses_no_paid_id(tmp_path: Path) -> None:
    chance = random.Random(20261126)  # noqa: S311 - moments, no secrets
    options = SandboxOptions(
        latency={"image": 0.3},
        requests_per_minute=0,
        jobs_at_once=0,
        log=tmp_path / "log.jsonl",
        faults=(parse_fault("create:slow:200ms:0.5"),),
    )
    with SandboxServer(options) as server, ThreadPoolExecutor(AT_ONCE) as pool:
        whole = seconds_of_a_whole_run(tmp_path / "whole", server.base_url)
        (tmp_path / "log.jsonl").write_text("")
        moments = [chance.uniform(whole / 4, whole) for _ in range(SIGNALS)]
        endings = list(
            pool.map(
                lambda number: end_with_a_signal(
                    tmp_path / f"run-{number}", server.base_url, moments[number]
                ),
                range(SIGNALS),
            )
        )
        log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]

    paid = {line["id"] for line in log if line["endpoint"] == "create" and line["id"]}
    told = {an_id for an_id in paid if any(an_id in said for _, said in endings)}
    unknown = sum(code == 11 for code, _ in endings)
    print(f"{SIGNALS} signals at any moment: {Counter(code for code, _ in endings)}")  # noqa: T201
    assert len(paid) == sum(line["endpoint"] == "create" for line in log) > 0
    assert len(paid - told) <= unknown, paid - told
    assert [said for _, said in endings if "Traceback" in said] == []
    assert {code for code, _ in endings} <= {0, 11, 130, -signal.SIGTERM}


def end_with_a_signal(folder: Path, base_url: str, moment: float) -> tuple[int, str]:
    """Send SIGTERM to one `create` and return its exit code and all that it said."""
    folder.mkdir()
    with subprocess.Popen(
        [*COMMAND, "--poll-interval", "100ms"],
        cwd=folder,
        env=environ_of(folder, base_url),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            said = "".join(child.communicate(timeout=moment))
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGTERM)
            said = "".join(child.communicate(timeout=LONGEST_END_SECONDS))
    return child.returncode, said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_id_is_printed_despite_a_locked_journal(number: signal.Signals, tmp_path: Path) -> None:
    locks: list[sqlite3.Connection] = []
    run = Run(tmp_path / "run", ("--quiet",), (number,)).execute(locking(locks))
    seconds = time.monotonic() - run.signaled_at
    locks[0].close()

    assert run.check_told() == "exit 130"
    assert run.stderr.startswith(f"note: submitted as {GENERATION_ID}\n"), run.stderr
    assert seconds < LONGEST_END_SECONDS / 2


def locking(locks: list[sqlite3.Connection]) -> Callable[[Run], None]:
    """Return what keeps the journal of a run locked from now on."""

    def lock(run: Run) -> None:
        locks.append(sqlite3.connect(run.journal, check_same_thread=False, isolation_level=None))
        locks[0].execute("BEGIN EXCLUSIVE")

    return lock


def test_a_signal_does_not_hide_that_the_outcome_is_unknown(tmp_path: Path) -> None:
    locks: list[sqlite3.Connection] = []
    run = Run(tmp_path / "run", (), (signal.SIGINT, signal.SIGINT))

    run.execute(locking(locks), lambda request: request.connection.close())
    locks[0].close()

    assert (run.code, run.posts) == (11, 1)
    assert "may or may not have been accepted" in run.stderr


def test_the_hint_for_an_unstored_id_needs_no_history(tmp_path: Path) -> None:
    locks: list[sqlite3.Connection] = []
    run = Run(tmp_path / "run", ("--wait",), (signal.SIGTERM,)).execute(locking(locks))
    locks[0].close()

    assert run.check_told() == "exit 130"
    assert f"luma-agents-cli generations wait {GENERATION_ID}`" in run.stderr


def test_a_journal_that_is_locked_for_a_while_gets_the_id_in_the_end(tmp_path: Path) -> None:
    def lock(run: Run) -> None:
        journal = sqlite3.connect(run.journal, check_same_thread=False, isolation_level=None)
        journal.execute("BEGIN EXCLUSIVE")
        threading.Timer(1.0, journal.close).start()

    run = Run(tmp_path / "run", ("--quiet",)).execute(lock)

    assert run.check_told() == "exit 0"
    assert run.stderr == f"note: submitted as {GENERATION_ID}\n"
    assert run.stored() == [("accepted", GENERATION_ID)]


def test_the_id_is_printed_despite_a_full_disk(tmp_path: Path) -> None:
    def fill(run: Run) -> None:
        assert run._child is not None  # noqa: SLF001 - the limit is set from outside
        resource.prlimit(run._child.pid, resource.RLIMIT_FSIZE, (0, 0))  # noqa: SLF001

    run = Run(tmp_path / "run", ("--quiet",)).execute(fill)

    assert run.check_told() == "exit 0"
    told, warned = run.stderr.splitlines()[:2]
    assert told == f"note: submitted as {GENERATION_ID}"
    assert warned.startswith("warning: cannot use the journal")


def test_the_id_is_printed_despite_a_damaged_row(tmp_path: Path) -> None:
    def damage(run: Run) -> None:
        with closing(sqlite3.connect(run.journal)) as journal, journal:
            journal.execute("UPDATE submissions SET plan = '{', files = 'x', attempts = 7")

    run = Run(tmp_path / "run", ("--wait",), (signal.SIGTERM,), 0.02).execute(damage)

    assert run.check_told() == "exit 130"
