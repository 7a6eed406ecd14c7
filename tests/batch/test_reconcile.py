"""What a batch does with each job of an earlier invocation, as a whole decision."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.batch import saved
from luma_cli.batch.job import PlannedJob
from luma_cli.batch.place import Place, Problem
from luma_cli.batch.reconcile import Action, Decision, OnChange, ReconcileOptions, reconcile
from luma_cli.batch.saved import checked_as_saved
from luma_cli.body.request import Request
from luma_cli.digests import sha256_of_version
from luma_cli.errors import GenerationFailedError, LumaError, ModeratedError, OutcomeUnknownError
from luma_cli.journal.run_job import CheckedFile, RunJob, checked_text
from luma_cli.rules.prices import Price
from luma_cli.transfers.download_log import SavedFile
from luma_cli.transfers.target import Target
from tests.journal.test_damage import VALUES

ID = "gen_1"
BYTES = b"a picture"
SUBMIT, WAIT = Decision(Action.SUBMIT), Decision(Action.WAIT, ID)
NO_FLAGS = ReconcileOptions()
RESUBMIT_FAILED = ReconcileOptions(resubmit_failed=True)
RESUBMIT_UNKNOWN = ReconcileOptions(resubmit_unknown=True)
RERUN, KEEP = (ReconcileOptions(on_change=each) for each in (OnChange.RERUN, OnChange.KEEP))
VERIFY = ReconcileOptions(verify=True)
EVERY_FLAG = [
    ReconcileOptions(*values)
    for values in itertools.product([False, True], [False, True], [None, *OnChange], [False, True])
]
PLANNED = PlannedJob(
    *(1, "sku-1", True, "d1", Request({}), Price(None, "")),
    *(Target(folder=Path("out"), name="{prompt}"), None, {}, Place("shots.csv", 2)),
)
CHANGED_ROW = PLANNED._replace(digest="d2")
REFUSED = RunJob("sku-1", "d1", entry=7, outcome="refused", detail="no funds")
SENDING = REFUSED._replace(outcome="sending", detail=None)
UNKNOWN = REFUSED._replace(
    outcome="unknown",
    detail="the connection was reset",
    attempts_text='[{"request_id": "r1"}, {"request_id": "r2"}]',
)
RUNNING = REFUSED._replace(outcome="accepted", detail=None, generation_id=ID, state="dreaming")
COMPLETED = RUNNING._replace(state="completed", is_done=True)
UNREADABLE = RUNNING._replace(generation_id=None, is_damaged=True)


def failed(code: str | None, reason: str | None = "no luck.") -> RunJob:
    return RUNNING._replace(state="failed", failure_code=code, failure_reason=reason, is_done=True)


GENERATION_FAILED = Decision(
    Action.FAILED,
    ID,
    error=GenerationFailedError(
        "generation gen_1 failed (generation_failed): no luck",
        hint="submit the same request again; the charge is refunded",
        generation_id=ID,
        failure_code="generation_failed",
    ),
)
MODERATED = Decision(
    Action.FAILED,
    ID,
    error=ModeratedError(
        "generation gen_1 failed (content_moderated): no luck",
        hint="change the prompt or the images; the charge is refunded",
        generation_id=ID,
        failure_code="content_moderated",
    ),
)
FAILED_SOMEHOW = Decision(
    Action.FAILED,
    ID,
    error=GenerationFailedError(
        "generation gen_1 failed (unknown): the server gave no reason", generation_id=ID
    ),
)
UNKNOWN_HINT = "look at the dashboard; `--resubmit-unknown` submits it again and may pay twice"
UNCLEAR = Decision(
    Action.UNKNOWN,
    error=OutcomeUnknownError(
        "entry 7 may or may not have been accepted: the connection was reset; request id r1, r2",
        hint=UNKNOWN_HINT,
    ),
)
DAMAGED = Decision(
    Action.UNKNOWN,
    error=OutcomeUnknownError(
        "entry 7 may or may not have been accepted: its entry in the history is damaged",
        hint=UNKNOWN_HINT,
    ),
)
BEING_SENT = Decision(
    Action.UNKNOWN,
    error=OutcomeUnknownError(
        "entry 7 is being sent by another process",
        hint="run the same command again when that process has ended",
    ),
)
CHANGED = Decision(
    Action.CHANGED,
    problem=Problem(
        Place("shots.csv", 2),
        "`sku-1` was already submitted with another request, as entry 7",
        hint="`--on-change rerun` submits it again and pays again, `--on-change keep` keeps the"
        " earlier job",
    ),
)


def facts(decision: Decision) -> Any:
    """Return a decision whose error can be compared."""
    error = decision.error
    return decision._replace(error=None), None if error is None else (type(error), vars(error))


def check(job: PlannedJob, known: RunJob | None, options: ReconcileOptions, want: Decision) -> None:
    assert facts(reconcile(job, known, options)) == facts(want)


@pytest.mark.parametrize("options", EVERY_FLAG)
@pytest.mark.parametrize("job", [PLANNED, CHANGED_ROW])
@pytest.mark.parametrize("known", [None, REFUSED._replace(entry=None, outcome=None), REFUSED])
def test_a_job_that_was_never_accepted_is_submitted(
    job: PlannedJob, known: RunJob | None, options: ReconcileOptions
) -> None:
    check(job, known, options, SUBMIT)


@pytest.mark.parametrize("options", EVERY_FLAG)
@pytest.mark.parametrize("job", [PLANNED, CHANGED_ROW])
def test_a_job_that_another_process_sends_is_never_submitted(
    job: PlannedJob, options: ReconcileOptions
) -> None:
    check(job, SENDING, options, BEING_SENT)


# What becomes of an unchanged row: without flags, with --resubmit-failed, with --resubmit-unknown.
UNCHANGED = [
    (RUNNING, WAIT, WAIT, WAIT),
    (RUNNING._replace(state="queued"), WAIT, WAIT, WAIT),
    (RUNNING._replace(state=None), WAIT, WAIT, WAIT),
    (COMPLETED._replace(is_done=False), WAIT, WAIT, WAIT),
    (COMPLETED, WAIT, WAIT, WAIT),  # no file is there
    (UNKNOWN, UNCLEAR, UNCLEAR, SUBMIT),
    (UNREADABLE, DAMAGED, DAMAGED, SUBMIT),
    (REFUSED._replace(outcome=None), DAMAGED, DAMAGED, SUBMIT),
    (failed("generation_failed"), GENERATION_FAILED, SUBMIT, GENERATION_FAILED),
    (failed("content_moderated"), MODERATED, MODERATED, MODERATED),
    (failed(None, None), FAILED_SOMEHOW, SUBMIT, FAILED_SOMEHOW),
]


@pytest.mark.parametrize(("known", "plain", "resubmit_failed", "resubmit_unknown"), UNCHANGED)
def test_an_unchanged_row(
    known: RunJob, plain: Decision, resubmit_failed: Decision, resubmit_unknown: Decision
) -> None:
    for options in (NO_FLAGS, RERUN, KEEP, VERIFY):
        check(PLANNED, known, options, plain)
    check(PLANNED, known, RESUBMIT_FAILED, resubmit_failed)
    check(PLANNED, known, RESUBMIT_UNKNOWN, resubmit_unknown)


# What becomes of a changed row: without flags, with --resubmit-failed, with --on-change keep.
CHANGES = [
    (RUNNING, CHANGED, CHANGED, WAIT),
    (COMPLETED, CHANGED, CHANGED, WAIT),
    (UNKNOWN, CHANGED, CHANGED, UNCLEAR),
    (UNREADABLE, CHANGED, CHANGED, DAMAGED),
    (failed("generation_failed"), CHANGED, SUBMIT, GENERATION_FAILED),
    (failed("content_moderated"), CHANGED, SUBMIT, MODERATED),
]


@pytest.mark.parametrize(("known", "plain", "resubmit_failed", "keep"), CHANGES)
def test_a_changed_row(
    known: RunJob, plain: Decision, resubmit_failed: Decision, keep: Decision
) -> None:
    for options in (NO_FLAGS, VERIFY):
        check(CHANGED_ROW, known, options, plain)
    check(CHANGED_ROW, known, RESUBMIT_FAILED, resubmit_failed)
    check(CHANGED_ROW, known, KEEP, keep)
    check(CHANGED_ROW, known, RERUN, SUBMIT)


def test_a_changed_row_of_unknown_outcome_is_submitted_if_that_is_asked_for() -> None:
    for known in (UNKNOWN, UNREADABLE):
        check(CHANGED_ROW, known, RESUBMIT_UNKNOWN, SUBMIT)


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("content_moderated", Action.FAILED),
        ("invalid_request", Action.FAILED),
        ("image_too_large", Action.FAILED),
        ("unsupported_format", Action.FAILED),
        ("corrupt_input", Action.FAILED),
        ("generation_failed", Action.SUBMIT),
        ("output_not_found", Action.SUBMIT),
        ("rate_limited", Action.SUBMIT),
        ("budget_exhausted", Action.SUBMIT),
        ("a_new_one", Action.SUBMIT),
    ],
)
def test_resubmit_failed_submits_what_need_not_fail_again(code: str, action: Action) -> None:
    assert reconcile(PLANNED, failed(code), RESUBMIT_FAILED).action is action
    assert reconcile(PLANNED, failed(code), NO_FLAGS).action is Action.FAILED


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files that are hashed."""
    names: list[str] = []

    def note(path: Path, version: Any) -> str | None:
        names.append(path.name)
        return sha256_of_version(path, version)

    monkeypatch.setattr(saved, "sha256_of_version", note)
    return names


