"""From an unhappy answer or a broken connection to the one error that says what it means."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from luma_cli.api.submission import Verdict, verdict_on_answer, verdict_on_trouble
from luma_cli.errors import (
    AuthError,
    Exchange,
    FundsError,
    LumaError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
)
from luma_cli.network import is_final, what_happened, what_to_check
from luma_cli.redaction import without_secrets

if TYPE_CHECKING:
    import httpx

_LONGEST_DETAIL = 500
_NETWORK_HINT = "check the network, the proxy variables and `--base-url`"
_UNREADABLE_HINT = "check `--base-url`; a proxy may have answered in the server's place"
OUTCOME_UNKNOWN_HINT = (
    "the job may exist and be billed; look at the dashboard before you submit it again"
)


def refusal(exchange: Exchange, text: str, retry_after: str | None) -> LumaError:
    """Return the error for an answer that is no success, to a request that changes nothing."""
    status = exchange.status or 0
    sentence = _detail(exchange.body) or _without_detail(status, text)
    if status == 401:
        return AuthError(sentence, hint=_KEY_HINT, exchange=exchange)
    if status == 402:
        return FundsError(sentence, hint="add funds, then run the same again", exchange=exchange)
    if status == 403:
        return AuthError(sentence, hint="ask Luma's support about this account", exchange=exchange)
    if status == 429:
        error = RateLimitedError(sentence, hint=_rate_hint(retry_after), exchange=exchange)
        error.retry_after_seconds = _seconds(retry_after)
        return error
    if 300 <= status < 400:
        return RejectedError(
            f"the server answered HTTP {status}: it wants to be asked elsewhere",
            hint="check `--base-url`",
            exchange=exchange,
        )
    if 400 <= status < 500:
        return RejectedError(sentence, hint=_rejected_hint(status, exchange), exchange=exchange)
    return UnavailableError(
        sentence, hint="the server has trouble; try again in a minute", exchange=exchange
    )


def submission_refusal(exchange: Exchange, text: str, retry_after: str | None) -> LumaError:
    """Return the error for an unhappy answer to a submission, judged by `api.submission`."""
    status, detail = exchange.status or 0, _detail(exchange.body)
    verdict = verdict_on_answer(status, has_detail=detail is not None)
    if verdict is Verdict.UNKNOWN:
        return _unknown(detail or _without_detail(status, text), exchange)
    error = refusal(exchange, text, retry_after)
    error.may_be_sent_again = verdict is Verdict.AGAIN
    return error


def unreadable(exchange: Exchange, content_type: str, *, submission: bool) -> LumaError:
    """Return the error for a success whose body is not the JSON object it should be."""
    kind = content_type.split(";", maxsplit=1)[0].strip()
    kind = f"`{kind}`" if kind else "something"
    fact = f"the server answered {kind} that is not the API's JSON"
    if submission:
        return _unknown(fact, exchange)
    return UnavailableError(fact, hint=_UNREADABLE_HINT, exchange=exchange)


def transport_failure(
    problem: httpx.TransportError, exchange: Exchange, *, submission: bool
) -> LumaError:
    """Return the error for a request without an answer; `api.submission` judges a submission."""
    fact = what_happened(problem, exchange.url)
    verdict = verdict_on_trouble(problem)
    if submission and verdict is Verdict.UNKNOWN:
        return _unknown(fact, exchange)
    error = UnavailableError(fact, hint=what_to_check(problem) or _NETWORK_HINT, exchange=exchange)
    error.is_final = is_final(problem)
    error.may_be_sent_again = verdict is Verdict.AGAIN
    return error


def _unknown(fact: str, exchange: Exchange) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        f"the submission may or may not have been accepted: {fact}",
        hint=OUTCOME_UNKNOWN_HINT,
        exchange=exchange,
    )


_KEY_HINT = (
    "run `luma-agents-cli auth login` to store a good key, `auth status` to see which is used"
)


def _detail(body: Mapping[str, Any] | None) -> str | None:
    """Return the API's own sentence; a list of schema errors becomes one line."""
    detail = (body or {}).get("detail")
    if isinstance(detail, list):
        parts = [
            f"{'.'.join(str(step) for step in item.get('loc', []))}: {item.get('msg', '')}"
            for item in detail
            if isinstance(item, dict)
        ]
        detail = "; ".join(parts) or json.dumps(detail)
    if not isinstance(detail, str) or not detail:
        return None
    return without_secrets(detail)[:_LONGEST_DETAIL]  # half a secret would be hard to know again


def _without_detail(status: int, text: str) -> str:
    if text.lstrip()[:1] == "<":
        return f"the server answered HTTP {status} with a web page, not the API's JSON"
    return f"the server answered HTTP {status} without saying why"


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


def _rate_hint(retry_after: str | None) -> str:
    return f"try again in {retry_after} s" if _seconds(retry_after) else "try again in a minute"


def _seconds(text: str | None) -> float | None:
    try:
        seconds = float(text or "nan")
    except ValueError:
        return None
    return max(seconds, 0.0) if math.isfinite(seconds) else None
