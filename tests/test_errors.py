"""Errors are values: made once, changed by making a copy."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import luma_cli
from luma_cli.errors import Exchange, LumaError, MissingKeyError, RateLimitedError
from luma_cli.redaction import the_run

PACKAGE = Path(luma_cli.__file__).parent
FACTS = {
    *("message", "hint", "exchange", "generation_id", "may_be_retried", "is_final"),
    *("failure_code", "retry_after_seconds", "answer", "errors"),
}


def test_a_copy_of_an_error_differs_in_the_named_facts_only() -> None:
    exchange = Exchange("GET", "https://example.com/v1/generations/gen_1", 429)
    error = RateLimitedError(
        "slow down", hint="retry in 7 s", exchange=exchange, is_final=True, retry_after_seconds=7
    )

    other = error.but(hint="wait", generation_id="gen_1")

    assert (error.hint, error.generation_id) == ("retry in 7 s", None)
    assert type(other) is RateLimitedError
    assert vars(other) == vars(error) | {"hint": "wait", "generation_id": "gen_1"}
    assert str(other) == "slow down"


def test_a_copy_of_an_error_keeps_its_cause_and_its_traceback() -> None:
    with pytest.raises(LumaError) as caught:
        raise LumaError("no output") from OSError("disk")

    other = caught.value.but(message="no file")

    assert str(other) == other.message == "no file"
    assert other.__cause__ is caught.value.__cause__
    assert other.__suppress_context__
    assert other.__traceback__ is caught.value.__traceback__


def test_an_error_that_is_made_without_a_message_can_be_copied() -> None:
    assert MissingKeyError().but(hint=None).hint is None
    assert MissingKeyError().but(hint=None).message == "no API key"


def test_what_a_copy_of_an_error_says_differently_is_redacted() -> None:
    the_run.learn("5ecret-of-the-run")

    other = LumaError("no").but(message="no 5ecret-of-the-run", hint="give 5ecret-of-the-run")

    assert "5ecret" not in f"{other}{other.message}{other.hint}"


def test_no_module_assigns_to_a_fact_of_an_error() -> None:
    assigned = [
        f"{path.relative_to(PACKAGE)}: {owner}.{name}"
        for path in PACKAGE.rglob("*.py")
        for owner, name in assignments(path)
        if owner != "self" and name in FACTS
    ]
    assert assigned == []


def assignments(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the attributes that a module assigns to, with what they belong to."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            yield ast.unparse(node.value), node.attr
