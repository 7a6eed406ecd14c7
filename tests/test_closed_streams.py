"""Standard streams that are closed or full: data that is lost is an error, a paid id never is."""

from __future__ import annotations

import re

import pytest

from tests.support.installed import LUMA
from tests.support.installed import shell as run_in_shell

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def shell(line: str, sandbox: dict[str, str]) -> tuple[int, str, str]:
    """Run a line in which `luma` is the program, with its streams as the line redirects them."""
    done = run_in_shell(line.replace("luma ", f"{LUMA} ", 1), sandbox)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("where", "reason"),
    [(">&-", "stdout is closed"), (">/dev/full", "no space left on device")],
)
@pytest.mark.parametrize(
    "words", ["--version", "--help", "generations create --help", "config list"]
)
def test_what_cannot_be_printed_is_an_error(
    words: str, where: str, reason: str, sandbox: dict[str, str]
) -> None:
    ended = shell(f"luma {words} {where}", sandbox)

    assert ended == (1, "", f"error: cannot write to stdout: {reason}\n")


@pytest.mark.parametrize("where", [">&-", ">/dev/full"])
def test_a_paid_id_that_cannot_be_printed_is_told_on_stderr(
    where: str, sandbox: dict[str, str]
) -> None:
    code, _, stderr = shell(f"luma generations create --prompt x {where}", sandbox)

    assert code == 13
    assert stderr.startswith("error: cannot write to stdout: ")
    assert stderr.splitlines()[0].endswith("; the job was submitted")
    assert re.search(
        rf"^hint: run `luma-agents-cli generations wait {ID.pattern}`$", stderr, re.MULTILINE
    )


def test_nothing_is_paid_for_an_output_that_nobody_can_get(
    sandbox: dict[str, str],
) -> None:
    ended = shell("luma generations create --prompt x -o - >&-", sandbox)

    assert ended == (1, "", "error: cannot write to stdout: stdout is closed\n")
    assert shell("luma generations list", sandbox)[1] == ""


@pytest.mark.parametrize("closed", ["<&-", "2>&-", "<&- 2>&-"])
def test_a_closed_stdin_or_stderr_does_no_harm(closed: str, sandbox: dict[str, str]) -> None:
    code, stdout, _ = shell(f"luma generations create --prompt x {closed}", sandbox)

    assert code == 0
    assert ID.search(stdout)


def test_the_journal_does_not_get_the_number_of_a_closed_stream(sandbox: dict[str, str]) -> None:
    code, stdout, _ = shell("luma generations create --prompt x --debug <&- 2>&-", sandbox)

    assert code == 0
    assert ID.search(shell("luma generations list", sandbox)[1] or "")
    assert ID.search(stdout)
