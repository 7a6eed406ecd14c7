"""The parts of URLs and headers that are credentials, and those that are not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

_WORDS_OF_A_CREDENTIAL = frozenset(
    {
        *("auth", "authorization", "code", "cookie", "cred", "credential", "credentials"),
        *("hash", "hdnea", "hdnts", "hmac", "jwt", "key", "pass", "passwd", "password", "policy"),
        *("pwd", "secret", "session", "sig", "sign", "signature", "token"),
    }
)
# Patterns are texts, which `re` compiles when they are first used; most runs need none.
_END_OF_A_CREDENTIAL = (
    r"(?i)(?:accessid|access[-_]id|apikey|accesskey|accesskeyid|cookie|credential|password|secret"
    r"|signature|token)$"
)
# Parameters and headers of a signature that are not secret: algorithm, date, expiry.
_PUBLIC_NAMES = frozenset(
    {
        *("x-amz-algorithm", "x-amz-date", "x-amz-expires", "x-amz-signedheaders", "x-id"),
        *("x-goog-algorithm", "x-goog-date", "x-goog-expires", "x-goog-signedheaders"),
        *("expires", "response-content-type", "response-content-disposition", "partnumber"),
        *("se", "sp", "spr", "sr", "st", "sv", "cursor", "limit", "purpose", "state"),
    }
)
_RANDOM_LENGTH = 20
_RANDOM_CHANGES = 0.25
_UUID = r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_KINDS = (("A", "Z"), ("a", "z"), ("0", "9"))
_URL_IN_A_TEXT = r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,20}://\S+"
# Characters that may follow a URL in JSON, Markdown or a sentence.
_END_OF_A_URL = r"(?s)[\"'<>`\\].*"
_HOST_AND_PORT = r"[^:@]*(?::[0-9]*)?|\[[^\]@]*\](?::[0-9]*)?"


def is_credential(name: str) -> bool:
    """Return whether a parameter or header has the name of a credential: `X-Amz-Signature`.

    Only whole words count, unlike in `keyword` and `design`.
    """
    if name.lower() in _PUBLIC_NAMES:
        return False
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name)
    words = {word.lower() for word in re.split(r"[^A-Za-z0-9]+", spaced)}
    return not words.isdisjoint(_WORDS_OF_A_CREDENTIAL) or bool(
        re.search(_END_OF_A_CREDENTIAL, name)
    )


def looks_random(value: str) -> bool:
    """Return whether a text is long, and capitals, small letters and digits alternate as by chance.

    Names of files change their kind of letter where a word begins, which is seldom.
    """
    if len(value) < _RANDOM_LENGTH or re.search(r"\s", value):
        return False
    kinds = [_kind(character) for character in value]
    pairs = [pair for pair in pairwise(kinds) if -1 not in pair]
    changes = sum(first != second for first, second in pairs)
    return len(pairs) >= _RANDOM_LENGTH // 2 and changes >= _RANDOM_CHANGES * len(pairs)


def is_uuid(value: str) -> bool:
    """Return whether a text is a UUID: an id of a job, of a file or of a request."""
    return re.fullmatch(_UUID, value) is not None


def urls_in(text: str) -> Iterator[str]:
    """Yield the URLs in a text, each also without punctuation that may follow it."""
    if "://" not in text:
        return
    for found in re.finditer(_URL_IN_A_TEXT, text):
        yield found[0]
        if (shorter := re.sub(_END_OF_A_URL, "", found[0])) != found[0]:
            yield shorter


def passwords(url: str) -> Iterator[str]:
    """Yield the password in a URL (else its user), as it is written and as it is meant.

    The user ends where the path begins: `https://host/a@2x.png` has none. Only where the part
    before the path cannot be a host with a port is the `/` taken for one of the password.
    """
    if "@" not in url:
        return
    from urllib.parse import unquote

    scheme, separator, rest = url.partition("://")
    rest = re.split(r"\s", rest if separator else scheme, maxsplit=1)[0]
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" not in authority and re.fullmatch(_HOST_AND_PORT, authority):
        return
    user, at, _ = (authority if "@" in authority else rest).rpartition("@")
    password = user.partition(":")[2] or user
    if at and password:
        yield from (password, unquote(password, errors="replace"))


def without_query(url: str) -> str:
    """Return a URL without possible signatures and fragment."""
    return re.split("[?#]", url, maxsplit=1)[0]


def signing(url: str) -> Iterator[str]:
    """Yield the values of a URL's query that give a right to it, in every spelling.

    These are the values of parameters named so, and of others what looks random. An id in the
    query, the name of a file and what stands in the path as well describe the file only: what is
    taken for a secret disappears from the hints, and with it the id of a paid job.
    """
    if "?" not in url:
        return
    from urllib.parse import unquote, unquote_plus

    before, _, query = url.partition("?")
    path = unquote(before, errors="replace")
    for pair in re.split("[&;]", query.partition("#")[0]):
        name, _, value = pair.partition("=")
        said = unquote(value, errors="replace")
        if not names_a_credential(name, said) or said in path:
            continue
        yield from (value, said, unquote_plus(value, errors="replace"))
        if "/" in said and name.lower().endswith("credential"):
            yield said.partition("/")[0]  # the rest is a date and a region


def names_a_credential(name: str, value: str) -> bool:
    """Return whether a parameter or header of a signed request is to be kept secret."""
    if is_uuid(value) or name.lower() in _PUBLIC_NAMES:
        return False
    return is_credential(name) or looks_random(value)


def _kind(character: str) -> int:
    for kind, (first, last) in enumerate(_KINDS):
        if first <= character <= last:
            return kind
    return -1
