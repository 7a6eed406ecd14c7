"""`sandbox exec`: a program in a world of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from luma_cli.errors import UsageError
from luma_cli.sandbox.execute import execute
from luma_cli.sandbox.options import SandboxOptions

SECONDS = 30
REPORT = """
import json, os, urllib.request
names = ("LUMA_BASE_URL", "LUMA_AGENTS_API_KEY", "NO_PROXY", "no_proxy", "KEPT")
request = urllib.request.Request(
    os.environ["LUMA_BASE_URL"] + "/files",
    headers={"Authorization": "Bearer " + os.environ["LUMA_AGENTS_API_KEY"]},
)
with urllib.request.urlopen(request) as answer:
    status = answer.status
with open("report.json", "w") as file:
    json.dump([status, {name: os.environ.get(name) for name in names}], file)
"""
# Says where the sandbox is, then waits for a signal without ever ending by itself.
TALK = 'trap "exit 41" TERM HUP; echo $LUMA_BASE_URL; while :; do read -r line || exit 42; done'


def run(*command: str, **environ: str) -> int:
    return execute(command, {"PATH": os.environ["PATH"], **environ}, SandboxOptions())


def is_open(base_url: str) -> bool:
    parts = urlsplit(base_url)
    with socket.socket() as probe:
        return probe.connect_ex((str(parts.hostname), int(parts.port or 0))) == 0


@pytest.mark.parametrize("proxies", [{}, {"no_proxy": "a.test"}, {"NO_PROXY": "a.test"}])
def test_the_program_finds_the_sandbox(proxies: dict[str, str]) -> None:
    everything = {"HTTP_PROXY": "http://127.0.0.1:9", "KEPT": "yes", "LUMA_BASE_URL": "other"}

    code = run(sys.executable, "-c", REPORT, **everything, **proxies)

    status, variables = json.loads(Path("report.json").read_text())
    base_url = variables.pop("LUMA_BASE_URL")
    no_proxy = "a.test,127.0.0.1,localhost" if proxies else "127.0.0.1,localhost"
    assert (code, status) == (0, 200)
    assert variables == {
        "LUMA_AGENTS_API_KEY": "luma-api-sandbox",
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "KEPT": "yes",
    }
    assert not is_open(base_url)


@pytest.mark.parametrize(
    ("script", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -KILL $$", 137), ("kill $$", 143)]
)
def test_the_exit_code_is_the_programs(script: str, code: int) -> None:
    before = [signal.getsignal(number) for number in signal.valid_signals()]
    assert run("sh", "-c", script) == code
    assert [signal.getsignal(number) for number in signal.valid_signals()] == before


@pytest.mark.parametrize(
    ("name", "reason"),
    [("./no-such-program", "no such file or directory"), ("./plain", "permission denied")],
)
def test_a_program_that_cannot_be_started_is_a_usage_error(name: str, reason: str) -> None:
    Path("plain").write_text("text")
    before = signal.getsignal(signal.SIGTERM)

    with pytest.raises(UsageError) as refusal:
        run(name)

    assert refusal.value.message == f"cannot run `{name}`: {reason}"
    assert refusal.value.hint == "check the name; a shell's own syntax needs `sh -c '…'`"
    assert signal.getsignal(signal.SIGTERM) is before


@contextmanager
def talking(script: str = TALK) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `sandbox exec` on a script that says the address; yield the process and the address."""
    with subprocess.Popen(
        [sys.executable, "-m", "luma_cli", "sandbox", "exec", "--", "sh", "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as program:
        assert program.stdout is not None
        yield program, program.stdout.readline().strip()
        assert program.stdin is not None
        program.stdin.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_are_forwarded(number: signal.Signals) -> None:
    # The shell runs its trap when `read` is interrupted or ends, so a line follows the signal.
    with talking() as (program, base_url):
        assert is_open(base_url)
        program.send_signal(number)
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.flush()
        assert program.wait(SECONDS) == 41
        assert not is_open(base_url)


def test_a_forwarded_signal_may_end_the_program() -> None:
    with talking("echo $LUMA_BASE_URL; exec cat") as (program, base_url):
        program.terminate()
        assert program.wait(SECONDS) == 128 + signal.SIGTERM
        assert not is_open(base_url)


def test_ctrl_c_is_the_programs_business() -> None:
    script = 'trap "echo heard; exit 43" INT; echo $LUMA_BASE_URL; read -r line; exit 44'
    with talking(script) as (program, _):
        os.killpg(program.pid, signal.SIGINT)
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.flush()
        assert program.wait(SECONDS) == 43


def test_an_interrupt_that_only_we_get_is_passed_on() -> None:
    with talking("echo $LUMA_BASE_URL; exec cat") as (program, base_url):
        program.send_signal(signal.SIGINT)
        assert program.wait(SECONDS) == 128 + signal.SIGINT
        assert not is_open(base_url)


def test_no_server_outlives_a_killed_program() -> None:
    with talking() as (program, base_url):
        program.kill()
        assert program.wait(SECONDS) == -signal.SIGKILL
        assert not is_open(base_url)
