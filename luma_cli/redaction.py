"""Texts without secrets: no key, no signature, no bytes of a file.

Three steps, in this order: known secrets, in every spelling that a server or a library may use;
pieces of those that last the whole run; and patterns, for secrets that were never learned.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from types import TracebackType

from luma_cli.secret_search import KEY_PREFIX, Search
from luma_cli.url_credentials import is_credential, is_uuid, names_a_credential, passwords, signing

REDACTED = "<REDACTED>"
# Headers whose values are not secret; of all others only the name is shown.
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
# The API's own queries, which nothing signs.
_PLAIN_PARAMETERS = {"cursor", "limit", "purpose", "state"}
# Redacting shorter values would turn half of every sentence into asterisks.
_SHORTEST = 5
# The patterns find signatures of links that are forgotten.
_MOST_PASSING = 64

# Patterns are texts, which `re` compiles when they are first used: all of them take 4 ms, and most
# runs need none.
# The name of a header, as RFC 9110 (5.6.2) has it.
HEADER_NAME = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_PLAIN_WORDS = r"(?:[A-Z]?[a-z]+|[A-Z]+|[0-9]{1,4})(?:[-_.\s](?:[A-Z]?[a-z]+|[A-Z]+|[0-9]{1,4}))*"
_SHORTEST_WORD = 8
_SCHEMES = {"bearer", "digest", "negotiate"}  # the scheme before the secret in `Authorization`

# All patterns take linear time: each match, also of text that turns out to be harmless, extends to
# the end of the scanned text, and no text is scanned twice.
_WITH_KNOWN_PREFIX = rf"{KEY_PREFIX}[\w-]{{16,}}"
_USER_OF_URL = r"(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.-]{0,20}://)[^\s/?#\"'<>\\`]*@"
# From the slashes on: whatever the scheme is, and also without one.
_URL = (
    r"((?:\\?/){2}(?:[^\s\"'?#<>\\`]|\\/)++)"
    rf"(?:[?#](?!{REDACTED})((?:[^\s\"'<>\\`]|\\u[0-9a-fA-F]{{4}}|\\/|{REDACTED})*+))?"
)
_PARAMETER = (
    r"(?i)(?<![\w-])((?:x-amz-|x-goog-)?(?:signature|credential|security-token)|sig|token"
    r"|key-pair-id|awsaccesskeyid|googleaccessid)=(?!<)[^&\s\"'<>\\`]+"
)
_LONGEST_PLAIN_RUN = 199
_BASE64 = (
    r"(?i)(;base64,)[A-Za-z0-9+/_-]++={0,2}"
    rf"|(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{{{_LONGEST_PLAIN_RUN + 1},}}+={{0,2}}"
)
# A string that is not closed reaches to the end of the text.
_STRING = r'"(?:[^"\\]++|\\(?:.|\Z))*+(?:"|\Z)'
_JSON_SCALAR = rf"(?s){_STRING}|-?\d[\d.eE+-]*+"
_JSON_HEADERS = rf'(?s)("headers"\s*+:\s*+\{{)((?:{_STRING}|[^{{}}"]++)*+)'
_JSON_MEMBER = rf"(?s)({_STRING}\s*+:\s*+){_STRING}|{_STRING}"
_JSON_PAYLOAD = r'("data"\s*+:\s*+")([^"<]++)"'


class Redactor:
    """Knows the secrets of a run, and removes them from texts.

    Every place where text leaves the program uses it: errors, notes, logs, the journal. Learning a
    secret is cheap; the search is prepared when the first text comes.
    """

    def __init__(self) -> None:
        self._lasting: dict[str, None] = {}
        self._passing: deque[str] = deque(maxlen=_MOST_PASSING)
        self._words: dict[str, None] = {}
        self._ids: set[str] = set()
        self._typed = ""
        self._search: Search | None = None
        self._lock = threading.Lock()  # downloads learn links in threads of their own

    def forget(self) -> None:
        """Forget all secrets, as at the start of a run."""
        with self._lock:
            self._lasting.clear()
            self._passing.clear()
            self._words.clear()
            self._ids.clear()
            self._typed = ""
            self._search = None

    def learn(self, *values: str) -> None:
        """Treat these values as secrets of the whole run: keys, passwords."""
        with self._lock:
            for value in values:
                is_public = len(value) < _SHORTEST or value in KEY_PREFIX
                if not is_public and value not in self._lasting:
                    self._lasting[value] = None
                    self._search = None

    def learn_headers(self, headers: Mapping[str, str]) -> None:
        """Take the values of the user's own headers for secrets, but those of `PUBLIC_HEADERS`.

        A value of ordinary words (`X-Env: production`), unless its name says that it is a
        credential, is redacted only where it stands alone, and only from 8 characters on or with a
        digit or punctuation in it: as a step of a path (`/srv/production/`) it is the user's own
        word, and without it the hint that names the path could not be followed.
        """
        for name, value in headers.items():
            if name.lower() in PUBLIC_HEADERS:
                continue
            for part in _parts(value):
                if not name or is_credential(name) or not re.fullmatch(_PLAIN_WORDS, part):
                    self.learn(part)
                elif len(part) >= _SHORTEST_WORD or not part.isalpha():
                    self._learn_word(part)

    def learn_signature(self, url: str, headers: Mapping[str, str]) -> None:
        """Treat the signature of a request to the storage host as secret."""
        self.learn_url(url)
        for name, value in headers.items():
            if name.lower() not in PUBLIC_HEADERS:
                self._learn_passing(
                    part for part in _parts(value) if names_a_credential(name, part)
                )

    def learn_url(self, url: str) -> None:
        """Treat the password in a URL and the values that sign it as secrets."""
        self.learn(*passwords(url))
        self._learn_passing(signing(url))

    def keep(self, *ids: str) -> None:
        """Never redact these ids as the signature of a link, although a link may contain them."""
        with self._lock:
            if not self._ids.issuperset(ids):
                self._ids.update(ids)
                self._search = None

    def keep_typed(self, words: Iterable[str]) -> None:
        """Never redact as the signature of a link what the user typed, except in queries."""
        with self._lock:
            typed = (re.sub(r"[?#]\S*", "", word) if "://" in word else word for word in words)
            self._typed = "\n".join(typed)
            self._search = None

    def _is_public(self, value: str) -> bool:
        return value in self._ids or is_uuid(value) or value in self._typed

    def _learn_word(self, word: str) -> None:
        with self._lock:
            if len(word) >= _SHORTEST and word not in self._words:
                self._words[word] = None
                self._search = None

    def _learn_passing(self, values: Iterable[str]) -> None:
        with self._lock:
            for value in values:
                if len(value) >= _SHORTEST and value not in self._passing:
                    self._passing.append(value)
                    self._search = None

    def redact(self, text: str, longest: int | None = None) -> str:
        """Return the text without secrets, users of URLs, queries of URLs, and base64.

        A text is first cut to `longest` characters; a secret on the border is still found.
        """
        text = self._without_values(text, longest)
        # Each condition holds wherever its pattern matches; most sentences need no pattern.
        if KEY_PREFIX in text:
            text = re.sub(_WITH_KNOWN_PREFIX, _without_key, text)
        if "://" in text and "@" in text:
            text = re.sub(_USER_OF_URL, rf"\1{REDACTED}@", text)
        if len(text) > _LONGEST_PLAIN_RUN or "64," in text:
            text = re.sub(_BASE64, _without_base64, text)
        if "?" in text or "#" in text:
            text = re.sub(_URL, _without_query, text)
        return re.sub(_PARAMETER, rf"\1={REDACTED}", text) if "=" in text else text

    def redact_json(self, text: str) -> str:
        """Return a JSON text without secrets, still JSON: keys and values are redacted one by one.

        Omits the values of a member called `headers`, and inline files.
        """
        text = re.sub(
            _JSON_PAYLOAD, lambda found: f'{found[1]}<{len(found[2]):,} characters>"', text
        )
        text = re.sub(
            _JSON_HEADERS,
            lambda found: found[1] + re.sub(_JSON_MEMBER, _without_value, found[2]),
            text,
        )
        return re.sub(_JSON_SCALAR, lambda found: self._redact_scalar(found[0]), text)

    def _redact_scalar(self, scalar: str) -> str:
        import json

        try:
            said = json.loads(scalar, strict=False) if scalar[0] == '"' else scalar
        except ValueError:  # what only looks like JSON
            return self.redact(scalar)
        is_base64 = re.fullmatch(_BASE64, said) and not (said[:1] == "/" and _is_path(said))
        harmless = f"<{len(said):,} characters>" if is_base64 else self.redact(said)
        return scalar if harmless == said else json.dumps(harmless)

    def _without_values(self, text: str, longest: int | None) -> str:
        with self._lock:
            if self._search is None:
                passing = tuple(value for value in self._passing if not self._is_public(value))
                self._search = Search(tuple(self._lasting), passing, tuple(self._words))
            search = self._search
        end = len(text) if longest is None else longest
        text = text[: end + search.longest]
        parts, at = [], 0
        for start, after in search.spans(text):
            if start >= end:
                break
            known = text.startswith(KEY_PREFIX, start)
            parts += [text[at:start], f"{KEY_PREFIX}****" if known else REDACTED]
            at = after
        return "".join([*parts, text[at:end]])


def _parts(value: str) -> list[str]:
    """Return a header's value and its parts: of `Bearer KEY` and `session=KEY; …` KEY is secret."""
    parts = (part for part in re.split(r"[\s;,=]+", value) if len(part) > _SHORTEST)
    return [value, *(part for part in parts if part.lower() not in _SCHEMES)]


