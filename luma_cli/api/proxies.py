"""The proxies that the environment sets, as far as they can be parsed.

httpx reads the variables by itself, but gives up at the first word it cannot read: `fd00::/8` in
`NO_PROXY`, which tools of containers and VPNs put there, would end every command.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator, Mapping
from ipaddress import IPv6Address
from urllib.request import getproxies

import httpx

from luma_cli.errors import UsageError
from luma_cli.network import PROXY_EXTENSION, ProxyInUse
from luma_cli.settings.parse import is_loopback

_SCHEMES = ("http", "https", "all")
_PROXY_HINT = "write `http://HOST:PORT`; `https://` and `socks5://` are valid, too"


def mounts_of(
    verify: ssl.SSLContext, limits: httpx.Limits, proxies: Mapping[str, str] | None = None
) -> dict[str, httpx.BaseTransport | None]:
    """Return the transports for httpx's `mounts`; `None` is a direct connection.

    `proxies` is what `urllib` makes of the variables (and, without them, of the system's settings).
    Raises `UsageError`, which names the variable, for a proxy that cannot be used; what cannot be
    read in `NO_PROXY` is left out.
    """
    proxies = getproxies() if proxies is None else proxies
    exceptions = list(re.split(r"[,\s]+", proxies.get("no", "").strip()))
    if "*" in exceptions:
        return {}
    mounts: dict[str, httpx.BaseTransport | None] = {
        f"{scheme}://": _transport(proxies[scheme], scheme, verify, limits)
        for scheme in _SCHEMES
        if proxies.get(scheme)
    }
    if mounts:
        for exception in exceptions:
            mounts.update(dict.fromkeys(_patterns(exception)))
    return mounts


class ProxiedTransport(httpx.HTTPTransport):
    """A transport through a proxy, which it records in every request for error messages.

    Plain http to this machine itself goes there directly: a proxy elsewhere would reach another
    machine of that name, and none of the variables means it.
    """

    def __init__(
        self, proxy: httpx.Proxy, verify: ssl.SSLContext, limits: httpx.Limits, shown: ProxyInUse
    ) -> None:
        super().__init__(verify=verify, limits=limits, proxy=proxy, trust_env=False)
        self._shown = shown
        self._direct = httpx.HTTPTransport(verify=verify, limits=limits, trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.scheme == "http" and is_loopback(request.url.host):
            return self._direct.handle_request(request)
        request.extensions = {**request.extensions, PROXY_EXTENSION: self._shown}
        response = super().handle_request(request)
        if response.status_code == httpx.codes.PROXY_AUTHENTICATION_REQUIRED:
            # Plain http has no tunnel that could be refused; it means the same.
            response.close()
            raise httpx.ProxyError(f"407 {response.reason_phrase}")
        return response

    def close(self) -> None:
        """Close the connections through the proxy, and those without it."""
        self._direct.close()
        super().close()

    def __exit__(self, *exception: object) -> None:
        # The base class closes its own connections only.
        self.close()


def _transport(
    proxy_url: str, scheme: str, verify: ssl.SSLContext, limits: httpx.Limits
) -> ProxiedTransport:
    variable = _variable(scheme)
    proxy_url = proxy_url.strip()
    if "://" not in proxy_url:
        proxy_url = f"http://{proxy_url}"
    try:
        proxy = httpx.Proxy(proxy_url)
        if not proxy.url.host:
            raise ValueError
        shown = ProxyInUse(str(proxy.url).rstrip("/"), variable)
        return ProxiedTransport(proxy, verify, limits, shown)
    except ImportError:
        raise UsageError(
            f"`{variable}` names a SOCKS proxy, which needs one more package",
            hint="pip install 'httpx[socks]'",
        ) from None
    except (ValueError, httpx.InvalidURL):  # its text may hold the password
        raise UsageError(f"`{variable}` names no usable proxy", hint=_PROXY_HINT) from None


def _variable(scheme: str) -> str:
    """Return the name of the variable that is in force: the lower-case one overrides."""
    lower = f"{scheme}_proxy"
    return lower if os.environ.get(lower) else lower.upper()


def _patterns(word: str) -> Iterator[str]:
    """Yield httpx's pattern for one word of `NO_PROXY`, none for what it cannot read.

    A network (`10.0.0.0/8`, `fd00::/8`) is none of its patterns.
    """
    scheme, separator, host = word.rpartition("://")
    if not host or "/" in host:
        return
    if _is_ipv6(host.strip("[]")):
        host = f"[{host.strip('[]')}]"
    elif not separator and not re.match(r"\[|[0-9.]+(:|$)|localhost(:|$)", host, re.IGNORECASE):
        host = f"*{host.removeprefix('*')}"  # of its subdomains, too
    pattern = f"{scheme or 'all'}://{host}"
    try:
        url = httpx.URL(pattern)
        is_usable = bool(url.host)
    except (httpx.InvalidURL, ValueError):
        return
    if is_usable:
        yield pattern


def _is_ipv6(text: str) -> bool:
    try:
        return IPv6Address(text).scope_id is None
    except ValueError:
        return False
