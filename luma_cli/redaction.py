"""What may be shown or written down of a text: no key, no signature, no bytes of a file.

Three nets, in this order: the values that are known to be secret, in every spelling a server or a
library may give them; pieces of the lasting ones; and patterns, for what was never learned.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType

from luma_cli.secret_search import KEY_PREFIX, Search

REDACTED = "<REDACTED>"
# Names of headers whose values say nothing that is secret; of all others only the name is shown.
PUBLIC_HEADERS = frozenset(
    {
        *("accept", "accept-encoding", "accept-language", "accept-ranges", "age", "allow"),
        *("cache-control", "connection", "content-disposition", "content-encoding"),
        *("content-language", "content-length", "content-range", "content-type", "date", "etag"),
        *("expect", "expires", "host", "if-match", "if-none-match", "if-range", "keep-alive"),
        *("last-modified", "location", "range", "retry-after", "server", "te", "trailer"),
        *("transfer-encoding", "upgrade", "user-agent", "vary", "via", "x-amz-id-2"),
        *("x-amz-request-id", "x-cache", "x-luma-sandbox", "x-request-id", "cf-ray"),
        *("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "ratelimit-policy"),
        *("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"),
    }
)
# Parameters of signed URLs that say how and until when, not by what right.
_PUBLIC_PARAMETERS = frozenset(
    {
        *("x-amz-algorithm", "x-amz-date", "x-amz-expires", "x-amz-signedheaders", "x-id"),
        *("x-goog-algorithm", "x-goog-date", "x-goog-expires", "x-goog-signedheaders"),
        *("expires", "response-content-type", "response-content-disposition", "partnumber"),
        *("se", "sp", "spr", "sr", "st", "sv", "cursor", "limit", "purpose", "state"),
    }
)
_NAME_OF_A_SIGNATURE = re.compile(
    r"auth|code|cred|hash|hmac|key|pass|policy|secret|sig|token", re.IGNORECASE
)
_RANDOM_LENGTH = 16
# The API's own queries, which nothing signs.
_PLAIN_PARAMETERS = {"cursor", "limit", "purpose", "state"}
# A shorter value is no secret, and would turn half of every sentence into asterisks.
_SHORTEST = 5
# Signatures of links that were used long ago are the patterns' business.
_MOST_PASSING = 64

_KNOWN_PREFIX = re.compile(rf"{KEY_PREFIX}[\w-]+")
_USER_OF_URL = re.compile(r"(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.-]{0,20}://)[^\s/?#\"'<>\\`]*@")
_URL_QUERY = re.compile(
    r"(https?:(?:\\?/){2}(?:[^\s\"'?#<>\\`]|\\/)+)[?#]"
    rf"(?!{REDACTED})((?:[^\s\"'<>\\`]|\\u[0-9a-fA-F]{{4}}|\\/|{REDACTED})*)"
)
_PARAMETER = re.compile(
    r"(?<![\w-])((?:x-amz-|x-goog-)?(?:signature|credential|security-token)|sig|token"
    r"|key-pair-id|awsaccesskeyid|googleaccessid)=(?!<)[^&\s\"'<>\\`]+",
    re.IGNORECASE,
)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{200,}={0,2}")
_JSON_SCALAR = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*', re.DOTALL)
_JSON_HEADERS = re.compile(r'("headers"\s*:\s*\{)((?:"(?:[^"\\]|\\.)*"|[^{}"])*)', re.DOTALL)
_JSON_MEMBER = re.compile(r'("(?:[^"\\]|\\.)*"\s*:\s*)"(?:[^"\\]|\\.)*"', re.DOTALL)
_JSON_PAYLOAD = re.compile(r'("data"\s*:\s*")([^"<]+)"')


class Redactor:
    """Knows the secrets of a run, and takes them out of texts.

    Every edge where text leaves the program asks it: errors, notes, logs, the journal. It is told
    of secrets as they turn up, which is cheap; the search is made ready when a text comes.
    """

    def __init__(self) -> None:
        self._lasting: dict[str, None] = {}
        self._passing: deque[str] = deque(maxlen=_MOST_PASSING)
        self._search: Search | None = None
        self._lock = threading.Lock()  # downloads learn links in threads of their own

    def forget(self) -> None:
        """Know nothing again, as at the start of a run."""
        with self._lock:
            self._lasting.clear()
            self._passing.clear()
            self._search = None

    def learn(self, *values: str) -> None:
        """Take these values for secrets of the whole run: keys, passwords."""
        with self._lock:
            for value in values:
                is_public = len(value) < _SHORTEST or value in KEY_PREFIX
                if not is_public and value not in self._lasting:
                    self._lasting[value] = None
                    self._search = None

    def learn_headers(self, headers: Mapping[str, str], *, passing: bool = False) -> None:
        """Take the values of headers for secrets, but those of `PUBLIC_HEADERS`."""
        for name, value in headers.items():
            if name.lower() in PUBLIC_HEADERS:
                continue
            # `Bearer KEY`, `session=KEY; …`: the key alone is as secret as the whole.
            parts = [part for part in re.split(r"[\s;,=]+", value) if len(part) > _SHORTEST]
            if passing:
                self._learn_passing([value, *parts])
            else:
                self.learn(value, *parts)

    def learn_url(self, url: str) -> None:
        """Take for secrets what a URL carries of them: a password, the values that sign it."""
        self.learn(*_passwords(url))
        self._learn_passing(_signing(url))

    def _learn_passing(self, values: Iterable[str]) -> None:
        with self._lock:
            for value in values:
                if len(value) >= _SHORTEST and value not in self._passing:
                    self._passing.append(value)
                    self._search = None

    def redact(self, text: str) -> str:
        """Return the text without secrets, users of URLs, queries of URLs, and base64."""
        text = _KNOWN_PREFIX.sub(f"{KEY_PREFIX}****", self._without_values(text))
        text = _USER_OF_URL.sub(rf"\1{REDACTED}@", text)
        text = _BASE64.sub(lambda found: _shortened(found[0]), text)
        text = _URL_QUERY.sub(_without_query, text)
        return _PARAMETER.sub(rf"\1={REDACTED}", text)

    def redact_json(self, text: str) -> str:
        """Return a JSON text without secrets, still JSON: each key and value is looked at alone.

        The values of a member called `headers` are left out, as are inline files.
        """
        text = _JSON_PAYLOAD.sub(lambda found: f'{found[1]}<{len(found[2]):,} characters>"', text)
        text = _JSON_HEADERS.sub(
            lambda found: found[1] + _JSON_MEMBER.sub(rf'\1"{REDACTED}"', found[2]), text
        )
        return _JSON_SCALAR.sub(lambda found: self._redact_scalar(found[0]), text)

    def _redact_scalar(self, scalar: str) -> str:
        import json

        try:
            said = json.loads(scalar, strict=False) if scalar[0] == '"' else scalar
        except ValueError:  # what only looks like JSON
            return self.redact(scalar)
        harmless = self.redact(said)
        return scalar if harmless == said else json.dumps(harmless)

    def _without_values(self, text: str) -> str:
        with self._lock:
            if self._search is None:
                self._search = Search(tuple(self._lasting), tuple(self._passing))
            search = self._search
        spans = search.spans(text)
        for start, end in reversed(spans):
            known = text.startswith(KEY_PREFIX, start)
            mark = f"{KEY_PREFIX}****" if known else REDACTED
            text = text[:start] + mark + text[end:]
        return text


def _shortened(run: str) -> str:
    """Return base64 as its length; a long word or path, which looks alike, stays as it is."""
    if run.islower():
        return run
    if "/" in run and max(map(len, run.split("/"))) < 200:
        kinds = (str.isupper, str.islower, str.isdigit)
        upper, lower, digits = (sum(map(kind, run)) / len(run) for kind in kinds)
        if upper < 0.2 or lower < 0.2 or digits < 0.05:
            return run
    return f"<{len(run):,} characters>"


def _without_query(found: re.Match[str]) -> str:
    names = {pair.partition("=")[0] for pair in found[2].split("&")}
    return found[0] if names <= _PLAIN_PARAMETERS else f"{found[1]}?{REDACTED}"


def _passwords(url: str) -> Iterator[str]:
    from urllib.parse import unquote

    _, _, rest = url.partition("://")
    user, at, _ = (rest or url).rpartition("@")
    password = user.partition(":")[2] or user
    if at and password:
        yield from (password, unquote(password, errors="replace"))


def _signing(url: str) -> Iterator[str]:
    from urllib.parse import unquote, unquote_plus

    query = url.partition("?")[2].partition("#")[0]
    pairs = [pair.partition("=") for pair in re.split("[&;]", query)]
    is_signed = any(_NAME_OF_A_SIGNATURE.search(name) for name, _, _ in pairs)
    for name, _, value in pairs:
        if name.lower() in _PUBLIC_PARAMETERS or (not is_signed and len(value) < _RANDOM_LENGTH):
            continue  # `?type=image` is no reason to take every `image` out
        said = unquote(value, errors="replace")
        yield from (value, said, unquote_plus(value, errors="replace"))
        if "/" in said and name.lower().endswith("credential"):
            yield said.partition("/")[0]  # the rest is a date and a region


# One run is one process; what is told where it turns up (a header, a link, a file) is heard by
# edges that have nothing else in common.
the_run = Redactor()


def without_secrets(text: str) -> str:
    """Return the text without the secrets of this run, and without what looks like one."""
    return the_run.redact(text)


def print_traceback(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Print a bug on stderr, as `sys.excepthook` does, without locals and without secrets."""
    import sys
    import traceback

    text = "".join(traceback.format_exception(kind, error, trace))
    sys.stderr.write(without_secrets(text))