def write(path: Path, content: bytes = BYTES) -> SavedFile:
    path.write_bytes(content)
    digest = sha256(content).hexdigest()
    return SavedFile(str(path), len(content), digest, "image/png")


def completed(*files: SavedFile, checked: dict[str, CheckedFile] | None = None) -> RunJob:
    recorded = json.dumps([file.fields() for file in files])
    return COMPLETED._replace(files_text=recorded, checked_text=checked_text(checked or {}))


def done(*files: SavedFile, hashed: Iterable[SavedFile] | None = None) -> Decision:
    checked = None if hashed is None else checked_as_saved(hashed)
    return Decision(Action.DONE, ID, files, checked=checked)


def test_a_file_is_hashed_once(folder: Path, hashed: list[str]) -> None:
    file = write(folder / "fox.png")

    check(PLANNED, completed(file), NO_FLAGS, done(file, hashed=[file]))
    assert hashed == ["fox.png"]

    known = completed(file, checked=checked_as_saved([file]))
    check(PLANNED, known, NO_FLAGS, done(file))
    assert hashed == ["fox.png"]

    check(PLANNED, known, VERIFY, done(file))
    assert hashed == ["fox.png"] * 2


def test_a_file_that_was_touched_is_hashed(folder: Path, hashed: list[str]) -> None:
    file = write(folder / "fox.png")
    known = completed(file, checked=checked_as_saved([file]))
    os.utime(file.path, ns=(1, 1))

    check(PLANNED, known, NO_FLAGS, done(file, hashed=[file]))

    assert hashed == ["fox.png"]


