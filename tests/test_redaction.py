"""What the redactor takes out of a text, and what it leaves in."""

from __future__ import annotations

import base64
import html
import json
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from luma_cli.redaction import Redactor
from luma_cli.secret_search import KEY_PREFIX
from tests.support.program import KEY, PLAIN_KEY, pieces_of

printable = st.characters(min_codepoint=33, max_codepoint=126)
# Hypothesis also tries texts of the code; a key with the prefix is shown as `luma-api-****`.
keys = st.text(printable, min_size=16, max_size=60).filter(
    lambda key: not key.startswith(KEY_PREFIX)
)
SPELLINGS: dict[str, Callable[[str], str]] = {
    "itself": lambda key: key,
    "percent-encoded": lambda key: quote(key, safe=""),
    "percent-encoded as a path": quote,
    "percent-encoded as a form": quote_plus,
    "percent-encoded in lower case": lambda key: quote(key, safe="").lower(),
    "percent-encoded twice": lambda key: quote(quote(key, safe=""), safe=""),
    "in JSON": lambda key: json.dumps(key)[1:-1],
    "in JSON of PHP": lambda key: json.dumps(key)[1:-1].replace("/", r"\/"),
    "in JSON in JSON": lambda key: json.dumps(json.dumps(key))[1:-1],
    "in HTML": html.escape,
    "in Python": lambda key: repr(key.encode()),
    "in a shell": lambda key: key.replace("'", "'\"'\"'"),
    "in YAML": lambda key: key.replace("'", "''"),
    "in upper case": str.upper,
    "in base64": lambda key: base64.b64encode(key.encode()).decode(),
    "in base64 of a header": lambda key: base64.b64encode(f"Bearer {key}".encode()).decode(),
    "in base64 of a user": lambda key: base64.b64encode(f"me:{key}".encode()).decode(),
    "in base64 of a password": lambda key: base64.urlsafe_b64encode(f"{key}:".encode()).decode(),
    "in hexadecimal": lambda key: key.encode().hex(),
}


def knowing(*secrets: str) -> Redactor:
    redactor = Redactor()
    redactor.learn(*secrets)
    return redactor


@pytest.mark.parametrize("spelling", SPELLINGS)
@settings(deadline=None)
@given(key=keys)
def test_a_key_is_redacted_in_every_spelling(spelling: str, key: str) -> None:
    said = SPELLINGS[spelling](key)

    shown = knowing(key).redact(f"no: «{said}», sorry")

    assert shown.startswith("no: «")
    assert shown.endswith("», sorry")
    assert said not in shown
    assert key not in shown


@settings(deadline=None)
@given(start=st.integers(0, len(KEY) - 8), length=st.integers(8, len(KEY)))
def test_a_key_that_was_cut_is_redacted(start: int, length: int) -> None:
    piece = KEY[start : start + length]

    assert pieces_of([KEY], knowing(KEY).redact(f"no such key: {piece}")) == []


def test_the_known_beginning_of_a_key_stays_readable() -> None:
    assert (
        knowing(PLAIN_KEY).redact(f"the key {PLAIN_KEY} is old") == "the key luma-api-**** is old"
    )
    assert knowing().redact(f"the key {PLAIN_KEY} is old") == "the key luma-api-**** is old"
    assert knowing(PLAIN_KEY).redact("keys start with `luma-api-`") == "keys start with `luma-api-`"


@pytest.mark.parametrize("secret", ["", "a", "true", "1", "uni", "luma-api-"])
def test_a_value_that_is_too_short_for_a_secret_turns_nothing_into_asterisks(secret: str) -> None:
    text = "error: a true 1-line answer of uni-1 via luma-api-"

    assert knowing(secret).redact(text) == text


def test_a_short_secret_is_redacted_as_a_word_of_its_own() -> None:
    shown = knowing("image").redact("an image, image_ref, imagery: image")

    assert shown == "an <REDACTED>, image_ref, imagery: <REDACTED>"


@settings(deadline=None)
@given(text=st.text(), secrets=st.lists(st.text()))
def test_redacting_never_raises_and_is_stable(text: str, secrets: list[str]) -> None:
    redactor = knowing(*(secret for secret in secrets if secret.casefold() not in "<redacted>"))

    once = redactor.redact(text)

    assert redactor.redact(once) == once or any(secret in once for secret in secrets)


@settings(deadline=None)
@given(
    document=st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text() | keys,
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | keys, inner),
    ),
    key=keys,
)
@example(document=None, key="luma-api-0000000")
def test_json_stays_json_and_what_is_no_secret_stays_as_it_is(document: object, key: str) -> None:
    redactor = knowing(key)
    text = json.dumps({"a": document, "b": [key, {key: f"x{key}x"}]})

    shown = json.loads(redactor.redact_json(text))

    redacted = "luma-api-****" if key.startswith("luma-api-") else "<REDACTED>"
    assert shown["b"][0] == redacted
    assert list(shown["b"][1]) == [redacted]
    assert knowing().redact_json('{"n":1.50,"s":"\\u00e9"}') == '{"n":1.50,"s":"\\u00e9"}'


def test_a_secret_that_is_a_number_becomes_a_string() -> None:
    assert knowing("12345678901").redact_json('{"n":12345678901}') == '{"n":"<REDACTED>"}'


