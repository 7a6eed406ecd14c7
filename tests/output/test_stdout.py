"""An unwritable stdout: an error, and exit code 1."""

from __future__ import annotations

import errno
import os

import pytest

from tests.support.fake_api import FakeApi, generation
from tests.support.program import ByteStream, Program, Result


class Failing(ByteStream):
    """A stdout that is closed, or on a full disk."""

    def __init__(self, reason: int) -> None:
        super().__init__()
        self._reason = reason

    def write(self, _: str) -> int:
        raise OSError(self._reason, os.strerror(self._reason))


@pytest.mark.parametrize(
    "command",
    [
        *("generations get x", "config list", "config path", "cost --prompt x", "completion bash"),
        *("--help", "generations create --help", "--version"),
    ],
)
@pytest.mark.parametrize("reason", [errno.EBADF, errno.ENOSPC], ids=errno.errorcode.get)
def test_unwritable_stdout_is_an_error(
    luma: Program, api: FakeApi, command: str, reason: int
) -> None:
    if "get" in command:
        api.on("GET", "/generations/x", generation())

    result = luma(*command.split(), stdout=Failing(reason))

    reason_in_words = os.strerror(reason).lower()
    assert result == Result(1, "", f"error: cannot write to stdout: {reason_in_words}\n")
