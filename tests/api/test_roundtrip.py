"""Limits of time and size that hold against a server that drips, floods or never ends."""

from __future__ import annotations

import gzip
import itertools
import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from luma_cli.api.client import LumaClient
from luma_cli.api.roundtrip import REQUEST_THREAD
from luma_cli.api.transport import build_client
from luma_cli.body.encode import EncodedBody
from luma_cli.errors import (
    OutcomeUnknownError,
    StoppedError,
    UnavailableError,
    WaitTimeoutError,
)
from luma_cli.host import Clock
from luma_cli.interrupts import Interrupts
from tests.support.program import KEY, Program, Result, TestClock
from tests.support.raw_api import GENERATION_ID, RawApi, Request, answer, job, raw_api
from tests.support.raw_server import Asked, RawServer, Reply
from tests.support.raw_server import answer as raw_answer

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
# Far more than the limits under test, far less than a server that never ends.
PATIENCE_SECONDS = 10


def drip(pieces: Iterable[bytes]) -> Callable[[Request], None]:
    """Return what sends piece after piece for as long as somebody listens."""

    def respond(request: Request) -> None:
        pause = threading.Event()
        with suppress(OSError):
            for piece in pieces:
                request.connection.sendall(piece)
                pause.wait(0.02)

    return respond


def endless(first: bytes, then: bytes) -> Iterator[bytes]:
    return itertools.chain([first], itertools.repeat(then))


@pytest.fixture
def luma(tmp_path: Path) -> Program:
    """The program on a real network, which ends at this machine."""
    program = Program(tmp_path / "config.toml", TestClock(), None)
    program.environ |= {"LUMA_AGENTS_API_KEY": KEY, "LUMA_STATE_DIR": str(tmp_path / "state")}
    return program


DRIPS = {
    "head": lambda: endless(HEAD, b"X-Padding: 1\r\n"),
    "status line": lambda: endless(b"HTTP/1.1 200 O", b"K"),
    "body": lambda: endless(HEAD + b"Content-Length: 9999999\r\n\r\n{", b" "),
    "chunks": lambda: endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "early hints": lambda: endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
}


@pytest.mark.parametrize("name", DRIPS)
def test_a_read_of_an_answer_that_drips_ends_in_time(name: str, luma: Program) -> None:
    started = time.monotonic()
    with raw_api(drip(DRIPS[name]())) as api:
        luma.environ["LUMA_BASE_URL"] = api.base_url
        result = luma(
            *("generations", "get", GENERATION_ID),
            *("--request-timeout", "300ms", "--max-retries", "0"),
        )

    assert result.exit_code == 10
    assert "stopped answering" in result.stderr
    assert time.monotonic() - started < PATIENCE_SECONDS


@pytest.mark.parametrize("name", DRIPS)
def test_a_submission_whose_answer_drips_ends_in_time(name: str, luma: Program) -> None:
    started = time.monotonic()
    with raw_api(drip(DRIPS[name]())) as api:
        luma.environ["LUMA_BASE_URL"] = api.base_url
        result = luma("generations", "create", "--prompt", "x", "--request-timeout", "300ms")

    assert (result.exit_code, api.count("POST")) == (11, 1)
    assert "may or may not have been accepted" in result.stderr
    assert time.monotonic() - started < PATIENCE_SECONDS


def accepting(first: bytes, then: bytes = b" ") -> Callable[[Request], None]:
    """Return what begins the answer to a POST with `first`, and drips; a GET is answered well."""

    def respond(request: Request) -> None:
        if request.method == "POST":
            drip(endless(first, then))(request)
        else:
            request.connection.sendall(answer(job()))

    return respond


