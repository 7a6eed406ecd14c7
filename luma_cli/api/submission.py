"""May a submission be sent again? Only when the first one cannot have been accepted.

| What happened | Verdict | Why |
| --- | --- | --- |
| a certificate that does not verify, a proxy that refuses | REFUSED | the next one meets it, too |
| no connection: DNS, refused, TLS, connect time-out | AGAIN | not a byte of the request went out |
| 429 | AGAIN | the limiter refuses before anything is made |
| 502, 503 with the API's own `detail` | AGAIN | documented: the job was not queued |
| any other 4xx but 408 | REFUSED | the request itself is the reason |
| our side gave up in the middle of sending | REFUSED | the server has a piece of a request |
| 408, other 5xx, a 502 or 503 of a proxy | UNKNOWN | it may have been passed on |
| a reset, a time-out, an end after sending began | UNKNOWN | it may have been read whole |
| a success that cannot be read | UNKNOWN | a job was made, and its id is lost |
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from luma_cli.network import is_final

if TYPE_CHECKING:
    import httpx


class Verdict(Enum):
    """What a failed submission means; only AGAIN may be sent a second time."""

    AGAIN = "certainly not accepted; may be sent again"
    REFUSED = "certainly not accepted; sending it again would not help"
    UNKNOWN = "may or may not have been accepted"


def verdict_on_answer(status: int, *, has_detail: bool) -> Verdict:
    """Judge an answer that is no success; `has_detail`: it is in the API's own JSON."""
    if status == 429 or (status in (502, 503) and has_detail):
        return Verdict.AGAIN
    if 400 <= status < 500 and status != 408:
        return Verdict.REFUSED
    return Verdict.UNKNOWN


def verdict_on_trouble(problem: httpx.TransportError) -> Verdict:
    """Judge a request without an answer."""
    import httpx

    never_connected = (
        *(httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError),
    )
    if isinstance(problem, never_connected):
        return Verdict.REFUSED if is_final(problem) else Verdict.AGAIN
    if isinstance(problem, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        return Verdict.REFUSED
    return Verdict.UNKNOWN
