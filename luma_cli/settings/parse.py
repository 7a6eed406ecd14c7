"""From the text of a setting to its value, or to the error that says what is wrong with it."""

from typing import TYPE_CHECKING

from luma_cli.errors import UsageError
from luma_cli.redaction import the_run
from luma_cli.secret_search import KEY_PREFIX
from luma_cli.settings.durations import parse_duration

if TYPE_CHECKING:
    from decimal import Decimal

UPLOADS = ("auto", "always", "never")
FORMATS = ("auto", "explore", "json", "jsonl", "pretty", "raw", "yaml")
_TRUE, _FALSE = {"1", "t", "true"}, {"0", "f", "false", ""}
_MOST_DIGITS = 12
_BASE_URL_HINT = "the default is `https://agents.lumalabs.ai/v1`"


def parse_switch(text: str) -> bool:
    """Return the truth value of `text`; raises `UsageError` if it has none."""
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise UsageError(f"`{text}` is neither true nor false", hint="write `true` or `false`")


def parse_token(text: str) -> str:
    """Return the key without spaces around it.

    Raises `UsageError`, which does not show the key, when it cannot be sent in a header.
    """
    token = text.strip()
    the_run.learn(*token.split())
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(
            "the API key is empty or has invalid characters",
            hint=f"copy it again from the dashboard; it starts with `{KEY_PREFIX}`",
        )
    return token


def parse_format(text: str) -> str:
    """Return the output format in lower case; raises `UsageError` for an unknown one."""
    if text.lower() not in FORMATS:
        raise UsageError(f"unknown format `{text}`", hint=f"use one of {', '.join(FORMATS)}")
    return text.lower()


def parse_base_url(text: str) -> str:
    """Return the API's base URL without a trailing slash.

    Raises `UsageError` for a URL without a scheme or host, for one with a password, and for plain
    `http` to another machine, where the key could be read on the way.
    """
    from urllib.parse import urlsplit

    if "@" in text:
        raise UsageError("the base URL must not carry a user or password", hint=_BASE_URL_HINT)
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as problem:
        raise UsageError(f"`{text}` is not a URL: {problem}", hint=_BASE_URL_HINT) from None
    if parts.scheme not in ("http", "https"):
        raise UsageError(
            f"the base URL `{text}` is missing a scheme (expected http:// or https://)",
            hint=_BASE_URL_HINT,
        )
    if not host:
        raise UsageError(f"the base URL `{text}` has no host", hint=_BASE_URL_HINT)
    if parts.scheme == "http" and not is_loopback(host):
        raise UsageError(
            f"`{text}` would send the API key over plain http",
            hint="use https://; http:// is accepted for this machine only",
        )
    return parts._replace(query="", fragment="").geturl().rstrip("/")


def is_loopback(host: str) -> bool:
    """Return whether `host` certainly is this machine: `localhost`, or a literal address.

    Other names, and other spellings of numbers (`127.1`, octal, hexadecimal), depend on the
    resolver. An IPv4 address in an IPv6 one (`::ffff:127.0.0.1`) is that address.
    """
    if host in ("localhost", "127.0.0.1", "::1"):
        return True
    from ipaddress import AddressValueError, IPv4Address, IPv6Address

    literal = host.removeprefix("[").removesuffix("]")
    try:
        if ":" not in literal:
            return IPv4Address(literal).is_loopback
        address = IPv6Address(literal)
    except AddressValueError:
        return False
    return address.scope_id is None and (address.ipv4_mapped or address).is_loopback


def parse_count(text: str) -> int:
    """Return a whole number of 0 or more; raises `UsageError` for anything else."""
    if not text.isdecimal() or len(text) > _MOST_DIGITS:
        raise UsageError(
            f"`{text[:40]}` is not a whole number, 0 or more",
            hint=f"write digits only, at most {_MOST_DIGITS}",
        )
    return int(text)


def parse_positive_duration(text: str) -> float:
    """Return seconds; raises `UsageError` for 0, within which no request could end."""
    seconds = parse_duration(text)
    if seconds <= 0:
        raise UsageError(f"`{text}` is not a positive duration", hint="write `30s`")
    return seconds


def parse_upload(text: str) -> str:
    """Return when local files are uploaded; raises `UsageError` for an unknown word."""
    if text.lower() not in UPLOADS:
        raise UsageError(f"`{text[:40]}` is not one of {', '.join(UPLOADS)}")
    return text.lower()


def parse_limit(text: str) -> "Decimal | None":
    """Return an amount of dollars, `None` for `any`; raises `UsageError` for anything else."""
    from decimal import Decimal, InvalidOperation

    if text.lower() == "any":
        return None
    try:
        amount = Decimal(text.removeprefix("$"))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise UsageError(
            f"`{text[:40]}` is not an amount in dollars", hint="write `0.50`, or `any` for no limit"
        )
    return amount
