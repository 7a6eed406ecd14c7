"""`DIR/manifest.jsonl`: what happened to each job of a batch, a line for each event.

Lines are only appended. One that a kill cut in two stays, ends where it was cut, and readers skip
it.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Self

from luma_cli.batch.layout import Layout
from luma_cli.batch.result import RowResult
from luma_cli.errors import OutputExistsError, SaveError, reason_of
from luma_cli.host import Clock
from luma_cli.jsontext.parts import object_of
from luma_cli.rules.timestamps import timestamp

VERSION = 1
RUN, SUBMITTED, STATE = "run", "submitted", "state"
_START = b'{"version":'
_LINES_AT_ONCE = 1000
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class RunStart(NamedTuple):
    """What a run is going to do: its name, the number of its jobs, the columns of its input.

    `account` is a digest of the host and the profile that it submits to.
    """

    name: str
    jobs: int
    layout: Layout
    account: str | None = None


class Manifest:
    """Appends events to a manifest; thread-safe. Each is on disk before the call returns.

    Raises `SaveError` when the disk refuses, and `OutputExistsError` for a file that is no
    manifest.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path, self._clock, self._lock = path, clock, threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
            self._descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0), 0o666)
            try:
                self._is_cut = self._check()
            except BaseException:
                os.close(self._descriptor)
                raise
        except OSError as problem:
            raise self._refused(problem) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def start(self, run: RunStart) -> None:
        """Record the start of a run."""
        self._append([self._line(RUN, _run_members(run))])

    def record(self, result: RowResult, event: str | None = None) -> None:
        """Record the state of a job; the event is its status, `SUBMITTED` or `STATE`."""
        self._append([self._line(event or result.status, _members(result, event))])

    def record_all(self, results: Iterable[RowResult]) -> None:
        """Record many states with fewer writes."""
        source = iter(results)
        while chunk := list(islice(source, _LINES_AT_ONCE)):
            self._append([self._line(each.status, _members(each, None)) for each in chunk])

    def _check(self) -> bool:
        """Return whether the last line has no end; raises `OutputExistsError`."""
        with open(self._descriptor, "rb", closefd=False) as stream:
            first = stream.readline(len(_START)).removesuffix(b"\n")
            if not _START.startswith(first):
                raise OutputExistsError(
                    f"`{self._path}` exists and is no manifest of a batch",
                    hint="rename it, or choose another folder with `-d`",
                )
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(size - 1, 0))
            return stream.read() not in (b"\n", b"")

    def _line(self, event: str, members: Iterable[tuple[str, str]]) -> bytes:
        at = timestamp(self._clock.epoch_seconds())
        head = ("version", str(VERSION)), ("at", _text(at)), ("event", _text(event))
        line = object_of((f'"{name}"', value) for name, value in (*head, *members))
        # Half of a surrogate pair, as in a path of other bytes, becomes a JSON escape.
        return f"{line}\n".encode(errors="backslashreplace")

    def _append(self, lines: list[bytes]) -> None:
        left = memoryview(b"".join(lines))
        with self._lock:
            if self._is_cut:
                left = memoryview(b"\n" + left)
            try:
                while left:
                    self._is_cut = True  # until all of it is written
                    left = left[os.write(self._descriptor, left) :]
                self._is_cut = False
                os.fsync(self._descriptor)
            except OSError as problem:
                raise self._refused(problem) from None

    def _refused(self, problem: OSError) -> SaveError:
        return SaveError(f"cannot write `{self._path}`: {reason_of(problem)}")


def _run_members(run: RunStart) -> Iterator[tuple[str, str]]:
    yield "run", _text(run.name)
    yield "jobs", str(run.jobs)
    yield from ((name, _text(value)) for name, value in run.layout._asdict().items())
    if run.account is not None:
        yield "account", _text(run.account)


def _members(result: RowResult, event: str | None) -> Iterator[tuple[str, str]]:
    """Yield the members of a job's line, and what a report needs besides."""
    yield from result.members()
    yield "seconds", _text(result.seconds)
    if result.error is not None and (exchange := result.error.exchange) is not None:
        yield "exchange", _text([exchange.method, exchange.url])
    if event != STATE:  # an earlier line has them
        yield "cells", _text(dict(result.cells))


def _text(value: object) -> str:
    return _ENCODER.encode(value)
