"""What the storage host and the API may answer to an upload: sent again, or a final error."""

from __future__ import annotations

import gzip
import json
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luma_cli.api.answer import Answer
from luma_cli.api.file_models import read_new_file, read_record
from luma_cli.body.local_file import local_file
from luma_cli.errors import (
    Exchange,
    LumaError,
    UnavailableError,
    UnexpectedAnswerError,
    WaitTimeoutError,
)
from luma_cli.jobs.retry import RetryPolicy
from luma_cli.jobs.upload import UploadRequest, upload_file
from tests.support.fake_api import STORAGE_URL, FakeApi
from tests.support.program import Program, Result, TestClock

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 100
PUT_URL = f"{STORAGE_URL}/f1?X-Amz-Signature=s"
EXCHANGE = f"  PUT {STORAGE_URL}/f1 · HTTP "


@pytest.fixture(autouse=True)
def files(luma: Program, tmp_path: Path) -> None:
    luma.environ["LUMA_STATE_DIR"] = str(tmp_path / "state")
    Path("fox.png").write_bytes(PNG)


def envelope(api: FakeApi, url: str = PUT_URL, times: int = 1) -> None:
    upload = {"url": url, "method": "PUT", "headers": {"X-Amz-Meta": "m"}}
    record = {"id": "f1", "state": "pending", "upload": upload}
    api.on("POST", "/files", *[httpx.Response(201, json=record) for _ in range(times)])


def takes(api: FakeApi) -> None:
    api.on("POST", "/files/f1/complete", httpx.Response(200, json={"id": "f1", "state": "ready"}))


def s3_error(status: int, code: str, message: str = "No") -> httpx.Response:
    text = f'<?xml version="1.0"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return httpx.Response(status, text=text, headers={"Content-Type": "application/xml"})


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("there", ["https://eu.storage.test/f1?s=1", "/other?s=1"])
def test_after_a_redirect_all_bytes_are_sent_to_the_new_place(  # 1.10
    luma: Program, api: FakeApi, status: int, there: str
) -> None:
    envelope(api)
    api.on("PUT", PUT_URL, httpx.Response(status, headers={"Location": there}))
    api.on("PUT", str(httpx.URL(PUT_URL).join(there)), httpx.Response(200))
    takes(api)

    result = luma("files", "upload", "fox.png")

    assert (result.exit_code, result.stderr) == (0, "")
    first, second = [sent for sent in api.sent if sent.method == "PUT"]
    assert first.content == second.content == PNG
    assert second.headers["x-amz-meta"] == "m"
    assert second.headers["content-length"] == str(len(PNG))
    assert "authorization" not in second.headers


@pytest.mark.parametrize(
    ("status", "location", "fact"),
    [
        (
            *(307, "http://storage.test/f1"),
            "the storage host redirects from https to http, which is not encrypted",
        ),
        (
            307,
            "ftp://storage.test/f1",
            "the storage host redirects to something that is not a web address",
        ),
        (307, "http://[", "the storage host redirects to something that is not a web address"),
        (307, PUT_URL, "the storage host redirects the upload more than 5 times"),
        (
            *(303, f"{STORAGE_URL}/page"),
            "the storage host answered the upload with HTTP 303, which names no place for the"
            " bytes",
        ),
        (
            *(307, None),
            "the storage host answered the upload with HTTP 307, which names no place for the"
            " bytes",
        ),
    ],
)
def test_a_redirect_that_leads_nowhere_is_told_and_not_repeated(
    luma: Program, api: FakeApi, clock: TestClock, status: int, location: str | None, fact: str
) -> None:
    envelope(api)
    headers = {} if location is None else {"Location": location}
    times = 6 if location == PUT_URL else 1
    api.on("PUT", PUT_URL, *[httpx.Response(status, headers=headers) for _ in range(times)])

    result = luma("files", "upload", "fox.png")

    assert result == Result(10, "", f"error: {fact}\n{EXCHANGE}{status}\n")
    assert clock.sleeps == []


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "SignatureDoesNotMatch"),
        (403, "AccessDenied"),
        (400, "EntityTooLarge"),
        (301, "PermanentRedirect"),
        (404, "NoSuchBucket"),
        (411, "MissingContentLength"),
        (501, "NotImplemented"),
    ],
)
def test_the_code_of_a_refusal_is_told(  # 1.11
    luma: Program, api: FakeApi, status: int, code: str
) -> None:
    envelope(api)
    api.on("PUT", PUT_URL, s3_error(status, code))

    result = luma("files", "upload", "fox.png", "--max-retries", "0")

    assert result.exit_code == 10
    first, exchange = result.stderr.splitlines()[:2]
    assert first.startswith("error: the storage host ")
    assert f"HTTP {status}, `{code}`" in first
    assert exchange == f"{EXCHANGE}{status}"


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_the_code_of_a_compressed_refusal_is_told(luma: Program, api: FakeApi, coding: str) -> None:
    text = s3_error(403, "SignatureDoesNotMatch").content
    data = gzip.compress(text) if coding == "gzip" else zlib.compress(text)
    headers = {"Content-Encoding": coding}
    envelope(api)
    api.on("PUT", PUT_URL, httpx.Response(403, headers=headers, stream=httpx.ByteStream(data)))

    result = luma("files", "upload", "fox.png", "--max-retries", "0")

    assert result == Result(
        10,
        "",
        "error: the storage host refused the upload: HTTP 403, `SignatureDoesNotMatch`\n"
        f"{EXCHANGE}403\n",
    )


