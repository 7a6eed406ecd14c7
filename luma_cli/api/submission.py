"""When a submission may be retried: only if the first one cannot have been accepted.

| What happened | Verdict | Why |
| --- | --- | --- |
| a certificate that does not verify, a proxy that refuses | REFUSED | the next one meets it, too |
| no connection: DNS, refused, TLS, connect time-out | RETRY | not a byte of the request went out |
| 429 | RETRY | the limiter refuses before anything is made |
| 502, 503 with one of the API's own texts | RETRY | documented: the job was not queued |
| any other 4xx but 408 | REFUSED | the request itself is the reason |
| this program gave up in the middle of sending | REFUSED | the server has a piece of a request |
| 408, other 5xx, a 502 or 503 of a gateway | UNKNOWN | it may have been passed on |
| a reset, a time-out, an end after sending began | UNKNOWN | it may have been read whole |
| a success without an id in it | UNKNOWN | a job was made, and its id is lost |
"""

from __future__ import annotations

from enum import Enum

from luma_cli.network import is_final
from luma_cli.rules.constants import NOT_QUEUED_DETAILS


class RetryVerdict(Enum):
    """What a failed submission means; only RETRY may be sent a second time."""

    RETRY = "certainly not accepted; may be retried"
    REFUSED = "certainly not accepted; sending it again would not help"
    UNKNOWN = "may or may not have been accepted"


def verdict_on_answer(status: int, detail: str | None) -> RetryVerdict:
    """Judge an answer that is no success; `detail` is its sentence, if it is JSON that has one.

    Any gateway can send a `detail`: only the documented ones say that the job was not queued.
    """
    if status == 429 or (status in (502, 503) and _says_not_queued(detail or "")):
        return RetryVerdict.RETRY
    if 400 <= status < 500 and status != 408:
        return RetryVerdict.REFUSED
    return RetryVerdict.UNKNOWN


def verdict_on_problem(problem: Exception) -> RetryVerdict:
    """Judge a request without an answer."""
    import httpx

    never_connected = (
        *(httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError),
    )
    if isinstance(problem, never_connected):
        return RetryVerdict.REFUSED if is_final(problem) else RetryVerdict.RETRY
    if isinstance(problem, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        return RetryVerdict.REFUSED
    return RetryVerdict.UNKNOWN


def _says_not_queued(detail: str) -> bool:
    """Return whether a `detail` is documented, with or without the field it is about before it."""
    _, _, text = detail.rpartition(": ")
    return text in NOT_QUEUED_DETAILS
