"""Downloads beside curl, and the memory of what sends a file.

    python -m benchmarks.transfers [ROUNDS]

200 outputs come from a server that takes 50 ms for each answer: `download` asks for each generation
and then for its output, eight processes of curl ask for the outputs only. 1 GiB comes from the
disk cache of a server that does nothing else; what is saved is removed at once, so that neither
waits for the disk of the other. The memory is the peak of the process.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks.measure import (
    LUMA,
    SANDBOX,
    Bound,
    compare,
    environment,
    heading,
    megabytes,
    peak_bytes,
    rounds,
    seconds,
    serving,
    whole_seconds,
)
from benchmarks.waiting import SERVER, ids

PLAIN_SERVER = (sys.executable, "-m", "benchmarks.plain_server")
OUTPUTS, DELAY = 200, "0.05"
INLINE_BYTES, SMALL_UPLOAD_BYTES, UPLOAD_BYTES = 100_000_000, 1_000_000, 1024**3
FLAT = Bound(1.3, 1.05)


def main() -> None:
    count = rounds(5)
    if shutil.which("curl") is None or shutil.which("xargs") is None:
        sys.exit("install curl and xargs")
    heading("Downloads")
    with tempfile.TemporaryDirectory() as folder:
        _compare_many_outputs(count, Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        _compare_large_output(count, Path(folder))
    heading("Memory of what sends a file")
    with tempfile.TemporaryDirectory() as folder, serving(SANDBOX) as base_url:
        _compare_memory(Path(folder), base_url)


def _compare_many_outputs(count: int, folder: Path) -> None:
    generation_ids = ids(OUTPUTS)
    with serving((*SERVER, DELAY, "0")) as base_url:
        env, files = environment(folder, base_url), base_url.replace("/v1", "/file")
        curl = ("xargs", "-P8", "-n1", "curl", "-sfO")
        download = (LUMA, "generations", "download", "-d", ".")
        links = [f"{files}/{each}.png" for each in generation_ids]

        def saved_by(command: Sequence[str], lines: Sequence[str]) -> float:
            with tempfile.TemporaryDirectory(dir=folder) as target:
                elapsed = seconds(command, env, cwd=Path(target), stdin="\n".join(lines))
                if (saved := len(list(Path(target).iterdir()))) != OUTPUTS:
                    sys.exit(f"{command[0]} saved {saved} of {OUTPUTS} outputs")
                return elapsed

        runs = {
            f"`download` of {OUTPUTS} outputs": partial(saved_by, download, generation_ids),
            "`xargs -P8 curl`": partial(saved_by, curl, links),
        }
        compare(count, runs, whole_seconds, Bound(1.3, 1.0))


def _compare_large_output(count: int, folder: Path) -> None:
    target, generation_id = folder / "target", ids(1)[0]

    def saved_by(command: Sequence[str]) -> float:
        elapsed = seconds(command, env)
        target.unlink()
        return elapsed

    with serving(PLAIN_SERVER) as link, serving((*SERVER, "0", "0", link)) as base_url:
        env = environment(folder, base_url)
        download = (LUMA, "generations", "download", generation_id, "-o", str(target))
        curl = ("curl", "-sf", "-o", str(target), link)
        runs = {"`download` of 1 GiB": partial(saved_by, download), "curl": partial(saved_by, curl)}
        compare(count, runs, whole_seconds, Bound(1.2, 1.05))


def _compare_memory(folder: Path, base_url: str) -> None:
    env = environment(folder, base_url) | {"LUMA_UPLOAD": "never"}
    create = (LUMA, "generations", "create", "--prompt", "x")
    upload = (LUMA, "files", "upload", "--no-wait")
    inline, small, large = (
        str(_make_video(folder / f"{size}.mp4", size))
        for size in (INLINE_BYTES, SMALL_UPLOAD_BYTES, UPLOAD_BYTES)
    )
    # A video as the reference of an image is refused, but only after all of it was sent.
    _compare_peaks(
        env,
        {
            "`create` with 100 MB inline": ((*create, "--ref", inline), 3),
            "`create` without a file": (create, 0),
        },
    )
    _compare_peaks(
        env,
        {
            "`files upload` of 1 GiB": ((*upload, large), 0),
            "`files upload` of 1 MB": ((*upload, small), 0),
        },
    )


def _compare_peaks(
    env: Mapping[str, str], commands: Mapping[str, tuple[Sequence[str], int]]
) -> None:
    runs = {
        name: partial(peak_bytes, command, env, exit_code=code)
        for name, (command, code) in commands.items()
    }
    compare(1, runs, megabytes, FLAT, warm_up=False)


def _make_video(path: Path, size: int) -> Path:
    """Make a video that takes no room on the disk."""
    with path.open("wb") as file:
        file.write(b"\0\0\0\x18ftypmp42")
        file.truncate(size)
    return path


if __name__ == "__main__":
    main()
