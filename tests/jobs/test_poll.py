"""Polling: when it looks, what it survives, and when it gives up."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from luma_cli.api.client import LumaClient
from luma_cli.errors import LumaError
from luma_cli.jobs.outage import Outage
from luma_cli.jobs.poll import Finished, JobPoll, Watch
from luma_cli.jobs.scheduler import Scheduler
from tests.support.fake_api import BASE_URL, FakeApi, completed, generation
from tests.support.program import KEY, TestClock
from tests.support.simulated_workers import SimulatedWorkers

PATH = "/generations/gen_1"
PROCESSING = generation("processing")
DONE = completed("a.png")


@pytest.fixture
def client(api: FakeApi) -> Iterator[LumaClient]:
    with httpx.Client(transport=httpx.MockTransport(api.handle)) as http:
        yield LumaClient(lambda **_: http, BASE_URL, KEY, {}, lambda _: None)


def wait(
    client: LumaClient,
    clock: TestClock,
    *ids: str,
    states: list[str] | None = None,
    on_trouble: Callable[[str | None, float], None] = lambda *_: None,
    age_of: Callable[[str], float] = lambda _: math.inf,
    **plan: Any,
) -> list[Finished]:
    def report(_: str, state: str) -> None:
        if states is not None:
            states.append(state)

    watch = Watch(client.get_generation, report, Outage(on_trouble), age_of)
    workers = SimulatedWorkers(clock)
    scheduler = Scheduler(clock, lambda finished, _: finished, workers=workers)
    scheduler.read_from(JobPoll(each, watch, **plan) for each in ids or ("gen_1",))
    return list(scheduler.run())


def end_of(ended: Finished) -> tuple[str, str]:
    """Return an id and how its watch ended: the state, or the error's code."""
    if ended.error is not None:
        return ended.id, ended.error.code
    assert ended.answer is not None
    return ended.id, ended.answer.generation.state


def test_the_pause_grows_from_one_second_to_five_and_stays(
    client: LumaClient, api: FakeApi, clock: TestClock
) -> None:
    api.on("GET", PATH, *[PROCESSING] * 12, DONE)

    (ended,) = wait(client, clock)

    assert end_of(ended) == ("gen_1", "completed")
    assert clock.sleeps == pytest.approx([min(1.25**step, 5) for step in range(12)])
    assert clock.sleeps[-3:] == [5, 5, 5]


def test_a_poll_interval_fixes_the_pause(
    client: LumaClient, api: FakeApi, clock: TestClock
) -> None:
    api.on("GET", PATH, *[PROCESSING] * 4, DONE)

    wait(client, clock, poll_interval=0.25)

    assert clock.sleeps == [0.25] * 4


def test_the_first_poll_of_a_new_job_follows_the_first_pause(
    client: LumaClient, api: FakeApi, clock: TestClock
) -> None:
    states: list[str] = []
    api.on("GET", PATH, PROCESSING, DONE)

    wait(client, clock, just_submitted=True, poll_interval=2, states=states)

    assert clock.sleeps == [2, 2]
    assert states == ["submitted", "processing", "completed"]


def test_a_new_job_is_not_polled_before_such_jobs_end(
    client: LumaClient, api: FakeApi, clock: TestClock
) -> None:
    api.on("GET", PATH, PROCESSING, DONE)

    wait(client, clock, just_submitted=True, first_look=38.5)

    assert clock.sleeps == [38.5, 1.0]


def test_many_ids_share_one_schedule(client: LumaClient, api: FakeApi, clock: TestClock) -> None:
    for each, pending in (("a", 2), ("b", 0), ("c", 1)):
        answers = [generation("processing", id=each)] * pending
        api.on("GET", f"/generations/{each}", *answers, completed(id=each))

    ends = wait(client, clock, "a", "b", "c", poll_interval=1)

    assert [ended.id for ended in ends] == ["b", "c", "a"]
    assert clock.time == 2
    assert [sent.url[-1] for sent in api.sent] == ["a", "b", "c", "a", "c", "a"]


