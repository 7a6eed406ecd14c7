"""What a submission leaves behind, and what `list`, `show`, `resume` and `cost` make of it."""

from __future__ import annotations

import gc
import hashlib
import json
import sqlite3
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from luma_cli.jobs.history import JobHistory
from luma_cli.journal.journal import Journal
from tests.support.fake_api import STORAGE_URL, FakeApi, completed, generation
from tests.support.program import KEY, OTHER_KEY, Program, Result, TestClock

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 100
ID = "7b0c4c1e-2f55-4d0a-9a3e-5a1f0d9e6c42"
OTHER_ID = "9d1c4c1e-2f55-4d0a-9a3e-5a1f0d9e6c42"


@pytest.fixture(autouse=True)
def state(luma: Program, tmp_path: Path) -> Path:
    luma.environ["LUMA_STATE_DIR"] = str(tmp_path / "state")
    return tmp_path / "state"


def create(luma: Program, api: FakeApi, *argv: str, an_id: str = ID) -> Result:
    api.on("POST", "/generations", generation(id=an_id))
    return luma("generations", "create", "--prompt", "a red fox", *argv)


def png() -> httpx.Response:
    return httpx.Response(200, content=PNG, headers={"Content-Type": "image/png"})


def entries(luma: Program) -> list[dict[str, Any]]:
    result = luma("generations", "list", "--format", "jsonl")
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_submission_is_noted_before_it_is_sent(luma: Program, api: FakeApi, state: Path) -> None:
    noted: list[Any] = []

    def look(_: object) -> None:
        with sqlite3.connect(state / "history.db") as journal:
            noted.extend(journal.execute("SELECT outcome, prompt, attempts FROM submissions"))

    api.before_answer = look
    create(luma, api)

    ((outcome, prompt, attempts),) = noted
    assert (outcome, prompt) == ("sending", "a red fox")
    assert json.loads(attempts)[0]["request_id"] == api.sent[0].headers["x-request-id"]


def test_get_writes_to_the_history_only_when_the_state_changed(
    luma: Program, api: FakeApi, state: Path
) -> None:
    def files() -> dict[str, tuple[int, bytes]]:
        gc.collect()  # which closes the journals of the runs before
        found = (each for each in state.iterdir() if each.is_file())
        return {each.name: (each.stat().st_mtime_ns, each.read_bytes()) for each in found}

    create(luma, api)
    for of_state in ("queued", "processing", "processing", "completed", "completed"):
        before, was = files(), entries(luma)[0]["state"]
        api.on("GET", f"/generations/{ID}", generation(of_state, id=ID))
        assert luma("generations", "get", ID).exit_code == 0
        assert (files() == before) is (of_state == was)
        assert entries(luma)[0]["state"] == of_state


def test_no_bytes_and_no_secrets_are_written_down(luma: Program, api: FakeApi, state: Path) -> None:
    Path("fox.png").write_bytes(PNG)
    create(
        luma,
        api,
        *("--ref", "fox.png", "--ref", "https://h.test/a.png?X-Amz-Signature=geheim"),
        *("--image-ref.data", "Z2VoZWlt", "--auth-token", OTHER_KEY, "--param", f"note={KEY}"),
    )

    shown = json.loads(luma("generations", "show", "@last").stdout)
    first, second = shown["request"]["image_ref"]
    assert first["data"] == {
        "sha256": hashlib.sha256(PNG).hexdigest(),
        "bytes": len(PNG),
        "media_type": "image/png",
        "path": str(Path("fox.png").absolute()),
    }
    assert second["url"] == "https://h.test/a.png?<REDACTED>"
    assert second["data"]["characters"] == 8
    everything = b"".join(file.read_bytes() for file in state.iterdir() if file.is_file())
    for secret in (b"geheim", b"Z2VoZWlt", KEY.encode(), OTHER_KEY.encode(), b"iVBOR"):
        assert secret not in everything


