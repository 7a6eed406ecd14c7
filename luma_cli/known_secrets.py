"""What is secret in a run and known before anything is read: from its words and its environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from luma_cli.environment import CUSTOM_HEADERS
from luma_cli.redaction import the_run
from luma_cli.settings import SETTINGS

_KEY_FLAG = "auth-token"
# Not flags of this program, but what people type when they mean one.
_MISTAKEN_FLAGS = {"api-key", "apikey", "api-token", "access-token", "key", "token", "luma-api-key"}
_WORDS_BEFORE_A_KEY = {"auth", "token"}  # as in `auth KEY`, `config set token KEY`
_LONGEST_WORD_WITHOUT_SECRET = 11


def learn(argv: Sequence[str], environ: Mapping[str, str]) -> None:
    """Tell the redactor what this run must not show; what an earlier one told is forgotten."""
    the_run.forget()
    the_run.learn(*_typed(argv))
    for setting in SETTINGS:
        if setting.secret:
            the_run.learn(environ.get(setting.variable, "").strip())
    for line in environ.get(CUSTOM_HEADERS.name, "").splitlines():
        name, colon, value = line.partition(":")
        the_run.learn_headers({name.strip(): value.strip()} if colon else {"": line.strip()})
    for name, value in environ.items():
        if name.upper().endswith("_PROXY") or name == "LUMA_BASE_URL":
            the_run.learn_url(value)


def _typed(argv: Sequence[str]) -> Iterator[str]:
    """Yield what was typed where a key is meant, also with a misspelt flag or in a wrong place."""
    after_login = argv[argv.index("login") + 1 :] if {"auth", "login"} <= set(argv) else []
    yield from (word for word in after_login if len(word) > _LONGEST_WORD_WITHOUT_SECRET)
    for argument, following in zip(argv, [*argv[1:], ""], strict=False):
        if "://" in argument:
            the_run.learn_url(argument)
        if not argument.startswith("-"):
            if argument in _WORDS_BEFORE_A_KEY and len(following) > _LONGEST_WORD_WITHOUT_SECRET:
                yield following.strip()
            continue
        name, is_joined, value = argument.partition("=")
        bare = name.lstrip("-").lower().replace("_", "-")
        if bare in _MISTAKEN_FLAGS or bare.startswith("auth"):
            yield value if is_joined or following.startswith("-") else following
        if bare.startswith(_KEY_FLAG) and bare != _KEY_FLAG:  # `--auth-tokenKEY`
            yield argument.lstrip("-")[len(_KEY_FLAG) :].lstrip(":= ")
