"""A signal that Python swallows is seen by whatever asks next."""

from __future__ import annotations

import gc
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