def test_hundreds_of_ids_take_no_longer_than_one(
    client: LumaClient, api: FakeApi, clock: TestClock
) -> None:
    ids = [f"gen_{number}" for number in range(300)]
    for each in ids:
        processing = generation("processing", id=each)
        api.on("GET", f"/generations/{each}", processing, processing, completed(id=each))

    ends = wait(client, clock, *ids, poll_interval=1)

    assert [ended.id for ended in ends] == ids
    assert (clock.time, len(api.sent)) == (2, 900)


@pytest.mark.parametrize(
    ("trouble", "pause"),
    [
        (httpx.ConnectError("[Errno -2] Name or service not known"), 1),
        (httpx.ReadTimeout("slow"), 1),
        (httpx.RemoteProtocolError("peer closed connection"), 1),
        (httpx.Response(500, json={"detail": "Internal error"}), 1),
        (httpx.Response(503, html="<html>busy</html>"), 1),
        (httpx.Response(429, json={"detail": "Slow down"}), 1),
        (httpx.Response(429, headers={"Retry-After": "17"}, json={"detail": "Slow down"}), 17),
        (httpx.Response(429, headers={"Retry-After": "soon"}, json={"detail": "Slow down"}), 1),
        (httpx.Response(429, headers={"Retry-After": "86400"}, json={"detail": "Slow down"}), 60),
        (httpx.Response(200, text='{"id": "gen_1", "sta'), 1),
        (httpx.Response(200, html="<html>welcome</html>"), 1),
        (httpx.Response(200, json={}), 1),
        (httpx.Response(200, json=[]), 1),
        (httpx.Response(200, json="gen_1 completed"), 1),
        (httpx.Response(200, json={"id": "gen_1"}), 1),
        (httpx.Response(200, json={"id": True, "state": "completed"}), 1),
        (httpx.Response(301, headers={"Location": "https://elsewhere.test"}), 1),
        (httpx.Response(302, headers={"Location": "https://portal.test/login"}), 1),
        (httpx.Response(302, json={"detail": "Found"}), 1),
        (httpx.Response(400, html="<html>bad gateway</html>"), 1),
        (httpx.Response(401, html="<html>log in to the network</html>"), 1),
        (httpx.Response(403, html="<html>blocked by policy</html>"), 1),
        (httpx.Response(403, json={"error": "blocked"}), 1),
        (httpx.Response(404, html="<html>no such page</html>"), 1),
        (httpx.Response(404), 1),
        (httpx.Response(407, html="<html>proxy</html>"), 1),
        (httpx.Response(407, json={"detail": "Proxy authentication required"}), 1),
        (httpx.Response(408, json={"detail": "Request timeout"}), 1),
        (httpx.Response(425, json={"detail": "Too early"}), 1),
    ],
)
def test_polling_survives_temporary_errors(
    client: LumaClient,
    api: FakeApi,
    clock: TestClock,
    trouble: httpx.Response | Exception,
    pause: float,
) -> None:
    states: list[str] = []
    api.on("GET", PATH, PROCESSING, trouble, DONE)

    (ended,) = wait(client, clock, poll_interval=1, states=states)

    assert end_of(ended) == ("gen_1", "completed")
    assert states == ["processing", "no answer", "completed"]
    assert clock.sleeps == [1, pause]


def test_polling_backs_off_during_an_outage_and_resets_after_it(
    client: LumaClient, api: FakeApi, clock: TestClock
) -> None:
    lost = httpx.ConnectError("refused")
    api.on("GET", PATH, *[lost] * 7, *[PROCESSING] * 3, DONE)

    wait(client, clock, poll_interval=1)

    assert clock.sleeps == [1, 1, 2, 4, 8, 8, 8, 1, 1, 1]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        *((402, "funds"), (400, "rejected"), (404, "rejected")),
        *((410, "rejected"), (422, "rejected")),
    ],
)
def test_an_id_that_the_api_itself_refuses_ends_alone(
    client: LumaClient, api: FakeApi, clock: TestClock, status: int, code: str
) -> None:
    api.on("GET", "/generations/bad", httpx.Response(status, json={"detail": "No"}))
    api.on("GET", PATH, PROCESSING, DONE)

    refused, ended = wait(client, clock, "bad", "gen_1")

    assert (end_of(refused), end_of(ended)) == (("bad", code), ("gen_1", "completed"))
    assert isinstance(refused.error, LumaError)
    assert refused.error.generation_id == "bad"


