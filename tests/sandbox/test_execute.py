"""`sandbox exec`: a program with its own sandbox."""

from __future__ import annotations

import json
import os
import pty
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
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
names = ("LUMA_BASE_URL", "LUMA_AGENTS_API_KEY", "LUMA_SANDBOX", "NO_PROXY", "no_proxy", "KEPT")
request = urllib.request.Request(
    os.environ["LUMA_BASE_URL"] + "/files",
    headers={"Authorization": "Bearer " + os.environ["LUMA_AGENTS_API_KEY"]},
)
with urllib.request.urlopen(request) as answer:
    status, nonce = answer.status, answer.headers["X-Luma-Sandbox"]
with open("report.json", "w") as file:
    json.dump([status, nonce, {name: os.environ.get(name) for name in names}], file)
"""
# Says where the sandbox is, then waits for a signal without ever ending by itself.
TALK = (
    'trap "exit 41" TERM HUP QUIT; echo $LUMA_BASE_URL; while :; do read -r line || exit 42; done'
)
# Runs for a while, and ends by itself if no signal ends it.
LINGER = "n=0; while [ $n -lt 200 ]; do sleep 0.05; n=$((n + 1)); done"


def run(*command: str, **environ: str) -> int:
    return execute(command, {"PATH": os.environ["PATH"], **environ}, SandboxOptions())


def is_open(base_url: str) -> bool:
    parts = urlsplit(base_url)
    with socket.socket() as probe:
        return probe.connect_ex((str(parts.hostname), int(parts.port or 0))) == 0


@pytest.mark.parametrize("proxies", [{}, {"no_proxy": "a.test"}, {"NO_PROXY": "a.test"}])
def test_exec_sets_environment_variables(proxies: dict[str, str]) -> None:
    everything = {"HTTP_PROXY": "http://127.0.0.1:9", "KEPT": "yes", "LUMA_BASE_URL": "other"}
    everything["LUMA_SANDBOX"] = "an-older-one"

    code = run(sys.executable, "-c", REPORT, **everything, **proxies)

    status, nonce, variables = json.loads(Path("report.json").read_text())
    base_url = variables.pop("LUMA_BASE_URL")
    no_proxy = "a.test,127.0.0.1,localhost" if proxies else "127.0.0.1,localhost"
    assert (code, status) == (0, 200)
    assert variables == {
        "LUMA_AGENTS_API_KEY": "luma-api-sandbox",
        "LUMA_SANDBOX": nonce,
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "KEPT": "yes",
    }
    assert not is_open(base_url)
    assert len(nonce) == 32


@pytest.mark.parametrize(
    ("script", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -KILL $$", 137), ("kill $$", 143)]
)
def test_exec_returns_exit_code_of_program(script: str, code: int) -> None:
    before = [signal.getsignal(number) for number in signal.valid_signals()]
    assert run("sh", "-c", script) == code
    assert [signal.getsignal(number) for number in signal.valid_signals()] == before


@pytest.mark.parametrize(
    ("name", "reason"),
    [("./no-such-program", "no such file or directory"), ("./plain", "permission denied")],
)
def test_exec_with_missing_program_is_a_usage_error(name: str, reason: str) -> None:
    Path("plain").write_text("text")
    before = signal.getsignal(signal.SIGTERM)

    with pytest.raises(UsageError) as refusal:
        run(name)

    assert refusal.value.message == f"cannot run `{name}`: {reason}"
    assert refusal.value.hint == "check the name; use `sh -c '…'` for shell syntax"
    assert signal.getsignal(signal.SIGTERM) is before


@contextmanager
def talking(script: str = TALK) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `sandbox exec` with a script that prints the address; yield process and address."""
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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_exec_forwards_signals(number: signal.Signals) -> None:
    # The shell runs its trap when `read` is interrupted or ends, so a line follows the signal.
    with talking() as (program, base_url):
        assert is_open(base_url)
        program.send_signal(number)
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.flush()
        assert program.wait(SECONDS) == 41
        assert not is_open(base_url)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT])
