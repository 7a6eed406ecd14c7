"""Downloads and inline files, as ratios of runs made side by side.

    python -m benchmarks.transfers [ROUNDS]

1 GiB saved by us and by curl, from the same server; the memory of a submission with a file of
100 MB beside that of one without; that of an upload of 1 GiB beside that of one of 1 MB.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from luma_cli.sandbox.options import SANDBOX_KEY

LUMA = str(Path(sys.executable).parent / "luma-agents-cli")
INLINE_BYTES = 100_000_000
UPLOAD_BYTES = 1024**3


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    if shutil.which("curl") is None:
        sys.exit("this needs curl")
    with tempfile.TemporaryDirectory() as folder, sandbox() as base_url:
        env = dict(os.environ)
        env |= {"LUMA_BASE_URL": base_url, "LUMA_AGENTS_API_KEY": SANDBOX_KEY}
        env |= {"LUMA_STATE_DIR": str(Path(folder) / "state"), "LUMA_UPLOAD": "never"}
        _compare_downloads(rounds, Path(folder), env)
        _compare_memory(Path(folder), env)


@contextmanager
def sandbox() -> Iterator[str]:
    """A sandbox in a process of its own, so that it takes no time of ours."""
    serve = [LUMA, "sandbox", "serve", "--port", "0", "--latency", "0s", "--rpm", "0"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
        try:
            for line in server.stdout or ():
                if "LUMA_BASE_URL=" in line:
                    yield line.partition("LUMA_BASE_URL=")[2].strip().strip("'\"")
                    break
        finally:
            server.terminate()


def _compare_downloads(rounds: int, folder: Path, env: dict[str, str]) -> None:
    base_url, headers = env["LUMA_BASE_URL"], {"Authorization": f"Bearer {SANDBOX_KEY}"}
    job = httpx.post(
        f"{base_url}/generations", json={"prompt": "x [size 1GiB]"}, headers=headers
    ).json()["id"]
    while not (
        link := httpx.get(f"{base_url}/generations/{job}", headers=headers).json()["output"]
    ):
        pass
    curl: list[float] = []
    ours: list[float] = []
    for number in range(rounds + 1):  # the first round warms the caches
        for times, command in (
            (curl, ["curl", "-s", "-o", f"curl-{number}", link[0]["url"]]),
            (ours, [LUMA, "generations", "download", job, "-o", f"ours-{number}"]),
        ):
            start = time.perf_counter()
            subprocess.run(command, env=env, cwd=folder, capture_output=True, check=True)
            times.append(time.perf_counter() - start)
            for file in folder.glob("*-*"):
                file.unlink()
    ratio = statistics.median(a / b for a, b in zip(ours[1:], curl[1:], strict=True))
    print(f"1 GiB by curl       {statistics.median(curl[1:]):6.2f} s    1.00")
    print(
        f"1 GiB by `download` {statistics.median(ours[1:]):6.2f} s   {ratio:5.2f}"
        "  must be at most 1.5"
    )


def _compare_memory(folder: Path, env: dict[str, str]) -> None:
    film = folder / "film.mp4"
    create = ["generations", "create", "--prompt", "x"]
    without = _peak(folder, env, create)
    _make_film(film, INLINE_BYTES)
    # what a video is no reference for is refused only after all of it was sent
    inline = _peak(folder, env, [*create, "--ref", str(film)], code=3)
    small_upload = _upload(folder, env, film, 1_000_000)
    large_upload = _upload(folder, env, film, UPLOAD_BYTES)
    for words, peak, baseline, bound in (
        ("`create` without a file", without, without, ""),
        ("`create` with 100 MB inline", inline, without, "  must be at most 1.3"),
        ("`files upload` of 1 MB", small_upload, small_upload, ""),
        ("`files upload` of 1 GiB", large_upload, small_upload, "  must be flat"),
    ):
        print(f"{words:30} {peak / 1000:6.1f} MB  {peak / baseline:5.2f}{bound}")


def _make_film(path: Path, size: int) -> None:
    """Make a film that takes no room on the disk."""
    with path.open("wb") as file:
        file.write(b"\0\0\0\x18ftypmp42")
        file.truncate(size)


def _upload(folder: Path, env: dict[str, str], film: Path, size: int) -> int:
    _make_film(film, size)
    return _peak(folder, env, ["files", "upload", "--no-wait", str(film)])


def _peak(folder: Path, env: dict[str, str], argv: list[str], code: int = 0) -> int:
    """Return the peak memory of a run in kB; the run must end with `code`."""
    measure = (
        "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], stdout=2);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(done.returncode)"
    )
    done = subprocess.run(
        [sys.executable, "-c", measure, LUMA, *argv],
        env=env,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != code:
        sys.exit(done.stderr)
    return int(done.stdout)


if __name__ == "__main__":
    main()
