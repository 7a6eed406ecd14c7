"""What the host says of the machine, whatever stands behind its streams."""

from __future__ import annotations

import os
import pty
import termios
from io import StringIO
from pathlib import Path

import pytest

from luma_cli.host import Host


def host(stdout: object, **environ: str) -> Host:
    return Host(StringIO(), stdout, StringIO(), environ)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "columns"),
    [("120", 120), ("", 80), ("0", 80), ("-5", 80), ("wide", 80), ("9" * 5000, 80)],
)
def test_the_width_is_that_of_the_variable_or_80(wanted: str, columns: int) -> None:
    assert host(StringIO(), COLUMNS=wanted).columns == columns


def test_the_width_is_80_when_stdout_is_a_file(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as stdout:
        assert host(stdout).columns == 80


def test_the_width_is_that_of_the_terminal() -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (10, 33))
    try:
        with open(theirs, "w", closefd=False) as stdout:
            assert host(stdout).columns == 33
            assert host(stdout, COLUMNS="40").columns == 40
    finally:
        os.close(ours)
        os.close(theirs)