def test_the_history_can_be_left_out(luma: Program, api: FakeApi, state: Path) -> None:
    create(luma, api, "--no-history")
    luma.environ["LUMA_HISTORY"] = "false"
    create(luma, api)

    assert not state.exists()
    assert luma("generations", "list") == Result(0, "", "note: this machine has no history yet\n")


def test_a_journal_that_cannot_be_written_stops_the_submission(
    luma: Program, api: FakeApi, state: Path
) -> None:
    state.write_text("a file in the place of the folder")

    result = luma("generations", "create", "--prompt", "x")

    assert (result.exit_code, result.stdout, api.sent) == (1, "", [])
    assert result.stderr.startswith(f"error: cannot use the journal `{state}/history.db`: ")
    assert result.stderr.endswith("or submit with `--no-history`\n")
    assert create(luma, api, "--no-history").exit_code == 0


def test_list_for_people(luma: Program, api: FakeApi) -> None:
    create(luma, api)
    api.on("POST", "/generations", httpx.Response(422, json={"detail": "No"}))
    luma("generations", "create", "--type", "video", "--prompt", "two\nlines " + "long " * 30)

    api.on("GET", f"/generations/{ID}", generation(id=ID))

    result = luma("generations", "list", terminal=True)

    heading, newest, oldest = result.stdout.splitlines()
    assert heading.split() == ["AGE", "STATE", "TYPE", "MODEL", "COST", "ID", "PROMPT"]
    assert newest.split()[1:7] == ["refused", "video", "uni-1", "-", "entry", "2"]
    assert newest.endswith("…")
    assert r"two\nlines" in newest
    assert oldest.split()[1:] == ["queued", "image", "uni-1", "$0.0404", ID[:8], "a", "red", "fox"]
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_list_for_programs(luma: Program, api: FakeApi) -> None:
    create(luma, api, "--tag", "launch")

    (entry,) = entries(luma)

    assert entry.pop("created_at") <= time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    assert entry == {
        "entry": 1,
        "id": ID,
        "state": "queued",
        "type": "image",
        "model": "uni-1",
        "prompt": "a red fox",
        "tag": "launch",
        "cost_usd": 0.0404,
        "failure_code": None,
        "files": [],
    }


def test_list_filters_and_sums_up(luma: Program, api: FakeApi) -> None:
    create(luma, api, "--tag", "a")
    create(luma, api, "--model", "uni-1-max", an_id=OTHER_ID)

    def listed(*argv: str) -> str:
        return luma("generations", "list", "--transform", "id", "-r", *argv).stdout

    assert listed("--tag", "a") == f"{ID}\n"
    assert listed("--model", "uni-1-max", "--since", "1h") == f"{OTHER_ID}\n"
    assert listed("--search", "RED", "--limit", "1") == f"{OTHER_ID}\n"
    spent = luma("generations", "list", "--spend", "model", "--format", "jsonl").stdout
    assert [json.loads(line)["cost_usd"] for line in spent.splitlines()] == [0.1, 0.0404]
    assert luma("generations", "list", "--spend", "week").exit_code == 2
    assert luma("generations", "list", "--state", "failed").stderr == (
        "note: no matching jobs for this host and profile; for sandbox jobs, add `--sandbox`\n"
    )


def test_ids_may_be_short(luma: Program, api: FakeApi) -> None:
    create(luma, api)
    api.on("GET", f"/generations/{ID}", generation(id=ID), generation(id=ID))
    api.on("POST", "/generations", generation(id=OTHER_ID))

    assert luma("generations", "get", "@last").exit_code == 0
    assert luma("generations", "get", ID[:8]).exit_code == 0
    luma(
        *("generations", "create", "--prompt", "x", "--type", "image_edit"),
        *("--source", "gen:@last", "--ref", f"gen:{ID[:8]}"),
    )
    assert api.sent[-1].json["source"] == {"generation_id": ID}
    assert api.sent[-1].json["image_ref"] == [{"generation_id": ID}]