@pytest.mark.parametrize("data", [b"no gzip", gzip.compress(b"<Error><Code>A", mtime=0)[:20]])
def test_a_damaged_refusal_leaves_its_status(luma: Program, api: FakeApi, data: bytes) -> None:
    headers = {"Content-Encoding": "gzip"}
    envelope(api)
    api.on("PUT", PUT_URL, httpx.Response(404, headers=headers, stream=httpx.ByteStream(data)))

    result = luma("files", "upload", "fox.png", "--max-retries", "0")

    assert result.stderr == (
        f"error: the storage host refused the upload: HTTP 404\n{EXCHANGE}404\n"
    )


def test_a_clock_that_is_wrong_has_a_hint(luma: Program, api: FakeApi) -> None:
    envelope(api)
    api.on("PUT", PUT_URL, s3_error(403, "RequestTimeTooSkewed"))

    assert luma("files", "upload", "fox.png") == Result(
        10,
        "",
        "error: the storage host refused the upload: HTTP 403, `RequestTimeTooSkewed`\n"
        f"{EXCHANGE}403\n"
        "hint: set the clock of this machine: it is far from that of the storage host\n",
    )


@pytest.mark.parametrize(
    "answer",
    [
        s3_error(403, "AccessDenied", "Request has expired"),
        s3_error(400, "ExpiredToken", "The provided token has expired."),
        httpx.Response(403),
    ],
)
def test_a_link_that_has_expired_is_asked_for_again(
    luma: Program, api: FakeApi, answer: httpx.Response
) -> None:
    envelope(api, times=2)
    api.on("PUT", PUT_URL, answer, httpx.Response(200))
    takes(api)

    assert luma("files", "upload", "fox.png").exit_code == 0


@pytest.mark.parametrize("answer", [s3_error(400, "RequestTimeout"), s3_error(503, "SlowDown")])
def test_what_passes_is_sent_again(
    luma: Program, api: FakeApi, clock: TestClock, answer: httpx.Response
) -> None:
    envelope(api)
    api.on("PUT", PUT_URL, answer, httpx.Response(200))
    takes(api)

    assert luma("files", "upload", "fox.png").exit_code == 0
    assert clock.sleeps == [0.5]


@pytest.mark.parametrize(
    "problem",
    [
        httpx.StreamConsumed(),
        httpx.StreamClosed(),
        httpx.TooManyRedirects("x"),
        httpx.DecodingError("x"),
        httpx.CookieConflict("x"),
        httpx.LocalProtocolError("x"),
        httpx.InvalidURL("x"),
        httpx.UnsupportedProtocol("x"),
    ],
    ids=lambda problem: type(problem).__name__,
)
def test_no_exception_of_the_library_is_a_traceback(
    luma: Program, api: FakeApi, problem: Exception
) -> None:
    envelope(api)
    api.on("PUT", PUT_URL, problem)

    result = luma("files", "upload", "fox.png", "--max-retries", "0")

    assert (result.exit_code, result.stdout) == (10, "")
    assert result.stderr.startswith("error: ")


def record(**fields: Any) -> dict[str, Any]:
    upload = {"url": PUT_URL, "headers": {}}
    return {"id": "f1", "state": "pending", "upload": upload} | fields


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        record(id=7),
        record(id=""),
        record(id=".."),
        record(id="\ud800"),
        record(upload=None),
        record(upload=[]),
        record(upload={"url": 7}),
        record(upload={"url": "https://storage.test", "headers": ["x"]}),
        record(upload={"url": "https://storage.test", "headers": {"X": 7}}),
        record(upload={"url": "https://storage.test", "headers": {"X": "a\r\nY: b"}}),
        record(upload={"url": "https://storage.test", "headers": {"X Y": "a"}}),
        record(upload={"url": "https://storage.test", "headers": {"X": "\u2603"}}),
        record(upload={"url": "https://storage.test", "headers": {"X": "\xe9"}}),
    ],
)
def test_an_envelope_of_any_other_shape_is_an_error(
    luma: Program, api: FakeApi, answer: Any
) -> None:
    api.on("POST", "/files", httpx.Response(201, content=json.dumps(answer).encode()))

    result = luma("files", "upload", "fox.png")

    assert (result.exit_code, result.stdout) == (10, "")
    assert result.stderr.startswith("error: the server")


