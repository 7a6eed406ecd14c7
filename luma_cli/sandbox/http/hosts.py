"""The names that a sandbox is served under.

A web page may give its own name this machine's address (DNS rebinding), and then talk to whatever
listens here as if it were the page's own server. The `Host` header tells: it has the page's name.
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


def is_served(scope: Any, bound: str) -> bool:
    """Return whether a request names this machine: a loopback address or `localhost`, the address
    that it came to, or the one that was `bound`. HTTP/1.0 may name none; web pages always do.
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


def misdirected(scope: Any) -> Response:
    """Return the refusal of a request for another host."""
    text = "This host name is not served here; start the sandbox with it as `--host`"
    return error(Request(scope), Violation(421, text))


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