def test_a_check_of_other_bytes_does_not_count(folder: Path, hashed: list[str]) -> None:
    file = write(folder / "fox.png")
    (at, check_of_file) = next(iter(checked_as_saved([file]).items()))

    known = completed(file, checked={at: check_of_file._replace(sha256="other")})

    check(PLANNED, known, NO_FLAGS, done(file, hashed=[file]))
    assert hashed == ["fox.png"]


def test_a_file_that_changed_unseen_is_found_with_verify(folder: Path) -> None:
    file = write(folder / "fox.png")
    checked = checked_as_saved([file])
    (folder / "fox.png").write_bytes(BYTES[::-1])
    os.utime(file.path, ns=(1, checked[file.path].mtime_ns))

    check(PLANNED, completed(file, checked=checked), NO_FLAGS, done(file))
    check(PLANNED, completed(file, checked=checked), VERIFY, WAIT)


@pytest.mark.parametrize("content", [None, b"", b"a p", BYTES[::-1], BYTES * 2])
def test_a_file_that_is_missing_or_other_is_downloaded_again(
    folder: Path, content: bytes | None
) -> None:
    file = write(folder / "fox.png")
    checked = checked_as_saved([file])
    if content is None:
        (folder / "fox.png").unlink()
    else:
        (folder / "fox.png").write_bytes(content)
        os.utime(file.path, ns=(1, 1))

    for options in (NO_FLAGS, VERIFY, RESUBMIT_FAILED, RESUBMIT_UNKNOWN, KEEP):
        check(PLANNED, completed(file), options, WAIT)
        check(PLANNED, completed(file, checked=checked), options, WAIT)


