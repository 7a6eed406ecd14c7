"""One process at a time works on a run of a batch; its lock ends with it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from luma_cli.errors import RunLockedError, reason_of
from luma_cli.file_lock import locked
from luma_cli.journal.file import unusable
from luma_cli.journal.journal import Journal
from luma_cli.settings.durations import show_age

RUNS_FOLDER = "runs"
# A process that has just ended may be removing the file of its lock.
_LONGEST_WAIT_SECONDS = 0.2
_DIGITS = 32


@contextmanager
def run_lock(journal: Journal, name: str) -> Iterator[None]:
    """Hold the lock of the account's runs with this name while the block runs.

    It is that of the name, not of one run, so that two processes do not start a run each. Raises
    `RunLockedError`, which names the process that has it, and `JournalError`.
    """
    path = _path(journal, name)
    with ExitStack() as stack:
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            stack.enter_context(locked(path, _LONGEST_WAIT_SECONDS))
            _write_holder(path, journal.clock.epoch_seconds())
        except TimeoutError:
            raise _locked_error(path, name, journal.clock.epoch_seconds()) from None
        except OSError as problem:
            raise unusable(path, reason_of(problem)) from None
        stack.callback(_remove, path)
        yield


def _path(journal: Journal, name: str) -> Path:
    known_by = json.dumps([journal.account, name])
    return journal.path.parent / RUNS_FOLDER / sha256(known_by.encode()).hexdigest()[:_DIGITS]


def _write_holder(path: Path, now: float) -> None:
    """Write who has the lock: in a file of its own, as a locked one cannot be read on Windows."""
    path.touch(mode=0o600)
    path.write_text(json.dumps({"pid": os.getpid(), "since": now}), encoding="ascii")


def _remove(path: Path) -> None:
    with suppress(OSError):  # what is left there is replaced by the next holder
        path.unlink()


def _locked_error(path: Path, name: str, now: float) -> RunLockedError:
    who, since = "another process", ""
    with suppress(OSError, ValueError, RecursionError):  # the holder may be writing it
        match json.loads(path.read_text(encoding="ascii")):
            case {"pid": int(pid), "since": int(began) | float(began)}:
                who, since = f"process {pid}", f", started {show_age(now - began)} ago"
    return RunLockedError(
        f"the batch run `{name}` is in use by {who}{since}",
        hint="wait until it ends, or stop it; then run the same command to continue",
        may_be_retried=True,
    )