def test_the_end_of_a_failed_job_is_an_end(
    client: LumaClient, api: FakeApi, clock: TestClock
) -> None:
    api.on("GET", PATH, generation("failed", failure_code="corrupt_input"))

    (ended,) = wait(client, clock)

    assert end_of(ended) == ("gen_1", "failed")


def test_polling_continues_through_unknown_states(
    client: LumaClient, api: FakeApi, clock: TestClock
) -> None:
    states: list[str] = []
    api.on("GET", PATH, generation("resting"), DONE)

    wait(client, clock, states=states)

    assert states == ["resting", "completed"]


@pytest.mark.parametrize(
    ("last", "seen"),
    [
        (PROCESSING, ""),
        (
            httpx.ConnectError("refused"),
            "; the last request failed: cannot connect to `api.test`: refused",
        ),
    ],
)
def test_a_timeout_polls_once_more_at_the_deadline(
    client: LumaClient,
    api: FakeApi,
    clock: TestClock,
    last: dict[str, Any] | Exception,
    seen: str,
) -> None:
    api.on("GET", PATH, PROCESSING, PROCESSING, last)

    (ended,) = wait(client, clock, deadline=7, poll_interval=5)

    assert end_of(ended) == ("gen_1", "wait_timeout")
    assert str(ended.error) == (f"timed out: generation gen_1 is still running{seen}")
    assert (clock.sleeps, clock.time) == ([5, 2], 7)


def test_the_last_poll_may_see_the_final_state(
    client: LumaClient, api: FakeApi, clock: TestClock
) -> None:
    api.on("GET", PATH, PROCESSING, DONE)

    (ended,) = wait(client, clock, deadline=3, poll_interval=60)

    assert end_of(ended) == ("gen_1", "completed")
    assert clock.time == 3


def test_all_ids_left_end_at_the_deadline(
    client: LumaClient, api: FakeApi, clock: TestClock
) -> None:
    api.on("GET", "/generations/a", generation("completed", id="a"))
    for each in ("b", "c"):
        api.on("GET", f"/generations/{each}", *[generation("queued", id=each)] * 3)

    ends = wait(client, clock, "a", "b", "c", deadline=3, poll_interval=2)

    assert [end_of(ended) for ended in ends] == [
        ("a", "completed"),
        ("b", "wait_timeout"),
        ("c", "wait_timeout"),
    ]
    assert clock.time == 3


def test_a_timeout_of_zero_polls_once(client: LumaClient, api: FakeApi, clock: TestClock) -> None:
    api.on("GET", PATH, PROCESSING)

    (ended,) = wait(client, clock, deadline=0)

    assert end_of(ended) == ("gen_1", "wait_timeout")
    assert clock.sleeps == []


def test_a_long_wait_keeps_asking(client: LumaClient, api: FakeApi, clock: TestClock) -> None:
    api.on("GET", PATH, *[httpx.ConnectError("refused")] * 1100, DONE)

    (ended,) = wait(client, clock)

    assert end_of(ended) == ("gen_1", "completed")
    assert max(clock.sleeps) == 8


def test_each_poll_has_its_own_request_id(
    client: LumaClient, api: FakeApi, clock: TestClock
) -> None:
    api.on("GET", PATH, PROCESSING, PROCESSING, DONE)

    wait(client, clock)

    request_ids = {sent.headers["x-request-id"] for sent in api.sent}
    assert len(request_ids) == 3
    assert all(re.fullmatch(r"[0-9a-f-]{36}", request_id) for request_id in request_ids)


def test_an_invalid_id_ends_polling(client: LumaClient, clock: TestClock) -> None:
    (ended,) = wait(client, clock, "..")

    assert end_of(ended) == ("..", "usage")


NOT_FOUND = httpx.Response(404, json={"detail": "Generation not found"})


def test_a_404_just_after_the_submission_is_waited_out_for_30_seconds(
    client: LumaClient, api: FakeApi, clock: TestClock
) -> None:
    api.on("GET", PATH, *[NOT_FOUND] * 5, DONE)

    (ended,) = wait(client, clock, just_submitted=True, poll_interval=4)

    assert end_of(ended) == ("gen_1", "completed")
    assert clock.time == 4 + 4 + 4 + 4 + 4 + 8  # the back-off of the fifth failure in a row


