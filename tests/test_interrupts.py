"""A signal that Python swallows is seen by whatever asks next."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from luma_cli.interrupts import Interrupts


class Target:
    """Something that a weak reference can watch."""


@contextmanager
def swallowed(interrupts: Interrupts) -> Iterator[None]:
    """Handle a signal in the callback of a weak reference, as the import system has them."""
    unraisable: list[object] = []
    target = Target()
    watch = weakref.ref(target, interrupts.handle)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.unraisablehook", unraisable.append)
        del target
        gc.collect()
    assert len(unraisable) == 1
    yield
    del watch


def test_a_swallowed_signal_is_pending_and_ends_the_next_block_that_holds_signals() -> None:
    interrupts = Interrupts()
    with swallowed(interrupts):
        assert interrupts.is_pending
        with pytest.raises(KeyboardInterrupt), interrupts.held():
            pass


SWALLOWED = """
import weakref
from luma_cli.interrupts import Interrupts

interrupts = Interrupts()
interrupts.install()
target = {target}
watch = weakref.ref(target, {callback})
del target
print(interrupts.is_pending)
"""


def ended_with_a_swallowed_exception(callback: str) -> subprocess.CompletedProcess[str]:
    code = SWALLOWED.format(target="Interrupts()", callback=callback)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)


def test_a_swallowed_signal_prints_no_traceback() -> None:
    ended = ended_with_a_swallowed_exception("interrupts.handle")

    assert (ended.stdout, ended.stderr) == ("True\n", "")


def test_another_swallowed_exception_is_printed() -> None:
    ended = ended_with_a_swallowed_exception("lambda _: 1 / 0")

    assert ended.stdout == "False\n"
    assert "ZeroDivisionError" in ended.stderr


def test_a_signal_held_by_another_thread_is_raised_in_the_main_thread_once_that_has_ended() -> None:
    interrupts = Interrupts()
    began, may_end = threading.Event(), threading.Event()
    problems: list[BaseException] = []

    def submit() -> None:
        try:
            with interrupts.held():
                began.set()
                may_end.wait()
        except BaseException as problem:  # noqa: BLE001 - compared below
            problems.append(problem)

    thread = threading.Thread(target=submit)
    thread.start()
    began.wait()
    interrupts.handle()
    interrupts.raise_pending()
    may_end.set()
    thread.join()

    with pytest.raises(KeyboardInterrupt):
        interrupts.raise_pending()
    interrupts.raise_pending()
    assert problems == []


def test_without_a_signal_nothing_is_raised() -> None:
    interrupts = Interrupts()
    with interrupts.held():
        interrupts.raise_pending()
    interrupts.raise_pending()
