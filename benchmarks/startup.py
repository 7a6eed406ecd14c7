"""How long the program takes to start, as ratios of runs made side by side.

    python -m benchmarks.startup [ROUNDS]

Each round runs every command once, in turn, so that a machine that gets slower slows all of them;
the ratio of two commands is the median of the ratios of their rounds.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import httpx

from luma_cli.sandbox.options import SANDBOX_KEY, SandboxOptions
from luma_cli.sandbox.server import SandboxServer

LUMA = str(Path(sys.executable).parent / "luma-agents-cli")
BARE, SDK = "bare interpreter", "`get` with the official SDK"
SDK_GET = (
    "import sys, luma_agents; print(luma_agents.Luma().generations.get(sys.argv[1]).to_json())"
)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with SandboxServer(SandboxOptions()) as server:
        commands = _commands(_create(server.base_url))
        env = dict(os.environ)
        env |= {"LUMA_BASE_URL": server.base_url, "LUMA_AGENTS_API_KEY": SANDBOX_KEY}
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds + 1):
            for name, (command, expected) in commands.items():
                times[name].append(_run(command, expected, env))
    # the first round warms the caches
    times = {name: values[1:] for name, values in times.items()}
    print(f"{'':30} {'median':>9}   ratio")
    for name, base, must in (
        (BARE, BARE, ""),
        ("`--version`", BARE, "must be at most 2"),
        ("`--help`", BARE, "must be at most 7"),
        ("usage error", BARE, "must be at most 7"),
        (SDK, SDK, ""),
        ("`generations get`", SDK, "must be at most 0.5"),
    ):
        ratio = statistics.median(a / b for a, b in zip(times[name], times[base], strict=True))
        median = statistics.median(times[name]) * 1000
        print(f"{name:30} {median:6.1f} ms   {ratio:5.2f} of the {base}  {must}".rstrip())


def _commands(generation_id: str) -> dict[str, tuple[list[str], int]]:
    """Return the commands and their exit codes by name."""
    return {
        BARE: ([sys.executable, "-c", "pass"], 0),
        "`--version`": ([LUMA, "--version"], 0),
        "`--help`": ([LUMA, "--help"], 0),
        "usage error": ([LUMA, "--nonsense"], 2),
        "`generations get`": ([LUMA, "generations", "get", generation_id], 0),
        SDK: ([sys.executable, "-c", SDK_GET, generation_id], 0),
    }


def _create(base_url: str) -> str:
    answer = httpx.post(
        f"{base_url}/generations",
        json={"prompt": "a red fox"},
        headers={"Authorization": f"Bearer {SANDBOX_KEY}"},
    )
    return str(answer.raise_for_status().json()["id"])


def _run(command: list[str], expected: int, env: dict[str, str]) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, env=env, capture_output=True, check=False)
    elapsed = time.perf_counter() - start
    if done.returncode != expected:
        raise SystemExit(f"{command} ended with {done.returncode}: {done.stderr.decode()}")
    return elapsed


if __name__ == "__main__":
    main()