def test_a_folder_with_the_name_of_the_file_is_not_the_file(folder: Path) -> None:
    file = write(folder / "fox.png")
    (folder / "fox.png").unlink()
    (folder / "fox.png").mkdir()

    check(PLANNED, completed(file), NO_FLAGS, WAIT)


def test_every_output_must_be_there(folder: Path) -> None:
    video, frames = write(folder / "a.mp4", b"video"), write(folder / "a.exr", b"frames")

    check(PLANNED, completed(video, frames), NO_FLAGS, done(video, frames, hashed=[video, frames]))
    Path(frames.path).unlink()
    check(PLANNED, completed(video, frames), NO_FLAGS, WAIT)


def test_an_output_whose_first_name_was_taken_is_there_under_its_second(folder: Path) -> None:
    file = write(folder / "fox-gen_1.png")
    (folder / "fox.png").write_bytes(b"of the user")
    planned_at = file._replace(path=str(folder / "fox.png"))

    check(PLANNED, completed(planned_at, file), NO_FLAGS, done(file, hashed=[file]))


def test_a_file_in_another_folder_is_not_the_output_of_this_run(folder: Path) -> None:
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir()
    file, copy = write(folder / "fox.png"), write(elsewhere / "fox.png")

    check(PLANNED, completed(copy), NO_FLAGS, WAIT)
    check(PLANNED, completed(file, copy), NO_FLAGS, done(file, hashed=[file]))
    Path(copy.path).unlink()
    check(PLANNED, completed(file, copy), NO_FLAGS, done(file, hashed=[file]))


@pytest.mark.parametrize(
    ("name", "is_it"),
    [
        ("fox.png", True),
        ("fox-0.mp4", True),
        ("fox-1a2b3c4d.png", True),
        ("foxes.png", False),
        ("hare.png", False),
    ],
)
def test_a_row_with_an_output_wants_that_name(folder: Path, name: str, is_it: bool) -> None:
    file = write(folder / name)
    job = PLANNED._replace(target=replace(PLANNED.target, output=Path("out/fox.png"), name=None))

    check(job, completed(file), NO_FLAGS, done(file, hashed=[file]) if is_it else WAIT)


@pytest.mark.parametrize("spelled", ["out", "./out", "../{}/out", "{}/../{}/out"])
def test_a_folder_is_found_however_it_is_spelled(folder: Path, spelled: str) -> None:
    here = folder.parent
    spelling = Path(spelled.format(here if spelled[0] == "{" else here.name, here.name))
    # as `JobHistory.file` records it
    file = write((spelling / "fox.png").absolute())

    for target in (replace(PLANNED.target, folder=each) for each in (Path("out"), spelling)):
        for each in (target, replace(target, output=target.folder / "fox.png")):
            job = PLANNED._replace(target=each)
            check(job, completed(file), NO_FLAGS, done(file, hashed=[file]))


def test_a_file_that_is_gone_again_was_not_checked(folder: Path) -> None:
    file = write(folder / "fox.png")
    other = file._replace(path=str(folder / "gone.png"))
    shorter = write(folder / "short.png")._replace(bytes=1)

    assert list(checked_as_saved([file, other, shorter])) == [file.path]


TEXTS = VALUES.filter(lambda value: value is None or isinstance(value, str))


@given(
    known=st.builds(
        RunJob,
        key=st.just("sku-1"),
        digest=st.sampled_from(["d1", ""]),
        checked_text=TEXTS,
        entry=st.none() | st.integers(),
        outcome=st.sampled_from([None, "sending", "accepted", "refused", "unknown"]),
        detail=TEXTS,
        generation_id=TEXTS,
        state=TEXTS | st.sampled_from(["completed", "failed"]),
        failure_code=TEXTS,
        failure_reason=TEXTS,
        files_text=TEXTS,
        attempts_text=TEXTS,
        is_done=st.booleans(),
    ),
    options=st.sampled_from(EVERY_FLAG),
)
def test_a_damaged_job_is_decided_and_is_never_paid_for_unasked(
    known: RunJob, options: ReconcileOptions
) -> None:
    decision = reconcile(PLANNED, known, options)

    assert decision.error is None or isinstance(decision.error, LumaError)
    was_accepted = known.entry is not None and known.outcome != "refused"
    if was_accepted and options in (NO_FLAGS, KEEP, VERIFY):
        assert decision.action is not Action.SUBMIT
