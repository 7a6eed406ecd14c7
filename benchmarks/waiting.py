"""What waiting for many jobs costs per job, as ratios of runs made side by side.

    python -m benchmarks.waiting [ROUNDS]

`wait` on 16,000 ids beside `wait` on 1,000, in this process and without a network: once when every
job is complete at the first look, once when none ends before `--timeout`.
"""

from __future__ import annotations

import io
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator

import httpx

from luma_cli.host import Clock, Host
from luma_cli.main import main as luma

FEW, MANY = 1000, 16_000
MOST = 1.3


class _ManualClock(Clock):
    """Time that passes when a request is made: all runs see the same."""

    def __init__(self, seconds_per_request: float) -> None:
        self.time, self._step = 0.0, seconds_per_request

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def step(self) -> None:
        self.time += self._step


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    print(f"{'':44} {'per job':>9}   ratio")
    for name, state in (("all complete at the first look", "completed"), ("none ends", "queued")):
        few, many = zip(*_times(rounds, state), strict=True)
        _report(f"`wait` on {FEW:,}: {name}", few, few, "")
        _report(f"`wait` on {MANY:,}: {name}", many, few, f"must be at most {MOST}")


def _report(name: str, times: tuple[float, ...], base: tuple[float, ...], must: str) -> None:
    ratio = statistics.median(a / b for a, b in zip(times, base, strict=True))
    print(f"{name:44} {statistics.median(times) * 1e6:6.0f} µs   {ratio:5.2f}  {must}".rstrip())


def _times(rounds: int, state: str) -> Iterator[tuple[float, float]]:
    """Yield the seconds per job of both runs, once a round; the first round warms the caches."""
    for number in range(rounds + 1):
        times = _seconds_per_job(FEW, state), _seconds_per_job(MANY, state)
        if number:
            yield times


def _seconds_per_job(count: int, state: str) -> float:
    ids = [f"{number:08x}-2f55-4d0a-9a3e-5a1f0d9e6c42" for number in range(count)]
    # every job is looked at twice, whatever their number
    clock = _ManualClock(1.0 / count)

    def answer(request: httpx.Request) -> httpx.Response:
        clock.step()
        an_id = request.url.path.rpartition("/")[2]
        return httpx.Response(200, json={"id": an_id, "state": state, "output": []})

    with tempfile.TemporaryDirectory() as folder:
        host = Host(
            io.StringIO("\n".join(ids)),
            io.StringIO(),
            io.StringIO(),
            {
                "LUMA_AGENTS_API_KEY": "luma-api-benchmark",
                "LUMA_BASE_URL": "http://127.0.0.1:9/v1",
                "LUMA_CONFIG_FILE": f"{folder}/config.toml",
                "LUMA_STATE_DIR": f"{folder}/state",
            },
            clock,
            httpx.MockTransport(answer),
        )
        argv = ["generations", "wait", "--format", "jsonl", "--timeout", "2s"]
        start = time.perf_counter()
        code = luma(argv, host)
        seconds = time.perf_counter() - start
    if code != (0 if state == "completed" else 9):
        raise SystemExit(f"wait ended with {code}: {host.stderr.getvalue()[-1000:]}")  # type: ignore[attr-defined]
    return seconds / count


if __name__ == "__main__":
    main()
