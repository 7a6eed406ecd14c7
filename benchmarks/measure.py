"""Runs made side by side, and the table that compares them with their bounds.

A round runs everything once, in turn, so that a machine that gets slower slows all of it. The ratio
of a figure to its baseline is the median of the ratios of their rounds.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from luma_cli.sandbox.options import SANDBOX_KEY

LUMA = str(Path(sys.executable).parent / "luma-agents-cli")
SANDBOX = (LUMA, "sandbox", "serve", "--port", "0", "--rpm", "0", "--jobs", "0", "--latency", "0s")
# Settings of the user, a proxy, or PYTHONDONTWRITEBYTECODE would change what is measured.
_INHERITED = ("PATH", "LANG", "TMPDIR")
# A process inherits the peak of the one that started it, so that one has to be small.
_LAUNCH = """
import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss, file=sys.stderr)
"""
_BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024

Run = Callable[[], float]


class Bound(NamedTuple):
    """The largest ratio that is allowed, and the one that is wanted."""

    must: float
    goal: float


def rounds(default: int) -> int:
    """Return the number of rounds that the command line asks for."""
    return int(sys.argv[1]) if len(sys.argv) > 1 else default


def environment(folder: Path, base_url: str) -> dict[str, str]:
    """Return the variables of a program that keeps everything in `folder`."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return inherited | {
        "HOME": str(folder),
        "LUMA_AGENTS_API_KEY": SANDBOX_KEY,
        "LUMA_BASE_URL": base_url,
        "LUMA_CONFIG_FILE": str(folder / "config.toml"),
        "LUMA_STATE_DIR": str(folder / "state"),
    }


def seconds(
    command: Sequence[str],
    env: Mapping[str, str],
    *,
    cwd: Path | None = None,
    exit_code: int = 0,
    stdin: str = "",
) -> float:
    """Run a command, which must end with `exit_code`, and return how long it took."""
    start = time.perf_counter()
    done = subprocess.run(
        command, env=env, cwd=cwd, input=stdin, capture_output=True, text=True, check=False
    )
    elapsed = time.perf_counter() - start
    if done.returncode != exit_code:
        sys.exit(f"{' '.join(command)[:200]} exited with {done.returncode}: {done.stderr[-2000:]}")
    return elapsed


def peak_bytes(
    command: Sequence[str], env: Mapping[str, str], *, exit_code: int = 0, terminal: bool = False
) -> float:
    """Run a command, which must end with `exit_code`, and return its peak memory."""
    ours, its = os.openpty() if terminal else os.pipe()
    launch = [sys.executable, "-S", "-c", _LAUNCH, *command]
    with subprocess.Popen(
        launch, env=env, stdin=subprocess.DEVNULL, stdout=its, stderr=subprocess.PIPE, text=True
    ) as child:
        os.close(its)
        with suppress(OSError):  # a pseudo-terminal ends with an error
            while os.read(ours, 65536):
                pass
        os.close(ours)
        _, stderr = child.communicate()
    *_, code, peak = stderr.split()
    if int(code) != exit_code:
        sys.exit(f"{' '.join(command)[:200]} exited with {code}: {stderr[-2000:]}")
    return int(peak) * _BYTES_PER_UNIT


def side_by_side(
    count: int, runs: Mapping[str, Run], *, warm_up: bool = True
) -> dict[str, list[float]]:
    """Return the figures of each run, one a round; a round before the first warms the caches."""
    for run in runs.values() if warm_up else ():
        run()
    figures: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(count):
        for name, run in runs.items():
            figures[name].append(run())
    return figures


@contextmanager
def serving(command: Sequence[str]) -> Iterator[str]:
    """Run a server that prints its address; yield the address."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            lines = iter(server.stdout or ())
            address = next(filter(None, (re.search(r"http://[\w.:/]+", line) for line in lines)))
            yield address[0]
        finally:
            server.terminate()


def heading(title: str) -> None:
    """Print the head of a table, with what else the machine is doing."""
    load, processors = os.getloadavg()[0], os.cpu_count()
    print(f"\n{title} (load {load:.1f} on {processors} processors)")
    print(f"  {'':36} {'figure':>10} {'ratio':>6} to {'':26} {'must':>5} {'goal':>5}", flush=True)


def row(
    figures: Mapping[str, Sequence[float]],
    name: str,
    baseline: str,
    unit: Callable[[float], str],
    bound: Bound | None = None,
) -> None:
    """Print a median figure, its ratio to that of the baseline, the bounds and the verdict."""
    pairs = zip(figures[name], figures[baseline], strict=True)
    ratio = statistics.median(figure / base for figure, base in pairs)
    line = f"  {name:36} {unit(statistics.median(figures[name])):>10} {ratio:6.2f} to {baseline:26}"
    if bound:
        verdict = "ok" if ratio <= bound.must else "over"
        line += f" {bound.must:5.2f} {bound.goal:5.2f}  {verdict}"
    print(line.rstrip(), flush=True)


def compare(
    count: int,
    runs: Mapping[str, Run],
    unit: Callable[[float], str],
    bound: Bound | None = None,
    *,
    warm_up: bool = True,
) -> None:
    """Run something beside its baseline, which is the second of the `runs`, and print its row."""
    figures = side_by_side(count, runs, warm_up=warm_up)
    name, baseline = runs
    row(figures, name, baseline, unit, bound)


def milliseconds(value: float) -> str:
    return f"{value * 1e3:.1f} ms"


def microseconds(value: float) -> str:
    return f"{value * 1e6:.0f} µs"


def whole_seconds(value: float) -> str:
    return f"{value:.2f} s"


def megabytes(value: float) -> str:
    return f"{value / 1e6:.1f} MB"


def percent(value: float) -> str:
    return f"{value:.2%}"
