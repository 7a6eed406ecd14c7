"""How long the program takes to start.

    python -m benchmarks.startup [ROUNDS]

What needs no network is compared with the bare interpreter, `get` with the smallest script that
does the same with httpx and with the official SDK, `create` with `get`. A `get` reads the history,
if there is one, which costs more; so there is a row for each.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from benchmarks.measure import (
    LUMA,
    Bound,
    environment,
    heading,
    milliseconds,
    rounds,
    row,
    seconds,
    side_by_side,
)
from luma_cli.sandbox.options import DEFAULT_LATENCY, SandboxOptions
from luma_cli.sandbox.server import SandboxServer

BARE, SMALLEST, SDK = "bare interpreter", "smallest script with httpx", "`get` by the official SDK"
GET, GET_OWN, CREATE = "`get` without a history", "`get` with a history", "`create`"
CREATE_IMAGE = ("generations", "create", "--prompt", "a red fox")
HELP, MISTAKE, OFFLINE = Bound(1.5, 1.2), Bound(6.5, 5.8), Bound(7.0, 7.0)
# Name, arguments, exit code, bound against the bare interpreter.
WITHOUT_NETWORK: tuple[tuple[str, tuple[str, ...], int, Bound], ...] = (
    ("`--version`", ("--version",), 0, Bound(1.3, 1.0)),
    ("`--help`", ("--help",), 0, HELP),
    ("`generations create --help`", ("generations", "create", "--help"), 0, HELP),
    ("usage error", ("generations", "create", "--no-such-flag"), 2, MISTAKE),
    ("`create` without a prompt", ("generations", "create"), 2, MISTAKE),
    ("`generations list`", ("generations", "list"), 0, OFFLINE),
    ("`cost`", ("cost", *CREATE_IMAGE[2:]), 0, OFFLINE),
    ("`config list`", ("config", "list"), 0, OFFLINE),
)


def main() -> None:
    count = rounds(15)
    _check_wrapper()
    latency = dict.fromkeys(DEFAULT_LATENCY, 0.0)
    options = SandboxOptions(latency=latency, requests_per_minute=0, jobs_at_once=0)
    with tempfile.TemporaryDirectory() as folder, SandboxServer(options) as server:
        env = environment(Path(folder), server.base_url)
        without_history = env | {"LUMA_STATE_DIR": str(Path(folder) / "none")}
        generation_id = _create(env)
        python, here = sys.executable, Path(__file__).parent
        get = [LUMA, "generations", "get", generation_id]
        offline = {
            name: partial(seconds, [LUMA, *argv], env, exit_code=code)
            for name, argv, code, _ in WITHOUT_NETWORK
        }
        runs = {
            BARE: partial(seconds, [python, "-c", "pass"], env),
            **offline,
            SMALLEST: partial(seconds, [python, str(here / "smallest_get.py"), generation_id], env),
            SDK: partial(seconds, [python, str(here / "sdk_get.py"), generation_id], env),
            GET: partial(seconds, get, without_history),
            GET_OWN: partial(seconds, get, env),
            CREATE: partial(seconds, [LUMA, *CREATE_IMAGE], env),
        }
        heading("Start")
        times = side_by_side(count, runs)
    row(times, BARE, BARE, milliseconds)
    for name, _, _, bound in WITHOUT_NETWORK:
        row(times, name, BARE, milliseconds, bound)
    row(times, SMALLEST, BARE, milliseconds)
    row(times, SDK, BARE, milliseconds)
    row(times, GET, BARE, milliseconds)
    row(times, GET, SMALLEST, milliseconds, Bound(1.1, 1.0))
    row(times, GET, SDK, milliseconds, Bound(0.4, 0.33))
    row(times, GET_OWN, SMALLEST, milliseconds, Bound(1.1, 1.0))
    row(times, CREATE, GET, milliseconds, Bound(1.25, 1.1))


def _check_wrapper() -> None:
    """Reject the script of an old pip, which imports `re`: half of what `--version` takes."""
    if "import re\n" in Path(LUMA).read_text("utf-8"):
        sys.exit(f"{LUMA} was made by a pip older than 25; run `make clean` first")


def _create(env: Mapping[str, str]) -> str:
    """Return the id of a job that is in the history."""
    command = (LUMA, *CREATE_IMAGE, "--transform", "id", "--raw-output")
    done = subprocess.run(
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.strip()


if __name__ == "__main__":
    main()