@pytest.mark.parametrize(
    ("url", "secrets"),
    [
        ("https://h/p?X-Amz-Signature=0a1b2c3d4e5f&X-Amz-Expires=3600", ["0a1b2c3d4e5f"]),
        ("https://h/p?X-Amz-Credential=AKIAX7Y8%2F20260901%2Fus%2Fs3", ["AKIAX7Y8"]),
        ("https://h/p?X-Amz-Security-Token=a%2Bb%2Fc9d8e7", ["a%2Bb%2Fc9d8e7", "a+b/c9d8e7"]),
        ("https://h/p?Signature=x1y2z3w4~&Key-Pair-Id=K9J8H7G6F5", ["x1y2z3w4~", "K9J8H7G6F5"]),
        ("https://h/p?sig=q1w2e3r4t5&se=2026", ["q1w2e3r4t5"]),
        ("https://h/p?token=m5n6b7v8", ["m5n6b7v8"]),
        ("https://me:p%2Bss/w0rd@h/p", ["p%2Bss/w0rd", "p+ss/w0rd"]),
        ("http://only9token8@proxy:3128", ["only9token8"]),
    ],
)
def test_what_signs_a_url_is_known_wherever_it_turns_up(url: str, secrets: list[str]) -> None:
    redactor = Redactor()
    redactor.learn_url(url)

    for secret in secrets:
        assert redactor.redact(f"<Got>{secret}</Got>") == "<Got><REDACTED></Got>"
    assert redactor.redact("expires 3600, us, s3, 2026") == "expires 3600, us, s3, 2026"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see `https://h/p?a=1&sig=x`.", "see `https://h/p?<REDACTED>`."),
        (r"https://h/p?a=1\u0026X-Amz-Signature=abc", "https://h/p?<REDACTED>"),
        (r"https:\/\/h\/p?sig=a\/b", r"https:\/\/h\/p?<REDACTED>"),
        ("https://h/v1/files?limit=2&cursor=abc", "https://h/v1/files?limit=2&cursor=abc"),
        ("via socks5://me:word@proxy:1", "via socks5://<REDACTED>@proxy:1"),
        ("X-Amz-Signature=0a1b&x=1", "X-Amz-Signature=<REDACTED>&x=1"),
        ("--auth-token=KEY", "--auth-token=KEY"),
        ("mail me@h.test", "mail me@h.test"),
    ],
)
def test_patterns_catch_what_was_never_learned(text: str, shown: str) -> None:
    assert Redactor().redact(text) == shown


def test_what_merely_describes_a_picture_is_no_secret() -> None:
    redactor = Redactor()
    redactor.learn_url("https://cdn.test/a.png?type=image&width=10240&name=portrait")

    assert redactor.redact("an image, 10240 wide: portrait") == "an image, 10240 wide: portrait"


def test_base64_is_its_length_and_a_long_path_or_word_is_itself() -> None:
    payload = base64.b64encode(bytes(range(256))).decode()
    path = "/home/someone/" + "a-folder/" * 30 + "Fox2"

    assert Redactor().redact(f"got {payload}") == "got <344 characters>"
    assert Redactor().redact(path) == path
    assert Redactor().redact("x" * 500) == "x" * 500


def test_headers_are_secrets_but_those_that_say_nothing() -> None:
    redactor = Redactor()
    redactor.learn_headers({"X-Tenant": "Bearer s3cr3t-w0rds", "Accept": "application/json"})

    assert redactor.redact("s3cr3t-w0rds, application/json") == "<REDACTED>, application/json"


def test_links_of_long_ago_are_forgotten_and_a_large_text_takes_no_time() -> None:
    redactor = knowing(KEY)
    for number in range(5_000):
        redactor.learn_url(f"https://h/p?X-Amz-Signature=signature{number:06}")
    before = time.thread_time()

    shown = redactor.redact("signature004999 signature000001 " + "lorem ipsum " * 20_000)

    assert shown.startswith("<REDACTED> signature000001 lorem")
    assert time.thread_time() - before < 5


_PARTS = {
    "schemes without a blank": "http://",
    "slashes": "/",
    "escaped slashes": "\\/",
    "queries": "http://h/p?",
    "escaped quotes": '\\"',
    "quotes": '"',
    "a member": '"headers":{"',
    "a member and escaped quotes": '"headers":{"a":"\\"',
    "data": '"data":"',
    "a known prefix": "luma-api-",
    "short base64": "A" * 199 + " ",
    "users": "a://b@",
    "parameters": "token=",
    "the key": PLAIN_KEY,
    "the key and blanks": PLAIN_KEY + " ",
    "a piece of the key": PLAIN_KEY[9:19],
    "base64 of the key": base64.b64encode(PLAIN_KEY[9:].encode()).decode().rstrip("="),
    "a word": "production ",
}


@pytest.mark.parametrize("part", _PARTS)
@pytest.mark.parametrize("opening", ["", '{"id":"1","prompt":"', '{"headers":{"a":"'])
def test_the_time_grows_with_the_text_and_not_with_its_square(part: str, opening: str) -> None:
    redactor = knowing(PLAIN_KEY)
    redactor.learn_headers({"X-Env": "production"})

    def seconds(size: int) -> float:
        text = opening + _PARTS[part] * (size // len(_PARTS[part]))
        before = time.thread_time()
        redactor.redact(redactor.redact_json(text))
        return time.thread_time() - before

    seconds(100)  # makes the search ready
    small = max(min(seconds(6_000) for _ in range(3)), 0.001)

    # A busy machine may disturb one attempt, not each.
    assert any(seconds(96_000) < 40 * small for _ in range(4))


@pytest.mark.parametrize("before", [0, 3_990, 3_999, 4_000, 5_000])
def test_of_a_text_that_is_cut_no_part_of_a_secret_is_left(before: int) -> None:
    redactor = knowing(KEY)

    shown = redactor.redact("y" * before + KEY + "z" * 100_000, 4_000)

    assert pieces_of([KEY], shown) == []
    assert len(shown) <= 4_000 + len("<REDACTED>")
    assert ("<REDACTED>" in shown) == (before < 4_000)
