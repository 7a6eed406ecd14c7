"""`generations create | get | wait | download` as typed."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import BinaryIO, cast

import httpx
import pytest

from tests.support.fake_api import STORAGE_URL, FakeApi, Sent, completed, generation
from tests.support.program import KEY, OTHER_KEY, ByteStream, Program, Result, Stream, TestClock

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 100


def pretty(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


def png_response() -> httpx.Response:
    return httpx.Response(200, content=PNG, headers={"Content-Type": "image/png"})


def test_create_prints_the_answer_and_sends_what_was_typed(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", generation())

    result = luma("generations", "create", "--prompt", "a red fox", "--web-search")

    assert result == Result(0, pretty(generation()), "")
    (sent,) = api.sent
    assert sent.json == {"prompt": "a red fox", "web_search": True}
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert sent.headers["content-length"] == str(len(sent.content))


def test_create_saves_and_adds_the_files_to_the_answer(
    luma: Program, api: FakeApi, clock: TestClock
) -> None:
    api.on("POST", "/generations", generation())
    api.on("GET", "/generations/gen_1", generation("processing"), completed("output.png"))
    api.on("GET", f"{STORAGE_URL}/output.png?X-Amz-Signature=s", png_response())

    result = luma("generations", "create", "--prompt", "x", "-o", "fox.png")

    assert Path("fox.png").read_bytes() == PNG
    assert (result.exit_code, result.stderr) == (0, "note: submitted as gen_1\n")
    files = json.loads(result.stdout)["files"]
    assert [(file["path"], file["bytes"], file["content_type"]) for file in files] == [
        ("fox.png", len(PNG), "image/png")
    ]
    assert clock.sleeps == [1.0, 1.0]
    assert "authorization" not in api.sent[-1].headers


def test_create_on_a_terminal_ends_with_a_summary(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", generation())
    api.on("GET", "/generations/gen_1", completed("output.png"))
    api.on("GET", f"{STORAGE_URL}/output.png?X-Amz-Signature=s", png_response())

    result = luma("generations", "create", "--prompt", "x", "-d", "out", terminal=True)

    assert result == Result(
        0,
        "✓ out/gen_1.png\n  608 B · image/png · uni-1 · ~$0.0404 · gen_1\n",
        "note: submitted as gen_1\n",
    )


def test_an_output_may_go_to_stdout(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", generation())
    api.on("GET", "/generations/gen_1", completed("output.png"), completed("output.png"))
    refused = httpx.Response(403, content=b"<Error/>")
    api.on("GET", f"{STORAGE_URL}/output.png?X-Amz-Signature=s", refused, png_response())
    stdout = ByteStream()

    result = luma("generations", "create", "--prompt", "x", "-o", "-", stdout=stdout)

    assert result == Result(0, "", "note: submitted as gen_1\n")
    assert stdout.bytes == PNG
    assert list(Path().iterdir()) == []


def test_only_one_output_fits_into_stdout(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/gen_1", completed("a.png", "b.png"))
    stdout = ByteStream()

    result = luma("generations", "download", "gen_1", "-o", "-", stdout=stdout)

    assert (result.exit_code, result.stdout, stdout.bytes) == (1, "", b"")
    assert result.stderr == (
        "error: generation gen_1 has 2 outputs, and stdout takes one\n"
        "hint: save them with `luma-agents-cli generations download gen_1`\n"
    )


def test_a_failed_job_leaves_stdout_empty(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/gen_1", generation("failed", failure_code="generation_failed"))
    stdout = ByteStream()

    result = luma("generations", "download", "--wait", "gen_1", "-o", "-", stdout=stdout)

    assert (result.exit_code, result.stdout, stdout.bytes) == (6, "", b"")


def test_a_full_disk_behind_stdout_is_told(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/gen_1", completed("output.png"))
    api.on("GET", f"{STORAGE_URL}/output.png?X-Amz-Signature=s", png_response())

    with Path("/dev/full").open("wb", buffering=0) as full:
        stdout = ByteStream(cast("BinaryIO", full))
        result = luma("generations", "download", "gen_1", "-o", "-", stdout=stdout)

    assert result.exit_code == 1
    assert result.stderr == (
        "error: cannot write to stdout: no space left on device\n"
        "hint: run `luma-agents-cli generations download --wait --output - gen_1`\n"
    )


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (
            ["create"],
            "error: `--prompt` is missing\nhint: add `--prompt 'a red fox'`\n",
        ),
        (
            ["create", "--prompt", "x", "--no-wait", "-o", "a.png"],
            "error: `-o` and `-d` wait for the job\nhint: drop `--no-wait`\n",
        ),
        (
            ["create", "--prompt", "x", "-d", "out", "-o", "a.png"],
            "error: `-o` cannot be combined with `-d`\nhint: use one of them\n",
        ),
        (
            ["create", "--prompt", "x", "--wait", "--timeout", "soon"],
            "error: `--timeout`: `soon` is not a duration\nhint: write `90s`, `5m`, `2h` or `7d`\n",
        ),
        (
            ["create", "--prompt", "x", "--ref", "missing.png"],
            "error: cannot read `missing.png`: no such file or directory\n"
            "hint: check the path and its permissions\n",
        ),
        (
            ["download", "a", "-o", "-", "--skip-existing"],
            "error: `-o -` cannot be combined with `--skip-existing`\n",
        ),
        (
            ["download", "a", "b", "-o", "a.png"],
            "error: `-o` names one file, and there are 2 generations\n"
            "hint: use `-d` to name a folder\n",
        ),
        (
            ["get", "a", "b"],
            "error: unexpected argument `b`\nhint: see `luma-agents-cli generations get --help`\n",
        ),
        (
            ["get", ".."],
            "error: `..` is not an id\n",
        ),
    ],
)
def test_mistakes_are_refused_before_anything_is_sent(
    luma: Program, argv: list[str], message: str
) -> None:
    assert luma("generations", *argv) == Result(2, "", message)


def test_no_picture_is_written_to_a_terminal(luma: Program) -> None:
    result = luma("generations", "create", "--prompt", "x", "-o", "-", terminal=True)

    assert result == Result(
        2,
        "",
        "error: `-o -`: the output is binary, and stdout is a terminal\n"
        "hint: redirect it, as in `-o - > fox.png`\n",
    )


def test_a_file_in_the_way_is_noticed_before_the_job_is_paid(luma: Program) -> None:
    Path("fox.png").write_text("mine")

    result = luma("generations", "create", "--prompt", "x", "-o", "fox.png")

    assert result == Result(
        1,
        "",
        "error: `fox.png` already exists\n"
        "hint: add `--overwrite` to replace it, or choose another name\n",
    )
    assert Path("fox.png").read_text() == "mine"


def test_get_prints_the_servers_own_text(luma: Program, api: FakeApi) -> None:
    text = '{"id":"x","n":1.50,"e":1e5,"s":"\\u00e9\\/","a":[1,[2]]}'
    api.on("GET", "/generations/x%2Fy", httpx.Response(200, text=text))

    result = luma("generations", "get", "x/y", "--format", "jsonl")

    assert result == Result(0, text + "\n", "")


@pytest.mark.parametrize(
    "stdin",
    [
        "id: a\nstate: queued\n---\ngeneration_id: b\n",
        "a\nb\n",
        '{"id": "a"}\n{"generation_id": "b"}',
        '[{"id": "a"}, "b"]',
        "a b",
    ],
)
def test_ids_come_from_stdin(luma: Program, api: FakeApi, stdin: str) -> None:
    for each in ("a", "b"):
        api.on("GET", f"/generations/{each}", generation(id=each))

    result = luma("generations", "get", "--format", "jsonl", stdin=stdin)

    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["a", "b"]


def test_wait_prints_each_as_it_ends_and_sums_up_failures(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/slow", generation("processing", id="slow"), completed(id="slow"))
    api.on(
        "GET",
        "/generations/bad",
        generation(
            "failed", id="bad", failure_code="generation_failed", failure_reason="Generation failed"
        ),
    )

    result = luma("generations", "wait", "slow", "bad", "--format", "jsonl")

    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["bad", "slow"]
    assert (result.exit_code, result.stderr) == (
        12,
        "error: generation bad failed (generation_failed): Generation failed\n"
        "hint: submit the same request again; the charge is refunded\n"
        "error: 1 of 2 generations failed\n",
    )


@pytest.mark.parametrize(
    ("failure_code", "exit_code"),
    [
        ("content_moderated", 7),
        ("budget_exhausted", 6),
        ("rate_limited", 6),
        ("corrupt_input", 6),
        ("new_code", 6),
    ],
)
def test_a_failed_generation_has_its_own_exit_code(
    luma: Program, api: FakeApi, failure_code: str, exit_code: int
) -> None:
    failed = generation("failed", failure_code=failure_code, failure_reason="No.")
    api.on("GET", "/generations/gen_1", failed)

    result = luma("generations", "wait", "gen_1")

    assert (result.exit_code, result.stdout) == (exit_code, pretty(failed))
    assert result.stderr.startswith(f"error: generation gen_1 failed ({failure_code}): No\n")


def test_a_timeout_says_how_to_go_on(luma: Program, api: FakeApi, clock: TestClock) -> None:
    api.on("GET", "/generations/gen_1", *[generation("processing")] * 3)
    luma("config", "set", "format", "json", "--profile", "work")

    result = luma(
        "generations", "download", "--wait", "gen_1", "-o", "a b.png", "--timeout", "2s",
        "--profile", "work",
    )  # fmt: skip

    assert result == Result(
        9,
        "",
        "error: timed out: generation gen_1 is still running\n"
        "hint: run `luma-agents-cli --profile work generations download --wait"
        " --output 'a b.png' gen_1`\n",
    )
    assert clock.time == 2


def test_an_interrupted_wait_says_how_to_go_on(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", generation())

    def interrupt(_: object) -> None:
        if len(api.sent) == 2:
            raise KeyboardInterrupt

    api.before_answer = interrupt

    result = luma("generations", "create", "--prompt", "x", "--wait")

    assert result == Result(
        130,
        "",
        "note: submitted as gen_1\n"
        "error: interrupted; generation gen_1 is still running\n"
        "hint: run `luma-agents-cli generations resume gen_1`\n",
    )


def test_an_interruption_of_the_submission_leaves_its_outcome_unknown(
    luma: Program, api: FakeApi
) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    api.before_answer = interrupt

    result = luma("generations", "create", "--prompt", "x")

    assert (result.exit_code, result.stdout) == (11, "")
    assert result.stderr.startswith("error: interrupted while the submission was under way")


def test_download_prints_one_path_a_line(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/gen_1", completed("a.png", "b.mp4"))
    api.on("GET", f"{STORAGE_URL}/a.png?X-Amz-Signature=s", png_response())
    api.on("GET", f"{STORAGE_URL}/b.mp4?X-Amz-Signature=s", httpx.Response(200, content=b"film"))

    result = luma("generations", "download", "gen_1", "-d", "out")

    assert result == Result(0, "out/gen_1-0.png\nout/gen_1-1.mp4\n", "")
    assert sorted(path.name for path in Path("out").iterdir()) == ["gen_1-0.png", "gen_1-1.mp4"]


def two_jobs(api: FakeApi) -> None:
    for number in (1, 2):
        answer = completed(f"{number}.png") | {"id": f"gen_{number}"}
        api.on("GET", f"/generations/gen_{number}", answer)


def test_several_jobs_are_fetched_at_once(luma: Program, api: FakeApi) -> None:
    both = threading.Barrier(2)
    two_jobs(api)
    for number in (1, 2):
        api.on("GET", f"{STORAGE_URL}/{number}.png?X-Amz-Signature=s", png_response())

    def wait_for_the_other(sent: Sent) -> None:
        if STORAGE_URL in sent.url:
            both.wait(10)

    api.before_answer = wait_for_the_other

    result = luma("generations", "download", "-d", "out", stdin="gen_1\ngen_2\n")

    assert (result.exit_code, result.stderr) == (0, "")
    assert sorted(result.stdout.splitlines()) == ["out/gen_1.png", "out/gen_2.png"]
    assert sorted(path.name for path in Path("out").iterdir()) == ["gen_1.png", "gen_2.png"]


@pytest.mark.parametrize("flag", ["--overwrite", "--skip-existing", "--quiet"])
def test_two_jobs_never_share_a_name(luma: Program, api: FakeApi, flag: str) -> None:
    two_jobs(api)
    for number in (1, 2):
        api.on("GET", f"{STORAGE_URL}/{number}.png?X-Amz-Signature=s", png_response())

    result = luma("generations", "download", "gen_1", "gen_2", "--name", "fox", flag)

    assert (result.exit_code, result.stdout) == (12, "fox.png\n")
    assert "error: `fox.png` is the name of another generation's output, too\n" in result.stderr
    assert [path.name for path in Path().iterdir()] == ["fox.png"]


def test_download_of_an_unfinished_job_says_so(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/gen_1", generation("processing"))

    result = luma("generations", "download", "gen_1")

    assert result == Result(
        1,
        "",
        "error: generation gen_1 is processing and has nothing to download\n"
        "hint: add `--wait` to wait for it\n",
    )


class Gone(Stream):
    """A stream whose reader went away."""

    def write(self, _: str) -> int:
        raise BrokenPipeError


def test_nobody_reading_stderr_changes_nothing(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", generation())
    api.on("GET", "/generations/gen_1", completed("output.png"))
    api.on("GET", f"{STORAGE_URL}/output.png?X-Amz-Signature=s", png_response())

    result = luma(
        "generations", "create", "--prompt", "x", "-o", "fox.png", "--verbose", stderr=Gone()
    )

    assert result.exit_code == 0
    assert json.loads(result.stdout)["files"][0]["path"] == "fox.png"


def test_a_closed_stdout_ends_the_printing_but_not_the_saving(luma: Program, api: FakeApi) -> None:
    for number in (1, 2, 3):
        job = completed(f"{number}.png", id=f"gen_{number}")
        api.on("GET", f"/generations/gen_{number}", job)
        api.on("GET", f"{STORAGE_URL}/{number}.png?X-Amz-Signature=s", png_response())
    api.on("GET", "/generations/gen_4", generation("failed", id="gen_4"))
    ids = [f"gen_{number}" for number in (1, 2, 3, 4)]

    result = luma("generations", "download", *ids, stdout=Gone())

    assert result.exit_code == 12
    assert result.stderr.endswith("error: 1 of 4 generations failed\n")
    assert sorted(path.name for path in Path().glob("*.png")) == [
        *("gen_1.png", "gen_2.png", "gen_3.png"),
    ]


def test_nobody_reading_stdout_does_not_lose_the_id(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", generation())

    result = luma("generations", "create", "--prompt", "x", stdout=Gone())

    assert result == Result(
        13,
        "",
        "error: stdout was closed; the job was submitted\n"
        "hint: run `luma-agents-cli generations wait gen_1`\n",
    )


def test_an_interruption_after_the_answer_knows_the_id(luma: Program, api: FakeApi) -> None:
    class Interrupting(Stream):
        def write(self, text: str) -> int:
            if "HTTP 201" in text:
                raise KeyboardInterrupt
            return super().write(text)

    api.on("POST", "/generations", generation())

    result = luma("generations", "create", "--prompt", "x", "--verbose", stderr=Interrupting())

    assert result.exit_code == 130
    assert result.stderr.endswith(
        "error: interrupted; generation gen_1 is still running\n"
        "hint: run `luma-agents-cli generations wait gen_1`\n"
    )


def test_a_download_that_fails_after_the_job_shows_the_way_to_it(
    luma: Program, api: FakeApi, clock: TestClock
) -> None:
    api.on("POST", "/generations", generation())
    # each refusal of a link has a new one asked for, but not for ever
    api.on("GET", "/generations/gen_1", *[completed("a.png", "b.png")] * 3)
    api.on("GET", f"{STORAGE_URL}/a.png?X-Amz-Signature=s", httpx.Response(503), png_response())
    api.on("GET", f"{STORAGE_URL}/b.png?X-Amz-Signature=s", *[httpx.Response(404)] * 3)

    result = luma("generations", "create", "--prompt", "x", "-o", "fox.png", "--quiet")

    assert (result.exit_code, result.stderr) == (
        13,
        "error: the output of generation gen_1 no longer exists:"
        " the storage host answered HTTP 404\n"
        f"  GET {STORAGE_URL}/b.png · HTTP 404\n"
        "hint: if only the link has expired, run `luma-agents-cli generations resume gen_1`\n",
    )
    assert [file["path"] for file in json.loads(result.stdout)["files"]] == ["fox-0.png"]
    assert clock.sleeps == [1.0, 0.5]


@pytest.mark.parametrize("output", [None, [], [None], [{"type": "image"}], [{"url": None}]])
def test_a_completed_job_without_a_link_is_told(
    luma: Program, api: FakeApi, output: object
) -> None:
    api.on("GET", "/generations/gen_1", generation("completed", output=output))

    result = luma("generations", "download", "--wait", "gen_1")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(
        "error: generation gen_1 is completed and has nothing to download\n"
    )


def test_the_last_of_two_switches_wins(luma: Program, api: FakeApi) -> None:
    Path("fox.png").write_text("mine")

    argv = ("generations", "create", "--prompt", "x", "-o", "fox.png")
    result = luma(*argv, "--overwrite", "--overwrite=false")

    assert result.stderr.startswith("error: `fox.png` already exists\n")
    assert api.sent == []


def test_a_name_that_misleads_about_the_file_is_warned_about(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/gen_1", completed("output.png"))
    api.on("GET", f"{STORAGE_URL}/output.png?X-Amz-Signature=s", png_response())

    result = luma("generations", "download", "gen_1", "-o", "fox.jpg")

    assert result == Result(0, "fox.jpg\n", "warning: `fox.jpg` is image/png, despite its name\n")


def test_the_way_on_does_not_repeat_a_key_that_was_typed(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/gen_1", generation("processing"))

    result = luma("generations", "wait", "gen_1", "--timeout", "0", "--auth-token", OTHER_KEY)

    assert result.stderr.endswith(
        "hint: run `luma-agents-cli --auth-token KEY generations wait gen_1`\n"
    )


class NeverRead(Stream):
    """A pipe whose other end writes nothing."""

    def read(self, _: int | None = None) -> str:
        raise AssertionError("stdin was read")


@pytest.mark.parametrize(
    ("flags", "error"),
    [
        (["-o", "fox.png"], "`fox.png` already exists"),
        (["-o", "new.png", "--timeout", "soon"], "`--timeout`: `soon` is not a duration"),
    ],
)
def test_flags_are_checked_before_stdin_is_waited_for(
    luma: Program, flags: list[str], error: str
) -> None:
    Path("fox.png").write_bytes(PNG)

    result = luma("generations", "create", *flags, stdin=NeverRead())

    assert result.stderr.startswith(f"error: {error}\n")


def test_a_time_limit_without_a_wait_is_a_mistake(luma: Program) -> None:
    assert luma("generations", "create", "--prompt", "x", "--timeout", "5s") == Result(
        2,
        "",
        "error: `--timeout` needs `--wait`, `-o` or `-d`\nhint: add `--wait`\n",
    )


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--style", "oil"], "hint: change `--style`\n"),
        (
            ["--style", "oil", "--aspect-ratio", "7:1", "--ref", "fox.png"],
            "hint: change `--style`; the API would also reject: Invalid aspect_ratio '7:1'."
            " Valid: 1:1, 1:2, 1:3, 16:9, 2:1, 2:3, 3:1, 3:2, 9:16\n",
        ),
        (
            *[["--style", "oil", "--model", "ray-3.2", "--type", "video", "--hdr", "--loop"]],
            "hint: change `--style`; the API would also reject:"
            " video: 'loop' cannot be combined with 'hdr'\n",
        ),
    ],
)
def test_a_refusal_names_what_would_be_refused_next(
    luma: Program, api: FakeApi, arguments: list[str], hint: str
) -> None:
    Path("fox.png").write_bytes(PNG)
    detail = "style: 'oil' is not one of auto, manga"
    api.on("POST", "/generations", httpx.Response(422, json={"detail": detail}))

    result = luma("generations", "create", "--prompt", "x", *arguments)

    assert (result.exit_code, result.stdout) == (3, "")
    error, exchange, *rest = result.stderr.splitlines(keepends=True)
    assert error == f"error: {detail}\n"
    assert "HTTP 422" in exchange
    assert "".join(rest) == hint


def test_rules_that_the_server_does_not_have_stop_nothing(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", generation())
    result = luma("generations", "create", "--prompt", "x", "--model", "uni-9", "--style", "oil")
    assert result == Result(0, pretty(generation()), "")


def test_names_are_made_by_a_template(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", generation())
    api.on("GET", "/generations/gen_1", completed("a.png", "b.png"))
    for name in ("a.png", "b.png"):
        api.on("GET", f"{STORAGE_URL}/{name}?X-Amz-Signature=s", png_response())

    result = luma(
        *("generations", "create", "--prompt", "A red/fox", "--tag", "t"),
        *("--name", "{tag}_{date}_{prompt}", "-d", "out"),
    )

    assert result.exit_code == 0, result.stderr
    assert sorted(path.name for path in Path("out").iterdir()) == [
        "t_2026-09-01_A-red-fox-0.png",
        "t_2026-09-01_A-red-fox-1.png",
    ]


def test_for_a_file_that_is_there_nothing_is_submitted(luma: Program, api: FakeApi) -> None:
    Path("x.png").write_bytes(b"mine")

    result = luma("generations", "create", "--prompt", "x", "-o", "x.png", "--skip-existing")

    assert result == Result(0, "", "note: `x.png` already exists: nothing is submitted\n")
    assert api.sent == []


@pytest.mark.parametrize("flag", ["--overwrite", "--skip-existing"])
def test_what_is_not_saved_replaces_nothing(luma: Program, api: FakeApi, flag: str) -> None:
    assert luma("generations", "create", "--prompt", "x", flag) == Result(
        2,
        "",
        f"error: `{flag}` needs `-o` or `-d`\nhint: add `-o FILE` or `-d FOLDER`\n",
    )
    assert api.sent == []


def test_a_file_that_is_there_can_be_skipped(luma: Program, api: FakeApi) -> None:
    Path("gen_1.png").write_bytes(b"mine")
    api.on("GET", "/generations/gen_1", completed("a.png"))
    api.on("GET", f"{STORAGE_URL}/a.png?X-Amz-Signature=s", png_response())

    result = luma("generations", "download", "gen_1", "--skip-existing")

    assert result == Result(0, "gen_1.png\n", "")
    assert Path("gen_1.png").read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--name", "{nope}"], "`--name`: unknown token `{nope}`"),
        (["--name", "x", "-o", "a.png"], "`-o` cannot be combined with `--name`"),
        (["--overwrite", "--skip-existing", "-d", "."], "`--overwrite` cannot be combined"),
    ],
)
def test_names_that_make_no_sense_cost_nothing(
    luma: Program, api: FakeApi, argv: list[str], message: str
) -> None:
    result = luma("generations", "create", "--prompt", "x", *argv)

    assert (result.exit_code, api.sent) == (2, [])
    assert message in result.stderr


def test_create_on_a_terminal_names_the_command_that_saves(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", generation(), generation())

    shown = luma("generations", "create", "--prompt", "x", terminal=True)
    piped = luma("generations", "create", "--prompt", "x", "--format", "json", terminal=True)

    assert shown.stderr == (
        "note: save the result with `luma-agents-cli generations download --wait gen_1`\n"
    )
    assert "save the result" not in piped.stderr
