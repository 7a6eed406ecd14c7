"""URLs as references. The sandbox never fetches them: the host name selects the outcome."""

from __future__ import annotations

import ipaddress
import re
import socket
from contextlib import suppress
from urllib.parse import urlsplit

from luma_cli.rules.violation import Violation, bad_request, unprocessable

_UNREACHABLE = unprocessable("{path}: failed to fetch URL")
# The answer to `https://<name>.sandbox.test/anything`; `http-<status>` is a name, too.
# If a text has two documented forms, each has a name.
MAGIC_HOSTS = {
    "unreachable": _UNREACHABLE,
    "not-an-image": unprocessable("{path}: content-type is not an image"),
    "too-large": Violation(413, "{path}: image exceeds 50 MB limit"),
    "too-large-old": Violation(413, "Image exceeds 50 MB size limit"),
    "no-proxy": Violation(502, "{path}: fetch proxy unavailable"),
    "no-proxy-old": Violation(502, "Upstream service unavailable"),
    "no-ingestion": Violation(503, "Media URL ingestion is unavailable"),
    "no-ingestion-old": Violation(503, "Image URL ingestion unavailable"),
}
_MAGIC_ZONE = ".sandbox.test"
_STATUS = re.compile(r"http-([1-5]\d\d)", re.ASCII)


def url_violation(url: str) -> Violation | None:
    """Return the violation for a well-formed URL, `None` if it is accepted.

    `{path}` in the detail is a placeholder for the path of the reference.
    """
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if not host:
        return bad_request("{path}: URL is not valid")
    if _is_private(host):
        return bad_request("{path}: URL must have a public address")
    if host.endswith(".invalid"):  # a zone that never resolves
        return _UNREACHABLE
    if not host.endswith(_MAGIC_ZONE):
        return None
    name = host.removesuffix(_MAGIC_ZONE)
    if status := _STATUS.fullmatch(name):
        return unprocessable(f"{{path}}: failed to fetch URL (HTTP {status[1]})")
    return MAGIC_HOSTS.get(name)


def _is_private(host: str) -> bool:
    with suppress(ValueError):
        return not ipaddress.ip_address(host).is_global
    with suppress(OSError):  # `127.1`, `0x7f000001` and `2130706433` are addresses, too
        return not ipaddress.ip_address(socket.inet_aton(host)).is_global
    return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
