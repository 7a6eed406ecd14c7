"""A stdout that cannot be written: the failure is told and the exit status is 1."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tests.support.fake_api import FakeApi, generation
from tests.support.installed import LUMA, shell
from tests.support.program import ByteStream, Program, Result, Stream


class Missing(ByteStream):
    """What the host puts in the place of a stdout that was closed before the start."""

    is_missing = True

    def write(self, _: str) -> int:
        raise AssertionError("a stdout that is not there was written to")


class Full(Stream):
    """A stdout on a full disk."""

    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


COMMANDS = [
    ["generations", "get", "x"],
    ["config", "list"],
    ["config", "path"],
    ["cost", "--prompt", "x"],
    ["--help"],
    ["generations", "create", "--help"],
    ["--version"],
    ["completion", "bash"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("stream", "reason"), [(Missing, "it is closed"), (Full, "no space left on device")]
)
def test_data_that_cannot_be_printed_is_a_failure(
    luma: Program, api: FakeApi, command: list[str], stream: type[Stream], reason: str
) -> None:
    if "get" in command:
        api.on("GET", "/generations/x", generation())

    result = luma(*command, stdout=stream())

    assert result == Result(1, "", f"error: cannot write to stdout: {reason}\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("command", ["--help", "config list", "config path", "generations --help"])
def test_a_full_disk_behind_the_real_stdout_is_told(command: str, environ: dict[str, str]) -> None:
    done = shell(f"{LUMA} {command} >/dev/full", environ)

    assert (done.returncode, done.stderr) == (
        1,
        "error: cannot write to stdout: no space left on device\n",
    )