def test_without_a_history_there_is_no_last(luma: Program) -> None:
    assert luma("generations", "get", "@last") == Result(
        2, "", "error: there is no `@last`: this machine has no history\n"
    )


def test_resume_waits_and_saves_where_it_was_asked_to(
    luma: Program, api: FakeApi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    api.on("GET", f"/generations/{ID}", httpx.Response(403, json={"detail": "Suspended"}))
    assert create(luma, api, "-o", "fox.png").exit_code == 13
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    api.on("GET", f"/generations/{ID}", generation("processing", id=ID), completed("a.png", id=ID))
    api.on("GET", f"{STORAGE_URL}/a.png?X-Amz-Signature=s", png())

    result = luma("generations", "resume")

    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "work" / "fox.png").read_bytes() == PNG
    assert entries(luma)[0]["files"] == [str(tmp_path / "work" / "fox.png")]
    (shown,) = json.loads(luma("generations", "show", ID).stdout)["files"]
    assert (shown["path"], shown["bytes"]) == (str(tmp_path / "work" / "fox.png"), len(PNG))
    assert luma("generations", "resume") == Result(0, "", "note: nothing is left to do\n")


def test_resume_does_not_fetch_what_is_there(luma: Program, api: FakeApi) -> None:
    api.on("GET", f"/generations/{ID}", *[completed("a.png", "b.png", id=ID)] * 5)
    first, second = (f"{STORAGE_URL}/{name}.png?X-Amz-Signature=s" for name in "ab")
    api.on("GET", first, png(), png(), png())
    api.on("GET", second, *[httpx.Response(404)] * 3, png(), png())
    assert create(luma, api, "-o", "fox.png").exit_code == 13

    result = luma("generations", "resume")
    again = luma("generations", "resume", ID)

    assert result.exit_code == again.exit_code == 0, result.stderr
    assert [Path(f"fox-{index}.png").read_bytes() for index in (0, 1)] == [PNG, PNG]


def test_resume_does_not_replace_what_is_not_ours(luma: Program, api: FakeApi) -> None:
    api.on("GET", f"/generations/{ID}", httpx.Response(403, json={"detail": "Suspended"}))
    create(luma, api, "-o", "fox.png")
    Path("fox.png").write_text("mine")
    api.on("GET", f"/generations/{ID}", completed("a.png", id=ID))
    api.on("GET", f"{STORAGE_URL}/a.png?X-Amz-Signature=s", png())

    result = luma("generations", "resume")

    assert (result.exit_code, Path("fox.png").read_text()) == (1, "mine")
    assert "error: " in result.stderr
    assert "already exists" in result.stderr