def test_an_id_is_kept_when_the_rest_of_its_answer_drips(luma: Program) -> None:
    begun = answer(f'{{"id": "{GENERATION_ID}", "x": "'.encode(), 201, length=99_999)
    with raw_api(accepting(begun)) as api:
        luma.environ["LUMA_BASE_URL"] = api.base_url
        result = luma("generations", "create", "--prompt", "x", "--request-timeout", "300ms")

    assert result.exit_code == 0
    assert json.loads(result.stdout)["id"] == GENERATION_ID
    assert result.stderr == f"note: submitted as {GENERATION_ID}\n"


def flood(coding: str, content: bytes) -> Callable[[Request], None]:
    headers = f"Content-Encoding: {coding}\r\n"

    def respond(request: Request) -> None:
        if request.method == "POST":
            request.connection.sendall(answer(content, 201, headers=headers))
        else:
            request.connection.sendall(answer(job()))

    return respond


def test_an_id_is_kept_when_its_answer_unpacks_to_a_flood(luma: Program) -> None:
    text = f'{{"id": "{GENERATION_ID}", "x": "'.encode() + b"a" * 100_000_000
    with raw_api(flood("gzip", gzip.compress(text, 1))) as api:
        luma.environ["LUMA_BASE_URL"] = api.base_url
        result = luma("generations", "create", "--prompt", "x")

    assert (result.exit_code, result.stderr) == (0, f"note: submitted as {GENERATION_ID}\n")


@pytest.mark.parametrize(
    ("status", "size", "words"),
    [
        (200, 17 * 1024 * 1024, "the server's answer is larger than any answer of the API"),
        (404, 2 * 1024 * 1024, "the server answered HTTP 404 without a reason"),
    ],
)
def test_a_flood_is_not_taken_in(luma: Program, status: int, size: int, words: str) -> None:
    def respond(request: Request) -> None:
        request.connection.sendall(answer(b'{"detail": "' + b"a" * size + b'"}', status))

    with raw_api(respond) as api:
        luma.environ["LUMA_BASE_URL"] = api.base_url
        result = luma("generations", "get", GENERATION_ID, "--max-retries", "0")

    assert words in result.stderr
    assert len(result.stderr) < 2000


def test_codings_on_top_of_each_other_are_not_unpacked(luma: Program) -> None:
    body = gzip.compress(gzip.compress(json.dumps(job()).encode()))

    def respond(request: Request) -> None:
        headers = "Content-Encoding: gzip, gzip\r\n"
        request.connection.sendall(answer(body, headers=headers))

    with raw_api(respond) as api:
        luma.environ["LUMA_BASE_URL"] = api.base_url
        result = luma("generations", "get", GENERATION_ID, "--max-retries", "0")

    assert result.exit_code == 10


@contextmanager
def client_for(api: RawApi, interrupts: Interrupts | None = None) -> Iterator[LumaClient]:
    new_http = partial(
        build_client, secure=False, redirects=False, request_timeout=5, transport=None
    )
    made = LumaClient(new_http, api.base_url, KEY, {}, lambda _: None, interrupts=interrupts)
    with closing(made):
        yield made


def test_a_submission_has_a_connection_of_its_own() -> None:
    used: list[socket.socket] = []

    def respond(request: Request) -> None:
        if request.connection in used:  # it had gone stale
            request.connection.close()
            return
        used.append(request.connection)
        request.connection.sendall(answer(job(), 201))

    with raw_api(respond) as api, client_for(api) as client:
        client.create_file(EncodedBody({"size_bytes": 1}))
        ids = [
            client.create_generation(
                EncodedBody({"prompt": "x"}), lambda _: None, "r"
            ).generation_id
            for _ in range(2)
        ]

    assert ids == [GENERATION_ID] * 2


def test_a_submission_cuts_no_other_request() -> None:
    polled, submitted = threading.Event(), threading.Event()

    def respond(request: Request) -> None:
        if request.method == "GET":
            polled.set()
            submitted.wait()
        request.connection.sendall(answer(job(), 201 if request.method == "POST" else 200))

    with raw_api(respond) as api, client_for(api) as client, ThreadPoolExecutor() as pool:
        poll = pool.submit(client.get_generation, GENERATION_ID)
        polled.wait()
        client.create_generation(EncodedBody({"prompt": "x"}), lambda _: None, "r")
        submitted.set()

        assert poll.result().generation_id is None


