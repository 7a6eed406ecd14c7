"""The installed program as its users run it: real processes, a real sandbox, signals, pipes."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from luma_cli.sandbox.options import SandboxOptions
from luma_cli.sandbox.server import SandboxServer
from tests.support.installed import LUMA, SECONDS, shell

pytestmark = pytest.mark.installed


@pytest.mark.parametrize("name", ["luma", "luma-agents-cli"])
def test_both_names_start_the_program(name: str, environ: dict[str, str]) -> None:
    done = shell(f"{name} --version", environ)
    assert re.fullmatch(r"luma-agents-cli version \d+\.\d+\.\d+\n", done.stdout)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_whole_job_in_one_line(environ: dict[str, str]) -> None:
    Image.new("RGB", (64, 48), "#ff8800").save("some.jpg")

    done = shell(
        "luma-agents-cli sandbox exec --latency 100ms -- luma-agents-cli generations create"
        " --prompt 'a red fox' --ref some.jpg --aspect-ratio 3:2 --poll-interval 100ms"
        " --wait -o fox.png",
        environ,
    )

    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    with Image.open("fox.png") as picture:
        assert (picture.format, picture.size) == ("PNG", (2048, 1365))
        # the reference is shown in the corner
        red, green, blue = picture.convert("RGB").getpixel((200, 200))  # type: ignore[misc]
        assert (red > 240, 120 < green < 150, blue < 20) == (True, True, True)
    assert sorted(path.name for path in Path().iterdir()) == ["fox.png", "some.jpg"]
    assert json.loads(done.stdout)["files"][0]["path"] == "fox.png"


def test_commands_chain_through_pipes(sandbox: dict[str, str]) -> None:
    done = shell(
        "luma generations create --prompt x | luma generations wait --poll-interval 100ms"
        " | luma generations download -d out",
        sandbox,
    )

    assert (done.returncode, done.stderr) == (0, "")
    (path,) = done.stdout.splitlines()
    assert Path(path).read_bytes().startswith(b"\x89PNG")


def test_a_reader_that_goes_away_causes_no_noise(sandbox: dict[str, str]) -> None:
    done = shell("luma config list | head -n 1", sandbox)
    assert (done.stdout, done.stderr) == ("[\n", "")


def test_closed_streams_and_odd_bytes_are_no_reason_for_a_traceback(
    environ: dict[str, str],
) -> None:
    environ |= {"LC_ALL": "C", "LUMA_BASE_URL": "http://127.0.0.1:9", "LUMA_AGENTS_API_KEY": "k"}
    for line, code in (
        ("luma config path >&-", 1),
        ("luma generations wait <&-", 2),
        ("luma generations get 2>&-", 2),
        (r"printf '\377\376' | luma generations wait", 2),
        (r"luma generations get --max-retries 0 $(printf '\377')", 10),
    ):
        done = shell(line, environ)
        assert (done.returncode, done.stdout) == (code, ""), line
        assert "Traceback" not in done.stderr


def test_a_closed_port_is_one_sentence(environ: dict[str, str]) -> None:
    with SandboxServer(SandboxOptions()) as server:
        base_url = server.base_url
    env = environ | {"LUMA_BASE_URL": base_url, "LUMA_AGENTS_API_KEY": "luma-api-x"}

    done = shell("luma generations create --prompt x --max-retries 0", env)

    assert (done.returncode, done.stdout) == (10, "")
    assert re.match(
        r"error: cannot connect to `127\.0\.0\.1:\d+`: connection refused\n", done.stderr
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_the_wait_prints_the_command_to_continue(
    sandbox: dict[str, str], number: signal.Signals
) -> None:
    with subprocess.Popen(
        [LUMA, "generations", "create", "--prompt", "[stuck]", "-o", "x.png"],
        env=sandbox,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stderr is not None
        note = child.stderr.readline()
        child.send_signal(number)
        stdout, stderr = child.communicate(timeout=SECONDS)

    generation_id = note.removeprefix("note: submitted as ").strip()
    assert (child.returncode, stdout) == (130, "")
    assert stderr == (
        f"error: interrupted; generation {generation_id} is still running\n"
        f"hint: run `luma-agents-cli generations resume {generation_id}`\n"
    )
    assert list(Path().iterdir()) == []


def test_a_video_has_its_length(sandbox: dict[str, str]) -> None:
    import av

    done = shell(
        "luma generations create --model ray-3.2 --type video --prompt x --resolution 360p"
        " --poll-interval 100ms -o x.mp4",
        sandbox,
    )

    assert done.returncode == 0, done.stderr
    with av.open("x.mp4") as film:
        stream = film.streams.video[0]
        assert stream.frames == 120
        assert stream.average_rate == 24
        assert (stream.width, stream.height) == (640, 360)


def test_the_servers_refusal_reaches_the_user(sandbox: dict[str, str]) -> None:
    done = shell("luma generations create --prompt x --aspect-ratio 4:3", sandbox)

    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(
        "error: Invalid aspect_ratio '4:3'. Valid: 1:1, 1:2, 1:3, 16:9, 2:1, 2:3, 3:1, 3:2, 9:16\n"
    )


def test_a_picture_from_stdin_leaves_no_file_behind(environ: dict[str, str]) -> None:
    Image.new("RGB", (64, 48)).save("fox.png")
    Path("temporary").mkdir()

    done = shell(
        "luma generations create --prompt x --ref - --dry-run < fox.png",
        environ | {"TMPDIR": "temporary"},
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert list(Path("temporary").iterdir()) == []