def test_exec_waits_for_program_after_signal(number: signal.Signals) -> None:
    script = 'trap "sleep 0.3; echo tidied; exit 45" TERM HUP QUIT INT; echo $LUMA_BASE_URL; '
    script += LINGER
    with talking(script) as (program, base_url):
        program.send_signal(number)
        assert program.stdout is not None
        assert (program.stdout.readline(), program.wait(SECONDS)) == ("tidied\n", 45)
        assert not is_open(base_url)


def test_exec_forwards_hangup_of_terminal(tmp_path: Path) -> None:
    # The program is in a group of its own, so that only what is forwarded reaches it.
    script = f'echo $$ > {tmp_path}/pid; trap "echo HUP > {tmp_path}/end; exit 46" HUP; '
    script += LINGER
    child = ("import os, sys; os.setpgid(0, 0); os.execvp('sh', ['sh', '-c', sys.argv[1]])", script)
    command = [sys.executable, "-m", "luma_cli", "sandbox", "exec", "--", sys.executable, "-c"]
    pid, master = pty.fork()
    if not pid:
        os.execv(sys.executable, [*command, *child])  # noqa: S606 - no shell is wanted
    until((tmp_path / "pid").exists)
    os.close(master)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 46
    assert (tmp_path / "end").read_text() == "HUP\n"


@pytest.mark.parametrize(("key", "number"), [(b"\x1c", signal.SIGQUIT), (b"\x03", signal.SIGINT)])
def test_ctrl_c_reaches_program_once(tmp_path: Path, key: bytes, number: int) -> None:
    script = f"""
import os, signal, time
def note(number, _): os.write(file, b"%d " % number)
file = os.open("{tmp_path}/heard", os.O_CREAT | os.O_WRONLY)
signal.signal(signal.SIGINT, note); signal.signal(signal.SIGQUIT, note)
os.write(file, b"on ")
deadline = time.monotonic() + 20
while os.fstat(file).st_size < 4 and time.monotonic() < deadline: time.sleep(0.01)
time.sleep(0.2)
"""
    command = [sys.executable, "-m", "luma_cli", "sandbox", "exec", "--", sys.executable, "-c"]
    pid, master = pty.fork()
    if not pid:
        os.execv(sys.executable, [*command, script])  # noqa: S606 - no shell is wanted
    heard = tmp_path / "heard"
    until(lambda: heard.exists() and heard.read_text() == "on ")
    os.write(master, key)
    _, status = os.waitpid(pid, 0)
    os.close(master)
    assert (os.waitstatus_to_exitcode(status), heard.read_text()) == (0, f"on {number:d} ")


def until(is_so: Callable[[], bool]) -> None:
    """Wait for a condition that another process fulfils."""
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_forwarded_signal_ends_program() -> None:
    with talking("echo $LUMA_BASE_URL; exec cat") as (program, base_url):
        program.terminate()
        assert program.wait(SECONDS) == 128 + signal.SIGTERM
        assert not is_open(base_url)


def test_exec_ignores_ctrl_c() -> None:
    script = 'trap "echo heard; exit 43" INT; echo $LUMA_BASE_URL; read -r line; exit 44'
    with talking(script) as (program, _):
        os.killpg(program.pid, signal.SIGINT)
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.flush()
        assert program.wait(SECONDS) == 43


def test_exec_forwards_interrupt_sent_to_it_alone() -> None:
    with talking("echo $LUMA_BASE_URL; exec cat") as (program, base_url):
        program.send_signal(signal.SIGINT)
        assert program.wait(SECONDS) == 128 + signal.SIGINT
        assert not is_open(base_url)


def test_server_ends_when_exec_is_killed() -> None:
    with talking() as (program, base_url):
        program.kill()
        assert program.wait(SECONDS) == -signal.SIGKILL
        assert not is_open(base_url)