def test_bytes_behind_an_answer_are_not_taken_for_the_next_one(luma: Program) -> None:
    states = iter(["queued", "processing", "completed"])

    def respond(request: Request) -> None:
        forged = answer(job("failed", failure_code="generation_failed"))
        request.connection.sendall(answer(job(next(states))) + forged)

    with raw_api(respond) as api:
        luma.environ["LUMA_BASE_URL"] = api.base_url
        result = luma("generations", "wait", GENERATION_ID, "--transform", "state", "-r")

    assert result == Result(0, "completed\n", "")


class RealClock(TestClock):
    """The machine's clock: what is tested is time itself."""

    def now(self) -> float:
        return Clock().now()

    def sleep(self, seconds: float) -> None:
        Clock().sleep(seconds)


class Body:
    """A body of two pieces; `between` is called before the last one."""

    length, preview = 2, "{}"

    def __init__(self, between: Callable[[], object]) -> None:
        self._between = between

    def chunks(self) -> Iterator[bytes]:
        yield b"{"
        self._between()
        yield b"}"


def test_a_connection_that_comes_up_too_late_sends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    look_up, is_given_up = socket.getaddrinfo, threading.Event()

    def slow(*name: Any, **options: Any) -> Any:
        assert is_given_up.wait(PATIENCE_SECONDS)
        return look_up(*name, **options)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with raw_api(lambda request: request.connection.sendall(answer(job(), 201))) as api:
        made = LumaClient(lambda **_: httpx.Client(timeout=0.3), api.base_url, KEY, {}, print)
        with closing(made), pytest.raises(UnavailableError, match="timed out") as failure:
            made.create_generation(EncodedBody({"prompt": "x"}), lambda _: None, "r")
        is_given_up.set()
        for thread in threading.enumerate():
            if thread.name == REQUEST_THREAD:
                thread.join(PATIENCE_SECONDS)

    assert failure.value.may_be_retried
    assert api.asked == []


def test_a_submission_that_is_not_sent_in_time_never_is() -> None:
    never = threading.Event()
    try:
        with raw_api(lambda _: None) as api, client_for(api) as client:
            body = Body(lambda: never.wait(PATIENCE_SECONDS))
            with pytest.raises(WaitTimeoutError, match="no job was made"):
                client.create_generation(body, lambda _: None, "r", seconds=0.2)
    finally:
        never.set()

    assert api.asked == []


def test_with_no_time_left_nothing_is_submitted(luma: Program) -> None:
    luma.clock = RealClock()
    with raw_api(lambda request: request.connection.sendall(answer(job(), 201))) as api:
        luma.environ["LUMA_BASE_URL"] = api.base_url
        result = luma("generations", "create", "--prompt", "x", "--wait", "--timeout", "1ms")

    assert (result.exit_code, api.asked) == (9, [])
    assert "no job was made" in result.stderr


def test_the_answer_to_what_was_sent_in_time_may_be_late(luma: Program) -> None:
    late = threading.Event()

    def respond(request: Request) -> None:
        if request.method == "POST":
            late.wait(1.5)
            request.connection.sendall(answer(job(), 201))
        else:
            request.connection.sendall(answer(job()))

    luma.clock = RealClock()
    with raw_api(respond) as api:
        luma.environ["LUMA_BASE_URL"] = api.base_url
        result = luma("generations", "create", "--prompt", "x", "--wait", "--timeout", "1s")

    assert (result.exit_code, api.count("POST")) == (9, 1)
    assert GENERATION_ID in result.stderr


