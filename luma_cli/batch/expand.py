"""The jobs of one row: all combinations of `--vary`, each as often as `--count`."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from itertools import product
from typing import NamedTuple

from luma_cli.batch.columns import ID, Meaning, Use, meaning_of
from luma_cli.errors import UsageError


class Setting(NamedTuple):
    """A `KEY=VALUE` of `--vary` or `--override`; `flag` is which of them."""

    flag: str
    column: str
    value: str

    @property
    def meaning(self) -> Meaning:
        """What the key means."""
        return meaning_of(self.column)


class Combination(NamedTuple):
    """One value for each key of `--vary`."""

    settings: tuple[Setting, ...] = ()

    @property
    def label(self) -> str:
        """The values with their keys, in an order that does not depend on that of the flags."""
        return ",".join(sorted(f"{each.column}={each.value}" for each in self.settings))


def combinations_of(texts: Iterable[str]) -> list[Combination]:
    """Return all combinations of the values of `--vary KEY=A,B`; quotes keep a comma in a value.

    Raises `UsageError`.
    """
    choices: dict[str, list[Setting]] = {}
    for text in texts:
        key, listed = _parted("--vary", text)
        if key in choices:
            raise UsageError(f"`--vary {key}` is repeated", hint=f"write `--vary {key}=A,B`")
        values = next(csv.reader([listed], skipinitialspace=True), [])
        if not all(values) or not values:
            raise UsageError(f"`--vary {text}` has an empty value")
        if len(set(values)) < len(values):
            raise UsageError(
                f"`--vary {text}` has a value twice", hint="`--count 2` makes two jobs of each row"
            )
        choices[key] = [Setting("--vary", key, value) for value in values]
    return [Combination(settings) for settings in product(*choices.values())]


def overrides_of(texts: Iterable[str]) -> tuple[Setting, ...]:
    """Return the settings of `--override KEY=VALUE`; raises `UsageError`."""
    settings = [Setting("--override", *_parted("--override", text)) for text in texts]
    keys = [each.column for each in settings]
    for key in keys:
        if keys.count(key) > 1 and meaning_of(key).use is not Use.FIELD:
            raise UsageError(f"`--override {key}` is repeated")
    return tuple(settings)


def check_apart(combinations: Iterable[Combination], overrides: Iterable[Setting]) -> None:
    """Raise `UsageError` for a key that is varied and overridden: all jobs would be equal."""
    varied = {each.meaning.name for combination in combinations for each in combination.settings}
    for each in overrides:
        if each.meaning.name in varied:
            raise UsageError(
                f"`--override {each.column}` cannot be combined with `--vary` of the same key"
            )


def _parted(flag: str, text: str) -> tuple[str, str]:
    key, separator, value = text.partition("=")
    if not separator or not key:
        raise UsageError(
            f"`{flag} {text}` is not KEY=VALUE", hint=f"write `{flag} aspect_ratio=1:1`"
        )
    if meaning_of(key).name == ID:
        raise UsageError(f"`{flag}` cannot set `{key}`", hint="ids belong to rows")
    return key, value