def test_an_unclear_outcome_is_reported_once(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", httpx.ReadError("reset"))
    first = luma("generations", "create", "--prompt", "a red fox")
    assert first.exit_code == 11
    assert first.stderr.endswith("; `luma-agents-cli generations show 1` has its request ids\n")

    result = luma("generations", "resume")
    request_id = api.sent[0].headers["x-request-id"]

    assert (result.exit_code, result.stdout) == (11, "")
    assert "entry 1 (" in result.stderr
    assert f"request id {request_id}" in result.stderr
    assert "error: it is unknown whether 1 submission made a job\n" in result.stderr
    assert luma("generations", "resume") == Result(0, "", "note: nothing is left to do\n")
    assert luma("generations", "resume", "1").exit_code == 11
    assert [entry["state"] for entry in entries(luma)] == ["unknown"]


def test_resume_leaves_other_accounts_alone(luma: Program, api: FakeApi) -> None:
    api.on("GET", f"/generations/{ID}", httpx.Response(403, json={"detail": "Suspended"}))
    create(luma, api, "--wait")
    luma.environ["LUMA_BASE_URL"] = "https://other.test/v1"

    assert luma("generations", "resume") == Result(
        0,
        "",
        "note: 1 unfinished job belongs to other accounts: profile default\n"
        "note: nothing is left to do\n",
    )


@pytest.mark.parametrize("argv", [["resume", "nobody"], ["show", "nobody"]])
def test_what_is_not_in_the_history(luma: Program, argv: list[str]) -> None:
    assert luma("generations", *argv) == Result(
        2,
        "",
        "error: `nobody` is not in the history of this machine\n"
        "hint: see `luma-agents-cli generations list`\n",
    )


def test_a_submission_is_sent_again_when_that_is_safe(
    luma: Program, api: FakeApi, clock: TestClock
) -> None:
    busy = httpx.Response(429, json={"detail": "Rate limit exceeded"}, headers={"Retry-After": "7"})
    api.on("POST", "/generations", httpx.ConnectError("refused"), busy)

    result = create(luma, api)

    assert result.exit_code == 0
    assert clock.sleeps == [0.5, 7.0]
    assert result.stderr == (
        "note: cannot connect to `api.test`: refused; retrying in 0.5 s\n"
        "note: Rate limit exceeded; retrying in 7 s\n"
    )
    shown = json.loads(luma("generations", "show", ID).stdout)
    request_ids = [sent.headers["x-request-id"] for sent in api.sent]
    assert [attempt["request_id"] for attempt in shown["attempts"]] == request_ids
    assert [attempt["at"] for attempt in shown["attempts"]] == [shown["created_at"]] * len(
        request_ids
    )
    assert len(set(request_ids)) == 3
    not_accepted = [attempt.get("not_accepted") for attempt in shown["attempts"]]
    assert not_accepted == [True, True, None]


def test_patience_with_a_submission_ends(luma: Program, api: FakeApi, clock: TestClock) -> None:
    busy = [httpx.Response(429, json={"detail": "Busy"}, headers={"Retry-After": "110"})] * 3
    api.on("POST", "/generations", *busy)

    result = luma("generations", "create", "--prompt", "x", "--max-retries", "9")

    assert (result.exit_code, clock.sleeps) == (8, [110.0, 110.0])


def test_ctrl_c_between_two_tries_leaves_no_job(
    luma: Program, api: FakeApi, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(clock, "sleep", stop)
    api.on("POST", "/generations", httpx.ConnectError("refused"))

    result = luma("generations", "create", "--prompt", "x", "--quiet")

    assert result == Result(
        130, "", "error: interrupted; the submission was refused so far, no job was made\n"
    )
    assert [entry["state"] for entry in entries(luma)] == ["refused"]


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (
            ["--max-cost", "0.04"],
            "the job costs $0.0404; the limit is $0.04 (`--max-cost`)\n"
            "hint: raise `--max-cost`, or lift it with `--max-cost any`\n",
        ),
        (
            ["--max-cost", "5", "--type", "layering"],
            "price unknown: no price for type `layering`; `--max-cost` is set\n"
            "hint: check the request; `--max-cost any` submits it at an unknown price\n",
        ),
        (
            ["--max-cost-per-day", "0.08"],
            "the job costs $0.0404, after $0.0404 in the last 24 hours; the limit is $0.08"
            " (`--max-cost-per-day`)\n"
            "hint: raise `--max-cost-per-day`, or lift it with `--max-cost-per-day any`\n",
        ),
    ],
)
def test_a_limit_on_cost(luma: Program, api: FakeApi, argv: list[str], message: str) -> None:
    create(luma, api)

    result = luma("generations", "create", "--prompt", "x", *argv)

    assert (result.exit_code, result.stdout) == (5, "")
    assert result.stderr == f"error: {message}"
    assert len(api.sent) == len(entries(luma)) == 1
    luma.environ["LUMA_MAX_COST"] = "0"
    assert create(luma, api, "--max-cost", "any").exit_code == 0


