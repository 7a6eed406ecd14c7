"""Transfers of real processes, with a storage host and a disk that make trouble.

Whatever happens, nothing under a final name is ever incomplete.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from luma_cli.sandbox.faults.grammar import parse_fault
from luma_cli.sandbox.options import SANDBOX_KEY, SandboxOptions
from luma_cli.sandbox.server import SandboxServer
from tests.support.installed import LUMA, shell

pytestmark = pytest.mark.installed

CREATE = "luma generations create --prompt 'x [size 2MB]' --poll-interval 100ms"


def exec_with(fault: str) -> str:
    """Return what starts a command beside a sandbox; a silence of two seconds is a fault then."""
    late = re.search(":(stall|slow):", fault)
    env = "env LUMA_REQUEST_TIMEOUT=2s " if late else ""
    return f"luma sandbox exec --latency 0s --fault {fault} -- {env}"


@pytest.mark.parametrize("output", ["-o x.png", "-o - > x.png"])
@pytest.mark.parametrize(
    "fault",
    [
        "download:cut:50%:1",
        "download:truncate:50%:1",
        "download:expire:30%:1",
        "download:503:1",
        "download:503-html:1",
        "download:403:1",
        "download:stall:50%:30s:1",
        "download:slow:3s:1",  # each pause is shorter than the longest silence that is allowed
    ],
)
def test_a_download_recovers_from_a_fault(environ: dict[str, str], fault: str, output: str) -> None:
    done = shell(exec_with(fault) + f'sh -c "{CREATE} {output}"', environ)

    assert done.returncode == 0, done.stderr
    with Image.open("x.png") as picture:
        picture.load()
    assert [file.name for file in Path().iterdir()] == ["x.png"]


@pytest.mark.parametrize("fault", ["download:change:50%:1", "download:ignore-range"])
def test_a_file_that_changed_is_downloaded_again(environ: dict[str, str], fault: str) -> None:
    cut = "download:cut:50%:1" if "range" in fault else fault
    done = shell(exec_with(f"{fault} --fault {cut}") + f"{CREATE} -o x.png", environ)

    assert done.returncode == 0, done.stderr
    with Image.open("x.png") as picture:
        picture.load()
    assert [file.name for file in Path().iterdir()] == ["x.png"]


@pytest.mark.parametrize(
    ("fault", "fact"),
    [
        ("download:404", "error: the output of generation "),
        ("download:403", "error: the storage host refused the download: the link may have expired"),
        ("download:500-html", "error: the storage host answered HTTP 500\n"),
        ("download:wrong-length", "error: the storage host answered HTTP 416\n"),
        ("download:truncate:0B", "error: the download was interrupted: "),
        ("download:stall:0B:30s", "error: the download was interrupted: "),
    ],
)
def test_a_download_that_always_fails_leaves_no_file(
    environ: dict[str, str], fault: str, fact: str
) -> None:
    done = shell(exec_with(fault) + f"{CREATE} --max-retries 1 -o x.png", environ)

    assert done.returncode == 13  # the job is paid for: nobody should run the same again
    assert f"\n{fact}" in done.stderr
    beginning = "if only the link has expired, run" if fault == "download:404" else "run"
    assert f"\nhint: {beginning} `luma-agents-cli generations resume " in done.stderr
    assert json.loads(done.stdout)["files"] == []
    assert [file.name for file in Path().glob("[!.]*")] == []


def noted_bytes() -> int:
    """Return how many bytes of a part are certain: what a later run resumes from."""
    notes = [json.loads(note.read_text()) for note in Path().glob("out/.*.part.json")]
    return max((int(note["size"]) for note in notes), default=0)


def test_a_killed_download_is_resumed(environ: dict[str, str]) -> None:
    options = SandboxOptions(
        latency={"image": 0.0}, log=Path("log"), faults=(parse_fault("download:slow:20s:1"),)
    )
    with SandboxServer(options) as server:
        env = environ | {"LUMA_BASE_URL": server.base_url, "LUMA_AGENTS_API_KEY": SANDBOX_KEY}
        create = [LUMA, "generations", "create", "--prompt", "x [size 20MB]", "-o", "out/x.png"]
        with subprocess.Popen(create, env=env, stderr=subprocess.DEVNULL) as child:
            while noted_bytes() == 0:
                assert child.poll() is None
            child.kill()
        (kept,) = [part.stat().st_size for part in Path().glob("out/.*.part")]
        done = shell("luma generations resume", env)

    assert done.returncode == 0, done.stderr
    assert [file.name for file in Path("out").iterdir()] == ["x.png"]
    with Image.open("out/x.png") as picture:
        picture.load()
    requests = [json.loads(line) for line in Path("log").read_text().splitlines()]
    (rest,) = [line for line in requests if line["endpoint"] == "download"][1:]
    assert kept > 0
    assert rest["status"] == 206


def test_a_file_that_grows_too_large_for_its_owner(sandbox: dict[str, str]) -> None:
    # what a quota does: the disk takes a piece, and then no more
    job = f"ulimit -f 1000; {CREATE} -o x.png"

    done = shell(job, sandbox)

    assert done.returncode == 13
    assert "\nerror: cannot write `x.png`: file too large\nhint: " in done.stderr
    assert [file.name for file in Path().glob("[!.]*")] == []
    done = shell("luma generations resume && rm .[!.]* 2>&-; ls -A", sandbox)
    with Image.open("x.png") as picture:
        picture.load()


def test_a_name_that_is_taken_after_the_job_is_paid_gets_the_id_behind_it(
    sandbox: dict[str, str],
) -> None:
    create = "luma generations create --prompt fox --name '{type}.{ext}' -d out"
    first = shell(create, sandbox)
    picture = Path("out/image.png").read_bytes()

    second = shell(create, sandbox)

    assert (first.returncode, second.returncode) == (0, 13)
    (saved,) = json.loads(second.stdout)["files"]
    generation_id = json.loads(second.stdout)["id"]
    assert saved["path"] == f"out/image-{generation_id[:8]}.png"
    assert Path(saved["path"]).stat().st_size == saved["bytes"]
    assert Path("out/image.png").read_bytes() == picture
    assert shell("luma generations resume", sandbox).stderr == "note: nothing is left to do\n"


def test_the_hint_for_an_existing_output_overwrites_it(sandbox: dict[str, str]) -> None:
    create = "luma generations create --prompt fox --wait --format jsonl"
    ids = [json.loads(shell(create, sandbox).stdout)["id"] for _ in range(2)]
    shell(f"luma generations download --name fox {ids[0]}", sandbox)

    done = shell(f"luma generations download --name fox {ids[1]}", sandbox)
    way_on = done.stderr.rpartition("run `")[2].rstrip("`\n")
    again, replaced = shell(way_on, sandbox), shell(f"{way_on} --overwrite", sandbox)

    assert done.stderr.startswith("error: `fox.png` already exists\nhint: add `--overwrite` to")
    assert (done.returncode, again.returncode) == (1, 1)
    assert (replaced.returncode, replaced.stdout) == (0, "fox.png\n")


def with_disk(options: str, line: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a line of shell beside a `disk` of its own, which only this process sees."""
    Path("disk").mkdir()
    mount = ["unshare", "-rm", "sh", "-c", f"mount -t tmpfs -o {options} none disk && exec sh job"]
    Path("job").write_text("true")
    if shutil.which("unshare") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("no small disk can be made here")
    Path("job").write_text(line)
    return subprocess.run(mount, env=env, capture_output=True, text=True, check=False)


