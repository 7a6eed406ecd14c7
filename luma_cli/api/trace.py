"""What `--debug` prints of an exchange: everything except secrets and the bytes of files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from luma_cli.redaction import PUBLIC_HEADERS, REDACTED, the_run

if TYPE_CHECKING:
    import httpx

    from luma_cli.api.roundtrip import Received

_LONGEST_TEXT = 100_000


class Preview(Protocol):
    """A body that can be described without its files."""

    @property
    def preview(self) -> str: ...


class Trace:
    """Passes requests and answers to `say`, line by line.

    Only the values of `PUBLIC_HEADERS` are shown, and of these not the `own_headers`, whose values
    only the user knows the meaning of.
    """

    def __init__(self, say: Callable[[str], None], own_headers: Iterable[str]) -> None:
        self._say = say
        self._shown = PUBLIC_HEADERS - {name.lower() for name in own_headers}

    def request(self, request: httpx.Request, body: Preview | None = None) -> None:
        """Show a request that is about to be sent."""
        url = request.url.copy_with(query=None) if _is_signed(str(request.url)) else request.url
        self._show(">", f"{request.method} {url}", request.headers, body.preview if body else "")

    def response(self, response: httpx.Response | Received, text: str = "") -> None:
        """Show an answer; `text` is its body, as far as it was read as text."""
        status = f"HTTP {response.status_code} {response.reason_phrase}".rstrip()
        self._show("<", status, response.headers, text)

    def _show(self, mark: str, first: str, headers: Mapping[str, str], body: str) -> None:
        self._say(f"{mark} {redacted(first)}")
        for name, value in headers.items():
            self._say(f"{mark} {name}: {self._harmless(name, value)}")
        for line in redacted(body).splitlines():
            self._say(f"{mark}   {line}")

    def _harmless(self, name: str, value: str) -> str:
        if name.lower() == "location" and name.lower() in self._shown:
            # Also without scheme and host a link may be signed. The redactor first: a secret that
            # is cut at its own `#` would not be recognized.
            return re.sub(r"[?#].*", f"?{REDACTED}", redacted(value), flags=re.DOTALL)
        if name.lower() in self._shown:
            return redacted(value)
        scheme, blank, _ = value.partition(" ")
        known = name.lower() == "authorization" and blank
        return f"{scheme} {REDACTED}" if known else REDACTED


def redacted(text: str) -> str:
    """Return the text without secrets, signatures in URLs and base64."""
    # Twice: what looks like JSON need not be JSON all through.
    text = the_run.redact(the_run.redact_json(text[: 2 * _LONGEST_TEXT]))
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"


def _is_signed(url: str) -> bool:
    """Return whether a URL's query may hold a signature; the API's own queries are plain."""
    return re.search(r"[?&](?!cursor=|limit=|purpose=|state=)", url) is not None
