"""A signal that Python swallows is seen by whatever asks next."""

from __future__ import annotations

import gc
import subprocess
import sys
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
