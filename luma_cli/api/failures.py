"""From an error status or a broken connection to the error that explains it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from luma_cli.api.roundtrip import AnswerTooLargeError, Received
from luma_cli.api.submission import RetryVerdict, verdict_on_answer, verdict_on_problem
from luma_cli.errors import (
    AuthError,
    Exchange,
    FundsError,
    LumaError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    StoppedError,
    UnavailableError,
    WaitTimeoutError,
)
from luma_cli.network import is_final, what_happened, what_to_check
from luma_cli.redaction import without_secrets

_LONGEST_DETAIL = 500
_KEPT_OF_AN_ANSWER = 1024
_NETWORK_HINT = "check the network, the proxy variables and `--base-url`"
_UNREADABLE_HINT = "check `--base-url`; a proxy may have answered in the server's place"
UNKNOWN_OUTCOME = "the submission may or may not have been accepted"
STORED_KEY_HINT = (
    "run `luma-agents-cli auth login` to store a valid key, `auth status` to see which is used"
)
OUTCOME_UNKNOWN_HINT = (
    "the job may exist and be billed; look at the dashboard before you submit it again"
)


def refusal(
    exchange: Exchange, text: str, retry_after_seconds: float | None, key_hint: str
) -> LumaError:
    """Return the error for an error status, to a request that costs nothing."""
    status = exchange.status or 0
    sentence = _detail(exchange.body) or _without_detail(status, text)
    if status == 401:
        return AuthError(sentence, hint=key_hint, exchange=exchange)
    if status == 402:
        return FundsError(sentence, hint="add funds, then retry", exchange=exchange)
    if status == 403:
        return AuthError(
            sentence, hint="contact Luma support about this account", exchange=exchange
        )
    if status == 429:
        return RateLimitedError(
            sentence,
            hint=_rate_hint(retry_after_seconds),
            exchange=exchange,
            retry_after_seconds=retry_after_seconds,
        )
    if 300 <= status < 400:
        return RejectedError(
            f"the server answered HTTP {status}, a redirect",
            hint="check `--base-url`",
            exchange=exchange,
        )
    if 400 <= status < 500:
        return RejectedError(sentence, hint=_rejected_hint(status, exchange), exchange=exchange)
    return UnavailableError(
        sentence, hint="the server failed; retry in a minute", exchange=exchange
    )


def submission_refusal(
    exchange: Exchange, text: str, retry_after_seconds: float | None, key_hint: str
) -> LumaError:
    """Return the error for an error status to a submission, judged by `api.submission`."""
    status, detail = exchange.status or 0, _detail(exchange.body)
    verdict = verdict_on_answer(status, detail)
    if verdict is RetryVerdict.UNKNOWN:
        if 300 <= status < 400:
            detail = f"the server answered HTTP {status}, a redirect"
        return _unknown(detail or _without_detail(status, text), exchange)
    error = refusal(exchange, text, retry_after_seconds, key_hint)
    return error.but(may_be_retried=verdict is RetryVerdict.RETRY)


def accepted_without_id(exchange: Exchange, received: Received, text: str) -> LumaError:
    """Return the error for a success without an id; it holds the beginning of the answer."""
    if received.problem is None:
        fact = _unreadable_fact(received.headers.get("Content-Type", ""))
    else:
        fact = _broken_fact(received.problem, exchange)
    answer = without_secrets(text[: 4 * _KEPT_OF_AN_ANSWER])[:_KEPT_OF_AN_ANSWER]
    return _unknown(fact, exchange, answer)


def unreadable(exchange: Exchange, content_type: str) -> LumaError:
    """Return the error for a success whose body is not JSON."""
    fact = _unreadable_fact(content_type)
    return UnavailableError(fact, hint=_UNREADABLE_HINT, exchange=exchange)


def broken_answer(problem: Exception, exchange: Exchange) -> LumaError:
    """Return the error for an incomplete answer to a read."""
    return UnavailableError(
        _broken_fact(problem, exchange), hint=_UNREADABLE_HINT, exchange=exchange
    )


def transport_failure(problem: Exception, exchange: Exchange, *, submission: bool) -> LumaError:
    """Return the error for a request without an answer.

    `submission`: it may cost money, and its last byte was sent.
    """
    import httpx

    verdict = verdict_on_problem(problem)
    if not isinstance(problem, httpx.RequestError):
        fact, hint = f"the HTTP library failed: {problem}", None
    else:
        fact, hint = what_happened(problem, exchange.url), what_to_check(problem)
    if submission and verdict is RetryVerdict.UNKNOWN:
        return _unknown(fact, exchange)
    return UnavailableError(
        fact,
        hint=hint or _NETWORK_HINT,
        exchange=exchange,
        is_final=isinstance(problem, httpx.RequestError) and is_final(problem),
        may_be_retried=verdict is RetryVerdict.RETRY,
    )


def not_sent_in_time(exchange: Exchange, *, submission: bool) -> LumaError:
    """Return the error for a request whose last byte was never sent."""
    if submission:
        fact = "`--timeout` ran out before the submission was sent; no job was made"
        return WaitTimeoutError(fact, hint="allow more time with `--timeout`", exchange=exchange)
    import httpx

    return transport_failure(httpx.ReadTimeout("out of time"), exchange, submission=False)


def _unreadable_fact(content_type: str) -> str:
    kind = content_type.split(";", maxsplit=1)[0].strip()
    kind = f"`{kind}`" if kind else "something"
    return f"the server answered {kind} that is not the API's JSON"


def _broken_fact(problem: Exception, exchange: Exchange) -> str:
    import httpx

    if isinstance(problem, AnswerTooLargeError):
        return "the server's answer is larger than any answer of the API"
    if isinstance(problem, StoppedError):
        return "interrupted"
    if isinstance(problem, httpx.DecodingError):
        return "the server answered encoded data that is not the API's JSON"
    if isinstance(problem, httpx.RequestError):
        return what_happened(problem, exchange.url)
    return f"the HTTP library failed: {problem}"


def _unknown(fact: str, exchange: Exchange, answer: str | None = None) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        f"{UNKNOWN_OUTCOME}: {fact}",
        hint=OUTCOME_UNKNOWN_HINT,
        exchange=exchange,
        answer=answer,
    )


def _detail(body: Mapping[str, Any] | None) -> str | None:
    """Return the API's own sentence; a list of schema errors becomes one line. Never raises."""
    detail = (body or {}).get("detail")
    if isinstance(detail, list):
        parts = [_schema_error(item) for item in detail if isinstance(item, dict)]
        detail = "; ".join(parts) or _as_text(detail)
    if not isinstance(detail, str) or not detail:
        return None
    # The redactor truncates first, to a multiple: half a secret would not be recognized.
    return without_secrets(detail, 8 * _LONGEST_DETAIL)[:_LONGEST_DETAIL]


def _schema_error(item: Mapping[str, Any]) -> str:
    steps = item.get("loc")
    where = ".".join(map(_as_text, steps)) if isinstance(steps, list) else _as_text(steps or "")
    return f"{where}: {_as_text(item.get('msg', ''))}"


def _as_text(value: Any) -> str:
    try:
        return value if isinstance(value, str) else json.dumps(value)
    except (ValueError, RecursionError):
        return "…"


def _without_detail(status: int, text: str) -> str:
    if text.lstrip()[:1] == "<":
        return f"the server answered HTTP {status} with a web page, not the API's JSON"
    return f"the server answered HTTP {status} without a reason"


def _rejected_hint(status: int, exchange: Exchange) -> str | None:
    if exchange.body is None:
        return _UNREADABLE_HINT
    if status == 404 and "/generations/" in exchange.url:
        return "check the id; a generation is only visible to the account that made it"
    if status == 404 and "/files/" in exchange.url:
        return "check the id; a file is only visible to the account that uploaded it"
    if status == 404:
        return "check `--base-url`, which ends in `/v1`"
    return None


def _rate_hint(seconds: float | None) -> str:
    return f"retry in {seconds:g} s" if seconds else "retry in a minute"
