"""The secrets of a run that its command line and its environment reveal, before a file is read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from luma_cli.redaction import HEADER_NAME, the_run
from luma_cli.settings.declarations import SETTINGS
from luma_cli.settings.environment import CUSTOM_HEADERS
from luma_cli.url_credentials import urls_in

_KEY_FLAG = "auth-token"
# Not flags of this program, but what people type when they mean one.
_MISTAKEN_FLAGS = {"api-key", "apikey", "api-token", "access-token", "key", "token", "luma-api-key"}
_COMMANDS_WITH_A_KEY = {"auth", "login", "config"}
_LONGEST_WORD_WITHOUT_SECRET = 11


def learn(argv: Sequence[str], environ: Mapping[str, str]) -> None:
    """Teach the redactor the secrets of this run; those of an earlier run are forgotten."""
    the_run.forget()
    the_run.keep_typed(argv)
    the_run.learn(*_typed(argv))
    for setting in SETTINGS:
        if setting.secret:
            the_run.learn(environ.get(setting.variable, "").strip())
    for line in environ.get(CUSTOM_HEADERS.name, "").splitlines():
        name, colon, value = line.partition(":")
        is_header = colon and re.fullmatch(HEADER_NAME, name.strip())
        the_run.learn_headers({name.strip(): value.strip()} if is_header else {"": line.strip()})
    for name, value in environ.items():
        if name.upper().endswith("_PROXY") or name == "LUMA_BASE_URL":
            the_run.learn_url(value)


def _typed(argv: Sequence[str]) -> Iterator[str]:
    """Yield what was typed as a key, also with a misspelled flag or in a wrong place."""
    yield from _behind_commands(argv)
    for argument, following in zip(argv, [*argv[1:], ""], strict=False):
        for url in urls_in(argument):
            the_run.learn_url(url)
        if not argument.startswith("-"):
            continue
        name, is_joined, value = argument.partition("=")
        bare = name.lstrip("-").lower().replace("_", "-")
        if bare in _MISTAKEN_FLAGS or bare.startswith("auth"):
            yield value if is_joined or following.startswith("-") else following
        if bare.startswith(_KEY_FLAG) and bare != _KEY_FLAG:  # `--auth-tokenKEY`
            yield argument.lstrip("-")[len(_KEY_FLAG) :].lstrip(":= ")


def _behind_commands(argv: Sequence[str]) -> Iterator[str]:
    """Yield the words behind `auth`, `login` and `config set token` that may be a key.

    Elsewhere the same words may be a prompt, a name or a folder, and the next word an id.
    """
    words = [
        word
        for before, word in zip(["", *argv], argv, strict=False)
        # The word behind a flag may be its value, unless it is a command: `-q auth KEY`.
        if not word.startswith("-") and (not _takes_a_value(before) or word in _COMMANDS_WITH_A_KEY)
    ]
    command = words[0] if words else ""
    if command == "config" and words[1:3] == ["set", "token"]:
        behind = words[3:4]
    elif command == "login" or words[:2] == ["auth", "login"]:
        behind = list(argv[argv.index("login") + 1 :])
    else:
        behind = words[1:2] if command == "auth" else []
    yield from (word.strip() for word in behind if len(word) > _LONGEST_WORD_WITHOUT_SECRET)


def _takes_a_value(word: str) -> bool:
    return word.startswith("-") and "=" not in word