def test_a_404_half_a_minute_after_the_submission_is_an_end(
    client: LumaClient, api: FakeApi, clock: TestClock
) -> None:
    api.on("GET", PATH, *[NOT_FOUND] * 3)

    (ended,) = wait(client, clock, just_submitted=True, poll_interval=10)

    assert end_of(ended) == ("gen_1", "rejected")
    assert clock.time == 30


@pytest.mark.parametrize(("age", "code"), [(29.9, "completed"), (30.0, "rejected")])
def test_a_404_is_judged_by_the_age_that_the_history_knows(
    client: LumaClient, api: FakeApi, clock: TestClock, age: float, code: str
) -> None:
    ages: Callable[[str], float] = lambda _: age + clock.time  # noqa: E731
    api.on("GET", PATH, NOT_FOUND, *([DONE] if code == "completed" else []))

    (ended,) = wait(client, clock, age_of=ages)

    assert end_of(ended) == ("gen_1", code)


REFUSED = "cannot connect to `api.test`: connection refused"
CUT = httpx.ConnectError("[Errno 111] Connection refused")


def test_an_outage_is_reported_when_it_begins_and_ends(
    client: LumaClient, api: FakeApi, clock: TestClock
) -> None:
    told: list[tuple[str | None, float]] = []
    api.on("GET", PATH, CUT, CUT, PROCESSING, CUT, DONE)

    wait(client, clock, poll_interval=3, on_trouble=lambda *note: told.append(note))

    assert told == [(REFUSED, 3), (None, 0), (REFUSED, 3), (None, 0)]


def test_a_long_outage_is_reported_every_half_minute(
    client: LumaClient, api: FakeApi, clock: TestClock
) -> None:
    told: list[tuple[float, str | None, float]] = []
    slow_down = httpx.Response(429, headers={"Retry-After": "3600"}, json={"detail": "Slow down"})
    api.on("GET", PATH, *[CUT] * 8, slow_down, slow_down, PROCESSING)

    wait(
        client,
        clock,
        deadline=200,
        poll_interval=10,
        on_trouble=lambda problem, pause: told.append((clock.time, problem, pause)),
    )

    assert told == [
        *((0, REFUSED, 10), (30, REFUSED, 10), (60, REFUSED, 10)),
        *((80, "Slow down", 60), (140, "Slow down", 60)),
        (200, None, 0),
    ]


def test_an_outage_of_many_jobs_is_reported_once(
    client: LumaClient, api: FakeApi, clock: TestClock
) -> None:
    told: list[str | None] = []
    ids = [f"gen_{number}" for number in range(100)]
    for number, each in enumerate(ids):
        answers: list[Any] = [CUT, PROCESSING] if number % 2 else [PROCESSING, CUT]
        api.on("GET", f"/generations/{each}", *answers, completed(id=each))

    wait(client, clock, *ids, on_trouble=lambda problem, _: told.append(problem))

    assert told == [REFUSED, None]


def test_a_poll_takes_no_longer_than_the_time_left(api: FakeApi, clock: TestClock) -> None:
    waits: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        waits.append(request.extensions["timeout"]["read"])
        clock.time += 7
        return api.handle(request)

    api.on("GET", PATH, *[PROCESSING] * 3)
    transport = httpx.MockTransport(answer)
    with httpx.Client(transport=transport, timeout=60) as http:
        slow = LumaClient(lambda **_: http, BASE_URL, KEY, {}, lambda _: None)
        (ended,) = wait(slow, clock, deadline=20, poll_interval=1)

    assert end_of(ended) == ("gen_1", "wait_timeout")
    assert waits == [20, 12, 4]


def test_no_poll_after_the_deadline(client: LumaClient, api: FakeApi, clock: TestClock) -> None:
    def take_long(_: object) -> None:
        clock.time += 10

    api.before_answer = take_long
    api.on("GET", "/generations/a", generation("processing"))

    ended = wait(client, clock, "a", "b", deadline=5)

    assert [end_of(each) for each in ended] == [("a", "wait_timeout"), ("b", "wait_timeout")]
