"""Protection against DNS rebinding.

A web page can point its own host name at this machine and then call local servers as its own. Such
requests have the host name of the page in `Host`.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from luma_cli.rules.violation import Violation
from luma_cli.sandbox.api.answers import error

_HOST = re.compile(r"(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d{0,5})?", re.ASCII | re.IGNORECASE)


def is_served_host(scope: Any, bound: str) -> bool:
    """Return whether `Host` is a loopback address, `localhost`, the connection's own address or
    the `bound` one. HTTP/1.0 may omit `Host`; browsers always send it.
    """
    given = dict(scope["headers"]).get(b"host")
    if given is None:
        return True
    match = _HOST.fullmatch(given.decode("latin-1"))
    if match is None:
        return False
    name = (match[1] or match[2]).lower().removesuffix(".")
    address = (scope.get("server") or ("",))[0]
    return name in ("localhost", bound.lower(), address.lower()) or _is_loopback(name)


def refuse_host(scope: Any) -> Response:
    """Return the error for a request with another `Host`."""
    text = "This host name is not served here; start the sandbox with it as `--host`"
    return error(Request(scope), Violation(421, text))


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
