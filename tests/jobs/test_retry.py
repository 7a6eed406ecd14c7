"""How often a download is tried: as long as it comes further, and not behind the deadline."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from luma_cli.api.answer import Answer
from luma_cli.errors import (
    Exchange,
    RateLimitedError,
    UnavailableError,
    WaitTimeoutError,
)
from luma_cli.jobs.fetch import fetch_outputs, stream_output_to
from luma_cli.jobs.retry import RetryPolicy, backoff_seconds, retry
from luma_cli.transfers.download_log import NO_LOG
from luma_cli.transfers.target import Target
from tests.support.fake_api import FakeApi, completed
from tests.support.program import Program, Result, TestClock
from tests.support.storage import Storage

CONTENT = b"\x89PNG\r\n\x1a\n" + bytes(range(92))
JOB = {"id": "gen_1", "state": "completed", "output": [{"url": "https://storage.test/a.png"}]}
ANSWER = Answer(json.dumps(JOB), Exchange("GET", "https://api.test/v1/generations/gen_1"))


def save(
    storage: Callable[[httpx.Request], httpx.Response],
    clock: TestClock,
    retries: int,
    deadline: float = math.inf,
) -> None:
    with httpx.Client(transport=httpx.MockTransport(storage)) as http:
        list(
            fetch_outputs(
                lambda _: http,
                ANSWER,
                Target(output=Path("out/a.png")),
                renew=lambda: ANSWER,
                policy=RetryPolicy(retries, clock, lambda *_: None),
                report=lambda *_: None,
                log=NO_LOG,
                facts={},
                deadline=deadline,
            )
        )


def stream_to(
    storage: Callable[[httpx.Request], httpx.Response],
    clock: TestClock,
    retries: int,
    deadline: float = math.inf,
) -> None:
    got: list[bytes] = []
    with httpx.Client(transport=httpx.MockTransport(storage)) as http:
        stream_output_to(
            lambda _: http,
            ANSWER,
            got.append,
            renew=lambda: ANSWER,
            policy=RetryPolicy(retries, clock, lambda *_: None),
            report=lambda *_: None,
            deadline=deadline,
        )
    assert b"".join(got) == CONTENT


@pytest.mark.parametrize("fetch", [save, stream_to])
def test_a_download_that_comes_further_each_time_is_never_given_up(
    clock: TestClock, fetch: Callable[..., None]
) -> None:
    fetch(Storage(CONTENT, cuts=list(range(10, 100, 5))), clock, retries=1)

    assert clock.sleeps == [0.5] * 18  # each time as after a first failure


def test_a_download_that_breaks_again_and_again_is_reported_now_and_then(
    luma: Program, api: FakeApi
) -> None:
    storage = Storage(CONTENT, cuts=list(range(10, 100, 5)))
    api.on("GET", "/generations/gen_1", completed("a.png"))
    luma.transport = httpx.MockTransport(
        lambda request: storage(request) if "a.png" in request.url.path else api.handle(request)
    )

    result = luma("generations", "download", "gen_1")

    broken = "note: the download was interrupted: the connection to `storage.test` broke: reset"
    counts = ["", "", "", " (4 times)", " (8 times)", " (16 times)"]
    notes = [f"{broken}{count}; retrying in 0.5 s\n" for count in counts]
    assert result == Result(0, "gen_1.png\n", "".join(notes))


@pytest.mark.parametrize("fetch", [save, stream_to])
def test_a_download_that_comes_no_further_is_given_up(
    clock: TestClock, fetch: Callable[..., None]
) -> None:
    with pytest.raises(UnavailableError):
        fetch(Storage(CONTENT, cuts=[50] * 9), clock, retries=3)

    assert clock.sleeps == [0.5, 1.0, 2.0]


def test_a_download_that_begins_again_and_again_is_given_up(clock: TestClock) -> None:
    """The part grows at each whole answer, and is dropped at each range, without end."""
    honest = Storage(CONTENT, cuts=[50] * 99)

    def host(request: httpx.Request) -> httpx.Response:
        if "Range" in request.headers:
            return httpx.Response(416)
        return honest(request)

    with pytest.raises(UnavailableError):
        save(host, clock, retries=4)

    assert len(clock.sleeps) == 4


def test_a_link_that_is_refused_after_progress_is_renewed_again(clock: TestClock) -> None:
    storage, asked = Storage(CONTENT, cuts=list(range(10, 100, 10))), 0

    def host(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        return httpx.Response(403) if asked % 3 == 0 else storage(request)

    save(host, clock, retries=1)

    assert Path("out/a.png").read_bytes() == CONTENT


@pytest.mark.parametrize("fetch", [save, stream_to])
def test_no_retry_is_made_behind_the_deadline(clock: TestClock, fetch: Callable[..., None]) -> None:
    with pytest.raises(WaitTimeoutError) as late:
        fetch(lambda _: httpx.Response(503), clock, retries=9, deadline=4.0)

    assert clock.sleeps == [0.5, 1.0, 2.0]  # the next one would be at 7.5 s
    assert late.value.message == "`--timeout` ran out: the storage host answered HTTP 503"
    assert late.value.exchange is not None


def test_a_read_is_not_repeated_behind_the_deadline(clock: TestClock) -> None:
    def read() -> None:
        raise UnavailableError("down")

    with pytest.raises(WaitTimeoutError, match="down"):
        retry(read, RetryPolicy(9, clock, lambda *_: None), deadline=1.5)

    assert clock.sleeps == [0.5]


@pytest.mark.parametrize(("asked", "pause"), [(3600.0, 60.0), (7.0, 7.0), (0.0, 0.0)])
def test_a_server_may_ask_for_a_pause_of_a_read_that_is_bounded(asked: float, pause: float) -> None:
    problem = RateLimitedError("slow down", retry_after_seconds=asked)

    assert backoff_seconds(1, problem) == pause