def test_a_disk_that_is_full(sandbox: dict[str, str]) -> None:
    done = with_disk("size=1m", f"{CREATE} -o disk/x.png; code=$?; ls -A disk; exit $code", sandbox)

    assert done.returncode == 13
    assert "\nerror: not enough space in `disk`: 2,000,000 bytes needed, " in done.stderr
    assert done.stdout.endswith("}\n")  # no file is listed behind the document


def test_a_read_only_folder_is_an_error(sandbox: dict[str, str]) -> None:
    done = with_disk("ro", f"{CREATE} -o disk/x.png", sandbox)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: cannot write into `disk`\n")  # before the job is paid


def test_stdout_may_be_closed_early(sandbox: dict[str, str]) -> None:
    done = shell(f"{CREATE} -o - | head -c 8 | od -An -c", sandbox)

    assert done.returncode == 0
    assert done.stdout.split() == ["211", "P", "N", "G", r"\r", r"\n", "032", r"\n"]
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["note:"]


def test_a_pipe_gets_what_a_file_would(sandbox: dict[str, str]) -> None:
    assert shell(f"{CREATE} -o x.png", sandbox).returncode == 0

    piped = shell("luma generations download @last -o - | sha256sum", sandbox)

    assert piped.stdout.split()[0] == hashlib.sha256(Path("x.png").read_bytes()).hexdigest()
    assert [file.name for file in Path().iterdir()] == ["x.png"]