def test_an_answer_that_a_proxy_has_unpacked_is_read_as_it_is(luma: Program) -> None:
    with raw_api(flood("gzip", json.dumps(job()).encode())) as api:
        luma.environ["LUMA_BASE_URL"] = api.base_url
        result = luma("generations", "create", "--prompt", "x", "--transform", "id", "-r")

    assert result == Result(0, f"{GENERATION_ID}\n", "")


def test_a_signal_before_the_last_piece_means_that_nothing_was_submitted() -> None:
    interrupts, never = Interrupts(), threading.Event()
    try:
        with raw_api(lambda _: None) as api, client_for(api, interrupts) as client:

            def interrupt() -> None:
                interrupts.handle()
                never.wait(PATIENCE_SECONDS)

            with pytest.raises(StoppedError), interrupts.held():
                client.create_generation(Body(interrupt), lambda _: None, "r")
    finally:
        never.set()

    assert api.asked == []


def test_a_signal_after_the_last_piece_waits_for_the_answer_and_not_for_ever() -> None:
    interrupts = Interrupts()

    def respond(_: Request) -> None:
        interrupts.handle()

    started = time.monotonic()
    with (
        raw_api(respond) as api,
        client_for(api, interrupts) as client,
        pytest.raises(OutcomeUnknownError),
        interrupts.held(),
    ):
        client.create_generation(EncodedBody({"prompt": "x"}), lambda _: None, "r")

    assert 1.9 < time.monotonic() - started < PATIENCE_SECONDS


def test_a_swallowed_signal_ends_a_read_that_gets_no_answer() -> None:
    interrupts = Interrupts()
    with suppress(KeyboardInterrupt):  # as Python does in callbacks of the import system
        interrupts.handle()

    with (
        raw_api(lambda _: None) as api,
        client_for(api, interrupts) as client,
        pytest.raises(StoppedError),
    ):
        client.get_generation("x", timeout=PATIENCE_SECONDS)


def test_a_request_that_is_given_up_cuts_no_other_connection() -> None:
    both_asked, given_up = threading.Barrier(2), threading.Event()

    def dripping() -> Iterator[bytes]:
        yield HEAD
        while not given_up.wait(0.02):
            yield b"X-Padding: 1\r\n"

    def reply(asked: Asked) -> Reply:
        if asked.target.endswith("stuck"):
            return Reply(dripping())
        if asked.target.endswith("first"):
            both_asked.wait(PATIENCE_SECONDS)
        else:
            given_up.wait(PATIENCE_SECONDS)
        text = json.dumps(job()).encode()
        return Reply([raw_answer("200 OK", {"Content-Length": str(len(text))}, text)])

    def ask(an_id: str, timeout: float) -> bool:
        try:
            client.get_generation(an_id, timeout=timeout)
        except UnavailableError:
            return False
        return True

    with (
        RawServer(reply) as server,
        httpx.Client() as http,
        ThreadPoolExecutor(2) as pool,
    ):
        client = LumaClient(lambda **_: http, server.origin, KEY, {}, lambda _: None)
        assert list(pool.map(ask, ["first", "first"], [PATIENCE_SECONDS] * 2)) == [True, True]

        other = pool.submit(ask, "other", PATIENCE_SECONDS)
        stuck = pool.submit(ask, "stuck", 0.2)
        assert not stuck.result()
        given_up.set()
        assert other.result()


@pytest.fixture
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        if thread.name == REQUEST_THREAD:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse)


@pytest.mark.usefixtures("no_threads")
def test_without_another_thread_a_read_is_made_in_this_one_and_nothing_is_submitted() -> None:
    with (
        raw_api(lambda request: request.connection.sendall(answer(job()))) as api,
        client_for(api) as client,
    ):
        assert client.get_generation(GENERATION_ID).fields["id"] == GENERATION_ID
        with pytest.raises(UnavailableError, match="cannot start a thread"):
            client.create_generation(EncodedBody({"prompt": "x"}), lambda _: None, "r")
        assert api.count("POST") == 0