@pytest.mark.parametrize(("flag", "exact"), [("--max-cost", 404), ("--max-cost-per-day", 808)])
def test_a_job_may_cost_the_limit_and_not_a_tenth_of_a_cent_more(
    luma: Program, api: FakeApi, flag: str, exact: int
) -> None:
    create(luma, api)
    api.on("POST", "/generations", generation(id=OTHER_ID))

    over = luma("generations", "create", "--prompt", "x", flag, str((exact - 10) / 10_000))
    at_limit = luma("generations", "create", "--prompt", "x", flag, str(exact / 10_000))

    assert (over.exit_code, at_limit.exit_code) == (5, 0)
    assert f"the limit is ${(exact - 10) / 10_000} (`{flag}`)\n" in over.stderr


def test_a_dry_run_sends_and_notes_nothing(luma: Program, api: FakeApi, state: Path) -> None:
    Path("fox.png").write_bytes(PNG)

    result = luma("generations", "create", "--prompt", "x", "--ref", "fox.png", "--dry-run")

    assert (result.exit_code, result.stderr, api.sent) == (0, "", [])
    assert not state.exists()
    assert json.loads(result.stdout) == {
        "method": "POST",
        "url": "https://api.test/v1/generations",
        "request": {
            "prompt": "x",
            "image_ref": [{"data": "<image/png, 608 bytes>", "media_type": "image/png"}],
        },
        "cost_usd": 0.0434,
        "cost": "$0.0434",
        "why": "uni-1, 1 input image",
        "prices_as_of": "2026-10",
        "would_be_refused": [],
    }


def test_a_dry_run_says_what_would_be_refused(luma: Program) -> None:
    result = luma("generations", "create", "--model", "uni-2", "--dry-run")

    fields = json.loads(result.stdout)
    assert (result.exit_code, fields["cost_usd"]) == (3, None)
    details = [refusal["detail"] for refusal in fields["would_be_refused"]]
    assert result.stderr == (
        f"error: the API would reject this: {details[0]}\n"
        "hint: this version knows uni-1, uni-1-max, ray-3.2; change `--model`; nothing was sent\n"
    )


def test_the_cost_of_a_job(bare_luma: Program) -> None:
    result = bare_luma("cost", "--prompt", "x", "--model", "uni-1-max")
    unknown = bare_luma("cost", "--type", "video_reframe", "--model", "ray-3.2", terminal=True)

    assert json.loads(result.stdout)["cost_usd"] == 0.1
    assert unknown == Result(
        0,
        "unknown  the price depends on the length of the source, which is unknown\n",
        "",
    )


def test_the_length_of_a_source_is_known_from_the_history(luma: Program, api: FakeApi) -> None:
    create(luma, api, "--type", "video", "--model", "ray-3.2", "--duration", "10s")

    argv = ("cost", "--type", "video_reframe", "--model", "ray-3.2", "--source", "gen:@last")
    result = luma(*argv, "--transform", "cost", "-r")

    assert result == Result(0, "$1.20\n", "")


def test_how_long_it_usually_takes_is_known_after_five(
    luma: Program, api: FakeApi, state: Path
) -> None:
    create(luma, api)
    for number in range(5):
        an_id = f"{number}{ID[1:]}"
        notes = JobHistory(Journal(state / "history.db", print), print)
        assert notes.expected_seconds(ID) is None
        api.on("GET", f"/generations/{an_id}", completed(id=an_id))
        create(luma, api, "--wait", an_id=an_id)

    assert JobHistory(Journal(state / "history.db", print), print).expected_seconds(ID) is not None


@pytest.mark.parametrize("an_id", ["9" * 20, "\udce9", "-", "@last~0x"])
def test_ids_that_no_history_can_hold(luma: Program, api: FakeApi, an_id: str) -> None:
    create(luma, api)

    result = luma("generations", "show", an_id)

    assert (result.exit_code in (1, 2), result.stdout) == (True, "")


def test_an_odd_request_is_not_stopped_by_its_price(luma: Program, api: FakeApi) -> None:
    assert create(luma, api, "--param", "model={a: 1}", "--param", "video={duration: [1]}") == (
        luma_answer()
    )
    assert entries(luma)[0]["cost_usd"] is None