def _without_key(found: re.Match[str]) -> str:
    """Leave a name like `luma-api-documentation` as it is: a key has digits."""
    return f"{KEY_PREFIX}****" if re.search(r"\d", found[0]) else found[0]


def _without_value(found: re.Match[str]) -> str:
    return found[0] if found[1] is None else f'{found[1]}"{REDACTED}"'


def _without_base64(found: re.Match[str]) -> str:
    """Return base64 as its length; a long word or path, which looks alike, stays as it is."""
    announced, run = found[1] or "", found[0][len(found[1] or "") :]
    if not announced and (run.islower() or _is_path(run)):
        return run
    return f"{announced}<{len(run):,} characters>"


def _is_path(run: str) -> bool:
    """Return whether most letters between the slashes are those of words in small letters.

    In base64 one letter in seven is in such a run; bytes that repeat may be runs of one letter.
    """
    steps = run.split("/")
    if len(steps) == 1 or "" in steps[1:-1] or max(map(len, steps)) > _LONGEST_PLAIN_RUN:
        return False
    words = [word for word in re.findall("[a-z]{3,}", run) if len(set(word)) > 1]
    return 2 * sum(map(len, words)) >= sum(map(str.isalpha, run)) > 0


def _without_query(found: re.Match[str]) -> str:
    if found[2] is None:
        return found[0]
    names = {pair.partition("=")[0] for pair in found[2].split("&")}
    return found[0] if names <= _PLAIN_PARAMETERS else f"{found[1]}?{REDACTED}"


# One run is one process: what one module learns (from a header, a link, a file) must be known
# wherever text leaves the program.
the_run = Redactor()


def without_secrets(text: str, longest: int | None = None) -> str:
    """Return the text without the secrets of this run, and without what looks like one.

    With `longest`, the text is cut to that number of characters.
    """
    return the_run.redact(text, longest)


def print_traceback(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Print a bug on stderr, as `sys.excepthook` does, without locals and without secrets."""
    import sys
    import traceback

    text = "".join(traceback.format_exception(kind, error, trace))
    sys.stderr.write(without_secrets(text))
