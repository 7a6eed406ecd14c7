"""What becomes of each answer to a submission, and that none is ever sent twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import respx

from luma_cli.api.client import LumaClient
from luma_cli.api.transport import build_client, parse_custom_headers
from luma_cli.body.encode import EncodedBody
from luma_cli.errors import Exchange, LumaError, RateLimitedError, UsageError
from tests.support.fake_api import BASE_URL, generation
from tests.support.program import KEY

URL = f"{BASE_URL}/generations"
BODY = {"prompt": "a red fox"}
PATIENCE_SECONDS = 10


def client_with(token: str | None = KEY, **headers: str) -> LumaClient:
    http = build_client(secure=False, redirects=False, request_timeout=1.0, transport=None)
    return LumaClient(lambda **_: http, BASE_URL, token, headers, lambda _: None)


@pytest.fixture
def server() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        yield router


def detail(status: int, text: str = "No", **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"detail": text}, headers=headers)


@pytest.mark.parametrize(
    ("outcome", "exit_code"),
    [
        (httpx.ConnectError("[Errno 111] Connection refused"), 10),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED]"), 10),
        (httpx.ConnectTimeout(""), 10),
        (httpx.ProxyError("407 Proxy Authentication Required"), 10),
        (httpx.PoolTimeout(""), 10),
        (httpx.LocalProtocolError("too little data for declared Content-Length"), 10),
        (httpx.WriteError("broken pipe"), 11),
        (httpx.WriteTimeout(""), 11),
        (httpx.ReadError("reset"), 11),
        (httpx.ReadTimeout(""), 11),
        (httpx.RemoteProtocolError("server disconnected without sending a response"), 11),
        (detail(500), 11),
        (detail(504), 11),
        (detail(408), 11),
        (httpx.Response(502, json={"detail": "Upstream service unavailable"}), 10),
        (httpx.Response(502, json={"detail": "source: fetch proxy unavailable"}), 10),
        (httpx.Response(503, json={"detail": "Image URL ingestion unavailable"}), 10),
        (httpx.Response(503, json={"detail": "Media URL ingestion is unavailable"}), 10),
        (detail(502), 11),
        (detail(503), 11),
        (httpx.Response(502), 11),
        (httpx.Response(502, html="<html>Bad Gateway</html>"), 11),
        (httpx.Response(503, html="<html>Busy</html>"), 11),
        (httpx.Response(503, json={"error": "not the API's word"}), 11),
        (httpx.Response(503, json=["detail"]), 11),
        (httpx.Response(307, headers={"Location": "https://elsewhere.test"}), 11),
        (httpx.Response(200, html="<html>welcome</html>"), 11),
        (httpx.Response(201), 11),
        (httpx.Response(204), 11),
        (httpx.Response(201, content=b"\xff\xfe"), 11),
        (httpx.Response(201, text="[" * 100_000), 11),
        (httpx.Response(201, json={"state": "queued"}), 11),
        (httpx.Response(201, json={"id": ""}), 11),
        (httpx.Response(201, json={"id": {"id": "gen_1"}}), 11),
        (httpx.Response(201, json={"id": "x" * 201}), 11),
        (httpx.Response(201, json={"id": None}), 11),
        (httpx.Response(201, json=["gen_1"]), 11),
        (detail(400), 3),
        (detail(404), 3),
        (detail(409), 3),
        (detail(413), 3),
        (detail(422), 3),
        (httpx.Response(413, html="<html>Too Large</html>"), 3),
        (detail(401), 4),
        (detail(403), 4),
        (detail(402), 5),
        (detail(429), 8),
    ],
)
def test_each_outcome_of_a_submission_has_its_exit_code_and_one_request(
    server: respx.MockRouter, outcome: httpx.Response | Exception, exit_code: int
) -> None:
    route = server.post(URL)
    route.side_effect = [outcome]

    with pytest.raises(LumaError) as failure:
        client_with().create_generation(EncodedBody(BODY), lambda _: None, "r1")

    assert failure.value.exit_code == exit_code
    assert len(server.calls) == 1
    assert failure.value.hint or exit_code == 3
    unknown = failure.value.message.startswith("the submission may or may not have been accepted: ")
    assert unknown == (exit_code == 11)
    assert failure.value.may_be_retried == may_be_retried(outcome)


def may_be_retried(outcome: httpx.Response | Exception) -> bool:
    if isinstance(outcome, Exception):
        could_pass = "CERTIFICATE" not in str(outcome) and "407" not in str(outcome)
        return could_pass and isinstance(
            outcome,
            httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError | httpx.PoolTimeout,
        )
    return outcome.status_code == 429 or "unavailable" in outcome.text


def test_a_submission_sends_what_it_says(server: respx.MockRouter) -> None:
    text = json.dumps(generation())
    route = server.post(URL).respond(201, text=text)

    answer = client_with(**{"X-Team": "foxes", "authorization": "none"}).create_generation(
        EncodedBody(BODY), lambda _: None, "r1"
    )

    assert (answer.text, answer.fields["id"]) == (text, "gen_1")
    request = route.calls.last.request
    assert json.loads(request.content) == BODY
    assert request.headers["content-length"] == str(len(request.content))
    assert request.headers["content-type"] == "application/json"
    assert request.headers["x-team"] == "foxes"
    assert request.headers.get_list("authorization") == [f"Bearer {KEY}"]
    assert request.headers["x-request-id"] == answer.exchange.request_id


def test_an_error_knows_its_exchange(server: respx.MockRouter) -> None:
    server.post(URL).mock(return_value=detail(400, "Unknown model: x", **{"X-Request-Id": "r1"}))

    with pytest.raises(LumaError) as failure:
        client_with().create_generation(EncodedBody(BODY), lambda _: None, "r1")

    assert failure.value.message == "Unknown model: x"
    assert failure.value.exchange == Exchange(
        "POST", URL, 400, "r1", {"detail": "Unknown model: x"}
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"detail": "Unknown model: x"}, "Unknown model: x"),
        ({"detail": "x" * 600}, "x" * 500),
        (
            {"detail": [{"loc": ["body", "prompt"], "msg": "Field required", "type": "missing"}]},
            "body.prompt: Field required",
        ),
        (
            {"detail": [{"loc": ["body", 1], "msg": "a"}, {"msg": "b"}]},
            "body.1: a; : b",
        ),
        ({"detail": ["plain"]}, '["plain"]'),
        ({"detail": ""}, "the server answered HTTP 422 without a reason"),
        ({"detail": {"a": 1}}, "the server answered HTTP 422 without a reason"),
        ({"error": "x"}, "the server answered HTTP 422 without a reason"),
        ([], "the server answered HTTP 422 without a reason"),
    ],
)
def test_the_servers_own_sentence_is_the_message(
    server: respx.MockRouter, body: Any, message: str
) -> None:
    server.post(URL).respond(422, json=body)

    with pytest.raises(LumaError) as failure:
        client_with().create_generation(EncodedBody(BODY), lambda _: None, "r1")

    assert failure.value.message == message


@pytest.mark.parametrize(
    ("header", "seconds", "hint"),
    [
        ("7", 7, "retry in 7 s"),
        ("1.5", 1.5, "retry in 1.5 s"),
        ("0", 0, "retry in a minute"),
        ("-3", 0, "retry in a minute"),
        ("soon", None, "retry in a minute"),
        ("nan", None, "retry in a minute"),
        ("inf", None, "retry in a minute"),
        (None, None, "retry in a minute"),
    ],
)
def test_a_rate_limit_says_how_long(
    server: respx.MockRouter, header: str | None, seconds: float | None, hint: str
) -> None:
    server.get(f"{URL}/x").mock(
        return_value=detail(429, **({} if header is None else {"Retry-After": header}))
    )

    with pytest.raises(RateLimitedError) as failure:
        client_with().get_generation("x")

    assert (failure.value.retry_after_seconds, failure.value.hint) == (seconds, hint)


@pytest.mark.parametrize("token", [None, ""])
def test_without_a_key_nothing_is_sent(server: respx.MockRouter, token: str | None) -> None:
    with pytest.raises(LumaError, match="no API key"):
        client_with(token).create_generation(EncodedBody(BODY), lambda _: None, "r1")

    assert len(server.calls) == 0


def test_meanwhile_is_called_before_the_answer_is_there(server: respx.MockRouter) -> None:
    was_called = threading.Event()

    def answer(_: httpx.Request) -> httpx.Response:
        assert was_called.wait(PATIENCE_SECONDS)
        return httpx.Response(200, json=generation())

    server.get(f"{URL}/x").mock(side_effect=answer)

    found = client_with().get_generation("x", meanwhile=was_called.set)

    assert found.fields == generation()


@pytest.mark.parametrize(
    ("generation_id", "path"),
    [
        ("7b0c", "/generations/7b0c"),
        ("a/b?c#d", "/generations/a%2Fb%3Fc%23d"),
        ("../files", "/generations/..%2Ffiles"),
        ("é %2e", "/generations/%C3%A9%20%252e"),
    ],
)
def test_an_id_stays_one_step_of_the_path(
    server: respx.MockRouter, generation_id: str, path: str
) -> None:
    server.get(url__startswith=BASE_URL).respond(200, json=generation())

    client_with().get_generation(generation_id)

    assert server.calls.last.request.url.raw_path.decode() == f"/v1{path}"


@pytest.mark.parametrize("generation_id", ["", ".", ".."])
def test_an_id_that_is_no_step_is_refused(server: respx.MockRouter, generation_id: str) -> None:
    with pytest.raises(LumaError, match="is not an id"):
        client_with().get_generation(generation_id)

    assert len(server.calls) == 0


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("", {}),
        ("A: b", {"A": "b"}),
        (" A : b : c \nno colon\n: nameless\nD:", {"A": "b : c", "D": ""}),
    ],
)
def test_custom_headers_are_one_a_line(text: str, headers: dict[str, str]) -> None:
    assert parse_custom_headers(text) == headers


@pytest.mark.parametrize(
    "text", ["A b: secret", "\u00c4: secret", "A: secret\u00e9", "A: secret\x00", "A: secret\x7f"]
)
def test_a_custom_header_that_cannot_be_sent_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="cannot be sent") as refusal:
        parse_custom_headers(text)

    assert "secret" not in refusal.value.message