def luma_answer() -> Result:
    return Result(0, json.dumps(generation(id=ID), indent=2) + "\n", "")


def test_list_names_the_states_when_one_is_unknown(luma: Program) -> None:
    result = luma("generations", "list", "--state", "done")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "error: unknown state `done`\n"
        "hint: use one of queued, processing, completed, failed, sending, refused, unknown\n"
    )


def test_refused_submissions_in_a_pipe_are_skipped(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", httpx.Response(422, json={"detail": "No"}))
    luma("generations", "create", "--prompt", "x")
    listed = luma("generations", "list", "--format", "json").stdout
    skipped = "note: skipped 1 submission without a generation id\n"

    alone = luma("generations", "wait", stdin=listed)
    assert (alone.exit_code, alone.stdout) == (2, "")
    assert alone.stderr.startswith(f"{skipped}error: no generation id")

    create(luma, api)
    api.on("GET", f"/generations/{ID}", completed(id=ID), completed(id=ID))
    for style in ("jsonl", "yaml"):
        listed = luma("generations", "list", "--format", style).stdout
        waited = luma("generations", "wait", "--transform", "id", "-r", stdin=listed)
        assert waited == Result(0, f"{ID}\n", skipped)


def test_resume_names_jobs_that_it_does_not_wait_for(luma: Program, api: FakeApi) -> None:
    create(luma, api)
    assert luma("generations", "resume") == Result(
        0,
        "",
        "note: nothing to resume; 1 job without `--wait`, `-o` or `-d` may still be running:"
        f" `luma-agents-cli generations download --wait {ID}` saves its output\n",
    )

    create(luma, api, an_id=OTHER_ID)
    assert luma("generations", "resume") == Result(
        0,
        "",
        "note: nothing to resume; jobs without `--wait`, `-o` or `-d` may still be running:"
        " `luma-agents-cli generations list --refresh` prints them\n",
    )

    for an_id in (ID, OTHER_ID):
        api.on("GET", f"/generations/{an_id}", completed(id=an_id))
        luma("generations", "get", an_id)
    assert luma("generations", "resume").stderr == "note: nothing is left to do\n"


def test_a_history_in_which_nothing_was_spent(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", httpx.Response(422, json={"detail": "No"}))
    luma("generations", "create", "--prompt", "x")

    assert luma("generations", "list", "--spend", "day") == Result(
        0, "", "note: nothing was spent; jobs of sandboxes and refunded jobs are free\n"
    )


def test_what_is_refused_or_refunded_has_no_cost(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", httpx.Response(422, json={"detail": "No"}))
    luma("generations", "create", "--prompt", "x")
    create(luma, api)
    moderated = generation(
        "failed", id=ID, failure_code="content_moderated", failure_reason="Moderated"
    )
    api.on("GET", f"/generations/{ID}", moderated)
    luma("generations", "get", ID)
    create(luma, api, an_id=OTHER_ID)

    assert [entry["cost_usd"] for entry in entries(luma)] == [0.0404, None, None]
    api.on("GET", f"/generations/{OTHER_ID}", generation(id=OTHER_ID))
    table = luma("generations", "list", terminal=True).stdout.splitlines()
    assert [line.split()[4] for line in table[1:]] == ["$0.0404", "-", "-"]


def test_a_limit_on_cost_names_where_it_is_set(luma: Program, api: FakeApi) -> None:
    luma("config", "set", "max_cost", "0.01")
    by_file = luma("generations", "create", "--prompt", "x")
    luma.environ["LUMA_MAX_COST"] = "0.02"
    by_variable = luma("generations", "create", "--prompt", "x")

    assert (by_file.exit_code, by_variable.exit_code, api.sent) == (5, 5, [])
    limit = "the job costs $0.0404; the limit is"
    assert by_file.stderr.startswith(f"error: {limit} $0.01 (`max_cost` in the config file)\n")
    assert by_variable.stderr.startswith(f"error: {limit} $0.02 (`LUMA_MAX_COST`)\n")