@pytest.mark.parametrize("url", ["nowhere", "ftp://storage.test/f1", "https://", "http://[", "//x"])
def test_a_link_that_is_none_is_an_error(luma: Program, api: FakeApi, url: str) -> None:
    envelope(api, url)

    result = luma("files", "upload", "fox.png", "--max-retries", "0")

    assert (result.exit_code, result.stdout) == (10, "")
    assert result.stderr.startswith("error: the ")


def test_headers_of_the_connection_are_ours(luma: Program, api: FakeApi) -> None:
    headers = {"content-length": "3", "HOST": "other.test", "Transfer-Encoding": "chunked"}
    answer = record(upload={"url": PUT_URL, "headers": headers | {"X-Amz-Meta": "m"}})
    api.on("POST", "/files", httpx.Response(201, json=answer))
    api.on("PUT", PUT_URL, httpx.Response(200))
    takes(api)

    assert luma("files", "upload", "fox.png").exit_code == 0

    (put,) = [sent for sent in api.sent if sent.method == "PUT"]
    assert put.headers["host"] == "storage.test"
    assert put.headers.get_list("content-length") == [str(len(PNG))]
    assert "transfer-encoding" not in put.headers
    assert put.content == PNG


class SilentFilesApi:
    """A Files API whose files stay pending; the call named `silent` gets no answer."""

    def __init__(self, clock: TestClock, silent: str = "") -> None:
        self._clock, self._silent = clock, silent

    def create_file(self, _: Any, *, timeout: float = 90.0) -> Answer:
        return self._answer("create_file", timeout)

    def complete_file(self, _: str, *, timeout: float = 90.0) -> Answer:
        return self._answer("complete_file", timeout)

    def get_file(self, _: str, *, timeout: float = 90.0) -> Answer:
        return self._answer("get_file", timeout)

    def _answer(self, call: str, timeout: float) -> Answer:
        if call == self._silent:
            self._clock.time += timeout
            raise UnavailableError("no answer")
        return answer_of(record())


def upload_until(clock: TestClock, deadline: float, silent: str = "") -> LumaError:
    """Upload to a `SilentFilesApi` and return the error."""
    with (
        httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as http,
        pytest.raises(LumaError) as error,
    ):
        upload_file(
            SilentFilesApi(clock, silent),  # type: ignore[arg-type]
            lambda _: http,
            UploadRequest(local_file(Path("fox.png"))),
            wait=True,
            policy=RetryPolicy(4, clock, lambda *_: None),
            report=lambda *_: None,
            deadline=deadline,
        )
    return error.value


def test_the_time_limit_of_a_wait_for_a_file_holds(clock: TestClock) -> None:
    late = upload_until(clock, 20.0)

    assert isinstance(late, WaitTimeoutError)
    assert late.message == "file f1 is still pending and `--timeout` ran out"
    assert 10 < clock.time <= 20


@pytest.mark.parametrize("silent", ["create_file", "complete_file", "get_file"])
def test_the_time_limit_holds_for_each_request_of_an_upload(clock: TestClock, silent: str) -> None:
    late = upload_until(clock, 20.0, silent)

    assert isinstance(late, WaitTimeoutError)
    assert late.message.startswith("`--timeout` ran out: ")
    assert clock.time == 20


def answer_of(value: Any) -> Answer:
    return Answer(json.dumps(value), Exchange("GET", "https://api.test/v1/files/f1"))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats()
    | st.text(st.characters(codec=None), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "id": JSON,
        "state": JSON,
        "failure_reason": JSON,
        "upload": JSON | st.fixed_dictionaries({}, optional={"url": JSON, "headers": JSON}),
    },
)
SLOW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@SLOW
@given(value=JSON | FIELDS)
def test_a_file_of_any_shape_is_read_or_refused(value: Any) -> None:
    for read in (read_new_file, read_record):
        with suppress(UnexpectedAnswerError):
            read(answer_of(value))


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"id":' * 5000, '{"id": ' + "9" * 5000 + "}", "", "nul", '{"id": "a'],
    ids=["deep list", "deep object", "huge number", "nothing", "no word", "cut"],
)
def test_text_that_is_no_json_of_a_file_is_refused(text: str) -> None:
    for read in (read_new_file, read_record):
        with pytest.raises(UnexpectedAnswerError):
            read(Answer(text, Exchange("GET", "https://api.test")))
