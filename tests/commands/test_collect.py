"""From an id to its result: what is waited out, what ends a run, and which code it ends with."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx
import pytest

from luma_cli.context import AppContext
from luma_cli.errors import PartialError
from luma_cli.flags import CommandLine
from luma_cli.host import Host
from luma_cli.jobs.scheduler import POLLS_AT_ONCE
from luma_cli.workflows.finish import finish
from luma_cli.workflows.plan import Plan
from tests.support.fake_api import BASE_URL, STORAGE_URL, FakeApi, Sent, completed, generation
from tests.support.program import OTHER_KEY, Program, Result, Stream, TestClock

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 100
LINK = f"{STORAGE_URL}/a.png?X-Amz-Signature=s"
CREATE = ("generations", "create", "--prompt", "x")
GET = f"GET {BASE_URL}/generations/gen_1"
PAGE = "<html>log in to the network</html>"
REFUSED_KEY = httpx.Response(401, json={"detail": "Invalid API key"}, headers={"X-Request-Id": "r"})


@pytest.fixture(autouse=True)
def state(luma: Program, tmp_path: Path) -> Path:
    luma.environ["LUMA_STATE_DIR"] = str(tmp_path / "state")
    return tmp_path / "state"


def png() -> httpx.Response:
    return httpx.Response(200, content=PNG, headers={"Content-Type": "image/png"})


def row(state: Path, an_id: str = "gen_1") -> dict[str, Any]:
    """Return what the journal knows of a job."""
    with sqlite3.connect(state / "history.db") as journal:
        journal.row_factory = sqlite3.Row
        return dict(
            journal.execute("SELECT * FROM submissions WHERE generation_id = ?", [an_id]).fetchone()
        )


# What is no word of the API's is waited out (2.9)


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (
            httpx.Response(302, headers={"Location": "https://portal.test"}),
            "the server answered HTTP 302, a redirect",
        ),
        (
            httpx.Response(403, html=PAGE),
            "the server answered HTTP 403 with a web page, not the API's JSON",
        ),
        (
            httpx.Response(407, html=PAGE),
            "the server answered HTTP 407 with a web page, not the API's JSON",
        ),
        (httpx.Response(200, json={}), "the server's answer is not a generation: it has no `id`"),
        (httpx.Response(404, json={"detail": "Generation not found"}), "Generation not found"),
    ],
)
def test_create_waits_out_what_is_not_the_apis_word(
    luma: Program, api: FakeApi, answer: httpx.Response, seen: str
) -> None:
    api.on("POST", "/generations", generation())
    api.on("GET", "/generations/gen_1", answer, completed("a.png"))
    api.on("GET", LINK, png())

    result = luma(*CREATE, "-o", "fox.png")

    assert (result.exit_code, result.stderr) == (
        0,
        f"note: submitted as gen_1\nnote: {seen}; retrying in 1 s\n"
        "note: the server answers again\n",
    )
    assert Path("fox.png").read_bytes() == PNG


def test_a_404_in_a_pipe_just_after_the_submission_is_waited_out(
    luma: Program, api: FakeApi
) -> None:
    api.on("POST", "/generations", generation())
    api.on(
        "GET",
        "/generations/gen_1",
        httpx.Response(404, json={"detail": "Generation not found"}),
        completed(),
    )

    created = luma(*CREATE, "--quiet")
    waited = luma("generations", "wait", "--quiet", stdin=created.stdout)

    assert (waited.exit_code, waited.stderr) == (0, "")


def test_odd_unrelated_fields_of_a_completed_job_do_not_matter(luma: Program, api: FakeApi) -> None:
    text = (
        '{"id": "gen_1", "state": "completed", "model": {}, "created_at": 5, "type": ["image"],'
        f' "failure_code": {{}}, "output": [{{"url": "{LINK}", "layer": [[]], "type": 1}}]}}'
    )
    api.on("GET", "/generations/gen_1", httpx.Response(200, text=text))
    api.on("GET", LINK, png())

    assert luma("generations", "download", "gen_1") == Result(0, "gen_1.png\n", "")


def test_an_hour_of_retry_after_is_a_minute_and_is_told(
    luma: Program, api: FakeApi, clock: TestClock
) -> None:
    busy = httpx.Response(429, headers={"Retry-After": "3600"}, json={"detail": "Slow down"})
    api.on("GET", "/generations/gen_1", busy, busy, completed())

    result = luma("generations", "wait", "gen_1")

    note = "note: Slow down; retrying in 60 s\n"
    assert (result.exit_code, result.stderr) == (0, note * 2 + "note: the server answers again\n")
    assert clock.sleeps == [60, 60]


# After payment a run ends with 13 and names the id and the command (product.md 5)


def test_a_key_refused_while_create_waits_is_13(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", generation())
    api.on("GET", "/generations/gen_1", REFUSED_KEY)

    assert luma(*CREATE, "--wait") == Result(
        13,
        "",
        "note: submitted as gen_1\n"
        "error: Invalid API key\n"
        f"  {GET} · HTTP 401 · request id r\n"
        "hint: set a valid key in `LUMA_AGENTS_API_KEY`; then run"
        " `luma-agents-cli generations resume gen_1`\n",
    )


def test_a_key_refused_while_others_wait_keeps_its_code_and_names_the_command_that_continues(
    luma: Program, api: FakeApi
) -> None:
    api.on("GET", "/generations/gen_1", REFUSED_KEY)

    result = luma("generations", "wait", "gen_1")

    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        4,
        "hint: set a valid key in `LUMA_AGENTS_API_KEY`; then run"
        " `luma-agents-cli generations wait gen_1`",
    )


@pytest.mark.parametrize(
    ("command", "rest"), [("wait", ["wait"]), ("download", ["download", "--wait"])]
)
def test_a_refused_key_is_one_error_whatever_the_number_of_jobs(
    luma: Program, command: str, rest: list[str]
) -> None:
    luma.transport = httpx.MockTransport(lambda _: REFUSED_KEY)

    result = luma("generations", command, "--format-error", "json", stdin="\n".join(ids(1000)))

    failure = json.loads(result.stderr)
    assert (result.exit_code, failure["message"]) == (4, "Invalid API key")
    assert "generation_id" not in failure
    assert f"{' '.join(rest)}" in failure["hint"]
    assert result.stdout == ""


def test_a_missing_key_is_one_error_whatever_the_number_of_jobs(luma: Program) -> None:
    del luma.environ["LUMA_AGENTS_API_KEY"]

    result = luma("generations", "wait", "--quiet", stdin="\n".join(ids(1000)))

    assert (result.exit_code, result.stderr.count("error: ")) == (4, 1)


def test_a_key_that_is_refused_later_keeps_what_ended_before(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/a", completed("a.png", id="a"))
    api.on("GET", "/generations/b", generation("processing", id="b"), REFUSED_KEY)
    api.on("GET", LINK, png())

    result = luma("generations", "download", "--wait", "a", "b")

    assert (result.exit_code, result.stdout) == (4, "a.png\n")
    assert result.stderr.endswith("; then run `luma-agents-cli generations download --wait b`\n")


def no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        free = 0

    monkeypatch.setattr(shutil, "disk_usage", lambda _: Full)


@pytest.mark.parametrize(
    ("storage", "code", "message", "command"),
    [
        (
            httpx.ConnectError("refused"),
            "uncollected",
            "the download was interrupted: cannot connect",
            "resume gen_1",
        ),
        (httpx.Response(503), "uncollected", "the storage host answered HTTP 503", "resume gen_1"),
        (
            httpx.Response(410),
            "output_expired",
            "the output of generation gen_1 no longer exists: the storage host answered HTTP 410",
            "resume gen_1",
        ),
        (
            None,
            "uncollected",
            "not enough space in `.`",
            "download --wait --output-dir FOLDER gen_1",
        ),
    ],
)
def test_what_stops_the_saving_after_create_is_13(
    luma: Program,
    api: FakeApi,
    monkeypatch: pytest.MonkeyPatch,
    storage: httpx.Response | Exception | None,
    code: str,
    message: str,
    command: str,
) -> None:
    tries = 3 if code == "output_expired" else 2 if storage is not None else 1
    if storage is None:
        no_room(monkeypatch)
        storage = httpx.Response(200, content=PNG, headers={"Content-Length": str(len(PNG))})
    api.on("POST", "/generations", generation())
    api.on("GET", "/generations/gen_1", *[completed("a.png")] * (3 if tries == 3 else 1))
    api.on("GET", LINK, *[storage] * tries)

    result = luma(
        *CREATE, "-o", "fox.png", "--quiet", "--max-retries", "1", "--format-error", "json"
    )

    failure = json.loads(result.stderr)
    assert (result.exit_code, failure["exit_code"], failure["code"]) == (13, 13, code)
    assert failure["message"].startswith(message)
    assert failure["generation_id"] == "gen_1"
    assert failure["hint"].endswith(f"run `luma-agents-cli generations {command}`")
    assert json.loads(result.stdout)["files"] == []


def test_a_transform_without_a_match_after_create_is_13(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", generation())
    api.on("GET", "/generations/gen_1", completed())

    result = luma(*CREATE, "--wait", "--transform", "nope")

    assert (result.exit_code, result.stderr.splitlines()[1]) == (
        13,
        "error: `--transform nope` matches nothing in the answer",
    )


@pytest.mark.parametrize("failure_code", ["budget_exhausted", "rate_limited"])
def test_a_failed_job_is_exit_6_whatever_the_apis_word_for_it(
    luma: Program, api: FakeApi, failure_code: str
) -> None:
    api.on("POST", "/generations", generation())
    api.on("GET", "/generations/gen_1", generation("failed", failure_code=failure_code))

    result = luma(*CREATE, "--wait", "--quiet", "--format-error", "jsonl")

    failure = json.loads(result.stderr)
    assert (result.exit_code, failure["code"], failure["failure_code"]) == (
        6,
        "generation_failed",
        failure_code,
    )


# Names (2.8)


@pytest.mark.parametrize("flags", [[], ["--skip-existing"]])
@pytest.mark.parametrize("where", [("-o", "fox.png"), ("-d", ".", "--name", "fox")])
@pytest.mark.parametrize("moment", ["POST", STORAGE_URL])
def test_a_name_that_is_taken_after_payment_gets_the_id_behind_it(
    luma: Program, api: FakeApi, flags: list[str], where: tuple[str, ...], moment: str
) -> None:
    def take(sent: Sent) -> None:
        if sent.method == moment or sent.url.startswith(moment):
            Path("fox.png").write_bytes(b"mine")

    api.before_answer = take
    api.on("POST", "/generations", generation())
    api.on("GET", "/generations/gen_1", completed("a.png"))
    api.on("GET", LINK, png(), png())

    result = luma(*CREATE, *where, *flags)

    assert (result.exit_code, result.stderr) == (
        13,
        "note: submitted as gen_1\n"
        "error: `fox.png` was taken by another file after generation gen_1 was submitted:"
        " its output is saved as `fox-gen_1.png`\n"
        "hint: rename the file; the job is complete and paid for\n",
    )
    assert [file["path"] for file in json.loads(result.stdout)["files"]] == ["fox-gen_1.png"]
    assert Path("fox.png").read_bytes() == b"mine"
    assert Path("fox-gen_1.png").read_bytes() == PNG
    assert luma("generations", "resume").stderr == "note: nothing is left to do\n"


@pytest.mark.parametrize("history", [[], ["--no-history"]])
def test_only_the_output_whose_name_is_taken_gets_another(
    luma: Program, api: FakeApi, history: list[str]
) -> None:
    Path("fox-1.png").write_bytes(b"mine")
    api.on("POST", "/generations", generation())
    api.on("GET", "/generations/gen_1", completed("a.png", "b.png"))
    api.on("GET", LINK, png(), png())
    api.on("GET", LINK.replace("a.png", "b.png"), png(), png())

    result = luma(*CREATE, "-o", "fox.png", *history)

    assert result.exit_code == 13
    assert [file["path"] for file in json.loads(result.stdout)["files"]] == [
        "fox-0.png",
        "fox-1-gen_1.png",
    ]
    assert sorted(path.name for path in Path().glob("[!.]*")) == [
        *("fox-0.png", "fox-1-gen_1.png", "fox-1.png")
    ]


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def link_into_a_file(path: Path) -> None:
    Path("file").write_text("")
    path.symlink_to("file/below.png")


def link_to_a_folder(path: Path) -> None:
    Path("folder").mkdir()
    path.symlink_to("folder")


@pytest.mark.parametrize(
    ("make", "flags", "message"),
    [
        (loop, [], "cannot write `{}`: too many levels of symbolic links"),
        (loop, ["--overwrite"], "cannot write `{}`: too many levels of symbolic links"),
        (loop, ["--skip-existing"], "cannot write `{}`: too many levels of symbolic links"),
        (link_into_a_file, [], "cannot write `{}`: not a directory"),
        (link_to_a_folder, ["--overwrite"], "`{}` is a folder"),
        (Path.mkdir, ["--overwrite"], "`{}` is a folder"),
        (os.mkfifo, ["--overwrite"], "`{}` is not a regular file"),
        (os.mkfifo, ["--skip-existing"], "`{}` is not a regular file"),
        (Path.touch, [], "`{}` already exists"),
    ],
)
@pytest.mark.parametrize(
    ("where", "path"),
    [
        (["-o", "fox.png"], "fox.png"),
        (["-d", ".", "--name", "fox"], "fox.png"),
        (["-d", ".", "--name", "fox.{ext}"], "fox.jpg"),
        (["-d", ".", "--name", "{tag}-{prompt}", "--tag", "t"], "t-x.png"),
    ],
)
def test_a_name_that_cannot_be_had_is_refused_before_the_job_is_paid(
    luma: Program,
    api: FakeApi,
    make: Callable[[Path], None],
    flags: list[str],
    message: str,
    where: list[str],
    path: str,
) -> None:
    make(Path(path))

    result = luma(*CREATE, *where, *flags)

    assert (result.exit_code, result.stdout, api.sent) == (1, "", [])
    assert result.stderr.startswith(f"error: {message.format(path)}\n")


def test_a_device_is_written_to_through_stdout(luma: Program) -> None:
    assert luma(*CREATE, "-o", "/dev/null") == Result(
        1,
        "",
        "error: `/dev/null` is not a regular file\nhint: use `-o - > /dev/null` to write into it\n",
    )


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (["-o", "file/fox.png"], "cannot write `file/fox.png`: not a directory"),
        (["-o", "missing/" + "x" * 256], "cannot write `missing/{}`: file name too long"),
        (["-d", "file"], "`file` is a file, not a folder"),
        (["-d", "loop"], "cannot write into `loop`"),
        (["-d", "loop/deeper"], "cannot write into `loop`"),
        (["-d", "dangling"], "cannot write into `dangling`"),
    ],
)
def test_a_folder_that_cannot_be_had_is_refused_before_the_job_is_paid(
    luma: Program, api: FakeApi, where: list[str], message: str
) -> None:
    Path("file").write_text("")
    Path("dangling").symlink_to("nowhere")
    loop(Path("loop"))

    result = luma(*CREATE, *where)

    assert (result.exit_code, result.stdout, api.sent) == (1, "", [])
    assert result.stderr.startswith(f"error: {message.format('x' * 256)}\n")


def test_a_link_to_a_file_that_is_yet_to_be_made_is_followed(luma: Program, api: FakeApi) -> None:
    Path("fox.png").symlink_to("elsewhere/fox.png")
    api.on("POST", "/generations", generation())
    api.on("GET", "/generations/gen_1", completed("a.png"))
    api.on("GET", LINK, png())

    assert luma(*CREATE, "-o", "fox.png").exit_code == 0
    assert Path("elsewhere/fox.png").read_bytes() == PNG


@pytest.mark.parametrize(
    ("kind", "name", "is_taken"),
    [
        ("image", "fox.jpg", True),
        ("image", "fox.mp4", False),
        ("video", "fox.mp4", True),
        ("video", "fox.png", False),
        ("layering", "fox.zip", True),
        ("image", "fox.txt", False),
        ("image", "fox-2.png", False),
    ],
)
def test_a_fixed_name_is_taken_by_what_the_job_may_be_saved_as(
    luma: Program, kind: str, name: str, is_taken: bool
) -> None:
    Path(name).touch()
    argv = (*CREATE, "--type", kind, "-d", ".", "--name", "fox", "--dry-run")

    assert luma(*argv).stderr.startswith(f"error: `{name}` already exists") is is_taken


def test_for_a_fixed_name_that_exists_nothing_is_submitted(luma: Program, api: FakeApi) -> None:
    Path("fox.png").write_bytes(b"mine")

    result = luma(*CREATE, "-d", ".", "--name", "fox", "--skip-existing")

    assert result == Result(0, "", "note: `fox.png` already exists: nothing is submitted\n")
    assert api.sent == []


def test_resume_never_reports_a_file_that_the_job_did_not_write(
    luma: Program, api: FakeApi
) -> None:
    api.on("POST", "/generations", generation())
    api.on("GET", "/generations/gen_1", REFUSED_KEY, completed("a.png"))
    api.on("GET", LINK, png())
    assert luma(*CREATE, "-o", "fox.png", "--skip-existing").exit_code == 13
    Path("fox.png").write_bytes(b"mine")

    result = luma("generations", "resume", "--format", "json")

    assert (result.exit_code, json.loads(result.stdout)["files"]) == (1, [])
    assert result.stderr.startswith(f"error: `{Path('fox.png').absolute()}` already exists\n")


# Absolute time (2.11)


def test_the_time_of_create_begins_with_the_command(
    luma: Program, api: FakeApi, clock: TestClock
) -> None:
    def take_long(sent: Sent) -> None:
        clock.time += 3 if sent.method == "POST" else 0

    api.before_answer = take_long
    api.on("POST", "/generations", generation())
    api.on("GET", "/generations/gen_1", generation("processing"))

    result = luma(*CREATE, "--wait", "--timeout", "4", "--poll-interval", "3")

    assert result == Result(
        9,
        "",
        "note: submitted as gen_1\n"
        "error: timed out: generation gen_1 is still running\n"
        "hint: run `luma-agents-cli generations resume gen_1`\n",
    )
    assert clock.time == 4


def test_the_time_of_a_download_includes_retries_and_renewals(
    luma: Program, api: FakeApi, clock: TestClock
) -> None:
    api.on("GET", "/generations/gen_1", *[httpx.ConnectError("refused")] * 4)

    result = luma("generations", "download", "gen_1", "--timeout", "4", "--max-retries", "99")

    assert (result.exit_code, result.stdout) == (9, "")
    assert "error: `--timeout` ran out: cannot connect to `api.test`: refused\n" in result.stderr
    assert clock.time <= 4


def test_behind_the_deadline_no_id_is_asked_about(luma: Program, clock: TestClock) -> None:
    counter = Counter("processing")

    def take_long() -> None:
        clock.time += 10

    all_asked = Barrier(POLLS_AT_ONCE, take_long)

    def answer(request: httpx.Request) -> httpx.Response:
        all_asked.wait(30)
        return counter(request)

    luma.transport = httpx.MockTransport(answer)
    many = ids(POLLS_AT_ONCE + 1)

    result = luma("generations", "download", *many, "--timeout", "5", "--quiet")

    assert result.exit_code == 12
    assert result.stderr.endswith(
        f"error: timed out: generation {many[-1]} is still running\n"
        "error: 17 of 17 generations failed\n"
        f"hint: run `luma-agents-cli generations download --wait {many[-1]}`\n"
    )
    assert counter.asked == POLLS_AT_ONCE


# Many (3.2)


class Counter:
    """An API that knows every id and says that it is in one state."""

    def __init__(self, state: str) -> None:
        self.state, self.asked = state, 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        an_id = request.url.path.rpartition("/")[2]
        return httpx.Response(200, json=generation(self.state, id=an_id))


def ids(count: int) -> list[str]:
    return [f"{number:08x}-2f55-4d0a-9a3e-5a1f0d9e6c42" for number in range(count)]


@pytest.mark.parametrize(
    ("argv", "command"),
    [
        (["wait"], "generations wait"),
        (
            ["download", "--wait", "-d", "out"],
            "generations download --wait --output-dir out --skip-existing",
        ),
    ],
)
def test_a_thousand_jobs_that_are_late_get_one_hint(
    luma: Program, argv: list[str], command: str
) -> None:
    luma.transport = httpx.MockTransport(Counter("processing"))
    many = ids(1000)

    result = luma("generations", *argv, "--timeout", "1", stdin="\n".join(many))

    assert result == Result(
        9,
        "",
        "error: timed out: 1,000 generations are still running:"
        f" {', '.join(many[:10])} and 990 more\n"
        f"hint: give the same ids to `luma-agents-cli {command}` on stdin\n",
    )


def test_a_few_jobs_that_are_late_are_named_and_get_one_hint(luma: Program) -> None:
    luma.transport = httpx.MockTransport(Counter("processing"))

    result = luma("generations", "wait", "a", "b", "--timeout", "1")

    late = "error: timed out: generation {} is still running\n"
    assert result == Result(
        9,
        "",
        late.format("a") + late.format("b") + "hint: run `luma-agents-cli generations wait a b`\n",
    )


def test_those_that_are_late_beside_others_get_one_hint(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/a", completed(id="a"))
    api.on("GET", "/generations/b", *[generation("processing", id="b")] * 2)
    api.on("GET", "/generations/c", generation("failed", id="c", failure_code="corrupt_input"))

    result = luma("generations", "wait", "a", "b", "c", "--timeout", "1")

    assert (result.exit_code, result.stderr.splitlines()[-3:]) == (
        12,
        [
            "error: timed out: generation b is still running",
            "error: 2 of 3 generations failed",
            "hint: run `luma-agents-cli generations wait b`",
        ],
    )


def test_an_interruption_of_a_thousand_waits_is_short(luma: Program) -> None:
    counter = Counter("processing")

    def answer(request: httpx.Request) -> httpx.Response:
        if counter.asked == 500:
            raise KeyboardInterrupt
        return counter(request)

    luma.transport = httpx.MockTransport(answer)
    many = ids(1000)

    result = luma("generations", "wait", stdin="\n".join(many))

    assert result == Result(
        130,
        "",
        f"error: interrupted; generations {', '.join(many[:10])} and 990 more are still running\n"
        "hint: give the same ids to `luma-agents-cli generations wait` on stdin\n",
    )


def test_many_jobs_in_the_history_are_resumed_without_their_ids(
    luma: Program, api: FakeApi
) -> None:
    for an_id in ids(12):
        api.on("POST", "/generations", generation(id=an_id))
        api.on("GET", f"/generations/{an_id}", httpx.Response(403, json={"detail": "No"}))
        assert luma(*CREATE, "--wait", "--quiet").exit_code == 13
    luma.transport = httpx.MockTransport(Counter("processing"))

    result = luma("generations", "resume", "--timeout", "1")

    assert result.exit_code == 9
    assert result.stderr.endswith("\nhint: run `luma-agents-cli generations resume`\n")


def test_ids_that_stream_in_are_not_repeated(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/a", completed(id="a"))
    for an_id in ("b", "c"):
        api.on("GET", f"/generations/{an_id}", httpx.Response(410, json={"detail": "No"}))
    environ = {**luma.environ, "LUMA_CONFIG_FILE": "none"}
    host = Host(Stream(), Stream(), Stream(), environ, luma.clock, luma.transport)
    cli = AppContext(host, CommandLine())

    with pytest.raises(PartialError) as raised:
        finish(cli.session(), iter(("a", "b", "a", "c")), Plan(wait=True, in_history=True))

    assert str(raised.value) == "2 of 3 generations failed"
    assert raised.value.hint == "run `luma-agents-cli generations resume`"


def test_the_command_that_continues_leads_to_the_same_host_and_profile(
    luma: Program, api: FakeApi
) -> None:
    host = "https://other.test/v1"
    luma("config", "set", "format", "json", "--profile", "work")
    api.on("POST", f"{host}/generations", httpx.Response(201, json=generation()))
    api.on("GET", f"{host}/generations/gen_1", REFUSED_KEY)

    result = luma(
        *CREATE, "--wait", "--base-url", host, "--profile", "work", "--auth-token", OTHER_KEY
    )

    assert result.exit_code == 13
    assert result.stderr.endswith(
        "run `luma-agents-cli --base-url https://other.test/v1 --profile work --auth-token KEY"
        " generations resume gen_1`\n"
    )


# One job's error is that job's (2.16)


def loop_at_its_name(an_id: str) -> None:
    loop(Path(f"{an_id}.png"))


def folder_at_its_name(an_id: str) -> None:
    Path(f"{an_id}.png").mkdir()


@pytest.mark.parametrize("spoil", [loop_at_its_name, folder_at_its_name])
@pytest.mark.parametrize("wait", [[], ["--wait"]])
def test_an_error_of_one_job_in_a_run_of_many_is_its_own(
    luma: Program, api: FakeApi, spoil: Callable[[str], None], wait: list[str]
) -> None:
    spoil("b")
    for an_id in ("a", "b", "c"):
        api.on("GET", f"/generations/{an_id}", completed(f"{an_id}.png", id=an_id))
        api.on("GET", LINK.replace("a.png", f"{an_id}.png"), png())

    result = luma("generations", "download", *wait, "a", "b", "c")

    assert (result.exit_code, sorted(result.stdout.split())) == (12, ["a.png", "c.png"])
    assert result.stderr.endswith("error: 1 of 3 generations failed\n")


def test_a_name_that_the_locale_cannot_write_is_one_jobs_error(
    luma: Program, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    stat = Path.stat

    def ascii_only(path: Path, **how: bool) -> os.stat_result:
        str(path).encode("ascii")
        return stat(path, **how)

    for an_id in ("a", "b"):
        answer = completed(f"{an_id}.png", id=an_id, model="größe" if an_id == "a" else "uni-1")
        api.on("GET", f"/generations/{an_id}", answer)
        api.on("GET", LINK.replace("a.png", f"{an_id}.png"), png())
    monkeypatch.setattr(Path, "stat", ascii_only)

    result = luma("generations", "download", "a", "b", "--name", "{model}")

    assert (result.exit_code, result.stdout) == (12, "uni-1.png\n")
    assert "error: cannot write `größe.png`: the locale has no bytes" in result.stderr


# Every answer about a job is noted (2.15)


@pytest.mark.parametrize("argv", [["get", "gen_1"], ["download", "gen_1"]])
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (generation("processing"), ("processing", None)),
        (
            generation("failed", failure_code="corrupt_input", failure_reason="Bad"),
            ("failed", "corrupt_input"),
        ),
    ],
)
def test_what_an_answer_says_of_a_job_is_noted(
    luma: Program,
    api: FakeApi,
    state: Path,
    argv: list[str],
    answer: dict[str, Any],
    expected: tuple[str, str | None],
) -> None:
    api.on("POST", "/generations", generation())
    luma(*CREATE)
    api.on("GET", "/generations/gen_1", answer)

    luma("generations", *argv)

    noted = row(state)
    assert (noted["state"], noted["failure_code"]) == expected


def test_get_writes_nothing_when_the_state_is_the_one_that_is_noted(
    luma: Program, api: FakeApi, state: Path
) -> None:
    api.on("POST", "/generations", generation())
    luma(*CREATE)
    api.on("GET", "/generations/gen_1", generation(), completed(), completed())
    with sqlite3.connect(state / "history.db") as journal:

        def version() -> int:
            return int(journal.execute("PRAGMA data_version").fetchone()[0])

        versions = [version()]
        for _ in range(3):
            luma("generations", "get", "gen_1")
            versions.append(version())

    assert versions[0] == versions[1] != versions[2] == versions[3]
    assert row(state)["state"] == "completed"


def test_get_makes_no_history(luma: Program, api: FakeApi, state: Path) -> None:
    api.on("GET", "/generations/gen_1", generation())

    assert luma("generations", "get", "gen_1").exit_code == 0
    assert not state.exists()


class Order(Stream):
    """A stream that notes when it is written to."""

    def __init__(self, seen: list[str]) -> None:
        super().__init__()
        self._seen = seen

    def write(self, text: str) -> int:
        self._seen.append("printed")
        return super().write(text)


def test_get_prints_before_it_writes_to_the_history(
    luma: Program, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    from luma_cli.journal.journal import Journal

    seen: list[str] = []
    api.on("POST", "/generations", generation())
    luma(*CREATE)
    api.on("GET", "/generations/gen_1", completed())
    monkeypatch.setattr(Journal, "record_end", lambda *_, **__: seen.append("noted"))

    luma("generations", "get", "gen_1", stdout=Order(seen))

    assert (seen[0], seen[-1]) == ("printed", "noted")


@pytest.mark.parametrize(
    ("argv", "folder"), [(["-o", "out/"], "out"), (["-o", "a b//"], "a b"), (["-o", "/"], "/")]
)
@pytest.mark.parametrize("command", [CREATE, ("generations", "download", "gen_1")])
def test_a_folder_is_not_the_name_of_a_file(
    luma: Program, api: FakeApi, command: tuple[str, ...], argv: list[str], folder: str
) -> None:
    result = luma(*command, *argv)

    assert (result, api.sent) == (
        Result(
            2,
            "",
            f"error: `--output`: `{argv[1]}` is a folder\n"
            f"hint: use `-d {folder}` to save into a folder\n",
        ),
        [],
    )


def test_the_end_of_an_outage_is_not_told_when_the_id_is_refused(
    luma: Program, api: FakeApi
) -> None:
    unknown = httpx.Response(404, json={"detail": "Not Found"})
    api.on("GET", "/generations/gen_1", httpx.ReadError("reset"), unknown)

    result = luma("generations", "wait", "gen_1")

    assert result.exit_code == 3
    assert "answers again" not in result.stderr
    assert "error: Not Found\n" in result.stderr


@pytest.mark.parametrize("argv", [["wait"], ["download", "-d", "out"]])
def test_a_wrong_id_is_not_asked_for_again(luma: Program, api: FakeApi, argv: list[str]) -> None:
    api.on("GET", "/generations/wrong", httpx.Response(404, json={"detail": "Not Found"}))

    result = luma("generations", *argv, "wrong")

    assert result.exit_code == 3
    assert result.stderr.startswith("error: Not Found\n")
    assert result.stderr.endswith(
        "\nhint: check the id; a generation is only visible to the account that made it\n"
    )
