"""Results of every status, for the tests of what is printed and written."""

from __future__ import annotations

from decimal import Decimal

from luma_cli.batch.result import RowResult, Status
from luma_cli.errors import Exchange, GenerationFailedError, OutcomeUnknownError, RejectedError
from luma_cli.transfers.download_log import SavedFile

MUG = SavedFile("out/mug.png", 48_213, "ab" * 32, "image/png")
LAMP = SavedFile("out/lamp.png", 51_902, "cd" * 32, "image/png")

SAVED = RowResult(
    row=1,
    key="mug",
    status=Status.SAVED,
    generation_id="gen_1",
    generation_text='{ "id": "gen_1", "seed": 1.0e3,\n  "prompt": "\\u00fc" }',
    files=[MUG],
    cost=Decimal("0.0434"),
    cells={"id": "mug", "prompt": "a mug"},
    seconds=12.5,
)
FAILED = RowResult(
    row=2,
    key="vase",
    status=Status.FAILED,
    generation_id="gen_2",
    generation_text='{"id":"gen_2","state":"failed"}',
    error=GenerationFailedError(
        "generation gen_2 failed: no output",
        failure_code="output_not_found",
        generation_id="gen_2",
        hint="run it again",
    ),
    cells={"id": "vase", "prompt": "a vase"},
    seconds=31.25,
)
REFUSED = RowResult(
    row=3,
    key="bowl",
    status=Status.REFUSED,
    error=RejectedError(
        "aspect_ratio is invalid",
        exchange=Exchange(
            "POST", "https://api.example/v1/generations", 422, "req_1", {"detail": "no"}
        ),
    ),
    cells={"id": "bowl", "prompt": "a bowl"},
)
SKIPPED = RowResult(
    row=4,
    key="lamp",
    status=Status.SKIPPED,
    reused=True,
    generation_id="gen_4",
    files=[LAMP],
    cost=Decimal("0.0434"),
    cells={"id": "lamp", "prompt": "a lamp"},
)
UNKNOWN = RowResult(
    row=5,
    key="sofa",
    status=Status.UNKNOWN,
    error=OutcomeUnknownError("the connection broke after the request was sent"),
    cost=Decimal("0.0434"),
    cells={"id": "sofa", "prompt": "a sofa"},
)
NOT_SENT = RowResult(
    row=6, key="desk", status=Status.NOT_SENT, cells={"id": "desk", "prompt": "a desk"}
)
RUNNING = RowResult(
    row=7,
    key="door",
    status=Status.RUNNING,
    generation_id="gen_7",
    cost=Decimal("0.10"),
    cells={"id": "door", "prompt": "a door"},
)
ALL = [SAVED, FAILED, REFUSED, SKIPPED, UNKNOWN, NOT_SENT, RUNNING]
