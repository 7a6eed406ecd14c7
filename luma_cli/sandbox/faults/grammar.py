"""The grammar of `--fault`: `[WHICH:]WHAT[:ARGUMENT]...[:WHEN]`.

    POST:reset-after-read:1     execute the first POST, then reset without an answer
    get:503:0.2                 fail one in five polls of a generation
    download:cut:50%:every-2    reset every second download half-way
    create:429:7s:2-4           answer the second to fourth submission with 429, `Retry-After: 7`

WHICH is an endpoint, a method, `files`, `api`, `storage` or `any`. WHAT is a kind of `kinds`, a
status, a `<Code>` of S3, or an alias. The unit of an argument selects its meaning: an amount
(`50%`, `10B`), a time (`5s`), a rate (`1KiB/s`). WHEN is `3`, `2-4`, `3+`, `every-3`, or a
probability such as `0.2`; the default is every request.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random
from typing import NamedTuple

from luma_cli.errors import UsageError
from luma_cli.sandbox.endpoints import ENDPOINTS
from luma_cli.sandbox.faults.kinds import (
    ALIASES,
    KIND_OF,
    STATUS_FORMS,
    STORAGE_CODES,
    FaultKind,
    has_form,
)
from luma_cli.sandbox.units import Amount, parse_amount, parse_size_with_unit
from luma_cli.settings.durations import parse_duration

_COUNT = re.compile(r"(\d{1,9})(?:(\+)|-(\d{1,9}))?", re.ASCII)
_EVERY = re.compile(r"every-(\d{1,9})", re.ASCII)
_CHANCE = re.compile(r"0?\.\d{1,9}|1\.0{0,9}|0\.0{0,9}", re.ASCII)
_TIME = re.compile(r"[\d.]+(?:ms|s|m|h)", re.ASCII)
_FORMS = "|".join(filter(None, STATUS_FORMS))
_STATUS = re.compile(rf"([2-5]\d\d)(?:-({_FORMS}))?(-after)?", re.ASCII)
_LAST = 10**9
_MOST_SUGGESTED = 3


class When(NamedTuple):
    """Which matching requests a fault strikes: every `every`-th from `first` to `last`."""

    first: int = 1
    last: int = _LAST
    every: int = 1
    chance: float = 1.0

    def strikes(self, count: int, random: Random) -> bool:
        """Return whether the fault strikes the `count`-th matching request, counted from 1."""
        if not self.first <= count <= self.last or count % self.every:
            return False
        return self.chance == 1 or random.random() < self.chance


_ALWAYS = When()


@dataclass(frozen=True)
class Status:
    """A status in place of the real answer; `form` is a key of `STATUS_FORMS`.

    `after` executes the request first. `storage_code` is a key of `STORAGE_CODES`.
    """

    code: int
    form: str = ""
    after: bool = False
    storage_code: str = ""

    @property
    def targets(self) -> str:
        """The default WHICH."""
        is_of_storage = self.storage_code or self.form in ("redirect", "loop")
        return "storage" if is_of_storage else "api"


@dataclass(frozen=True)
class Fault:
    """A parsed fault: `targets` are names of endpoints, times are in seconds."""

    text: str
    targets: frozenset[str]
    kind: FaultKind | Status
    when: When = _ALWAYS
    amount: Amount | None = None
    time: float | None = None
    rate: int | None = None

    @property
    def name(self) -> str:
        """The name of the kind, `status` for every status."""
        return "status" if isinstance(self.kind, Status) else self.kind.name

    @property
    def redirects(self) -> bool:
        """Whether the fault redirects requests to a path that works."""
        return isinstance(self.kind, Status) and self.kind.form == "redirect"


def parse_fault(text: str) -> Fault:
    """Parse a fault; raises `UsageError`."""
    parts = text.split(":")
    targets = _targets(parts[0])
    if targets is not None:
        parts = parts[1:]
    elif len(parts) > 1 and _is_fault(parts[1]) and not _is_fault(parts[0]):
        raise UsageError(
            f"unknown requests `{parts[0]}`", hint=f"use one of {', '.join(target_names())}"
        )
    what, *rest = parts or [""]
    if what in ALIASES:
        what, *expansion = ALIASES[what].split(":")
        rest = [*expansion, *rest]
    kind = _kind(what)
    fault = Fault(text, targets or _targets(kind.targets) or frozenset(), kind)
    for part in rest:
        fault = _with_argument(fault, part)
    return fault


def target_names() -> list[str]:
    """Return the valid values of WHICH."""
    methods = sorted({endpoint.method for endpoint in ENDPOINTS})
    return ["any", "api", "storage", "files", *(e.name for e in ENDPOINTS), *methods]


class FaultPlan:
    """The faults of a sandbox, each with a count of its matching requests."""

    def __init__(self, faults: Iterable[Fault], seed: int) -> None:
        self._faults = [(fault, Random(f"{seed}:{fault.text}")) for fault in faults]  # noqa: S311 - not for security
        self._counts = [0] * len(self._faults)

    def choose(self, endpoint: str, *, is_redirected: bool = False) -> Fault | None:
        """Count a request and return the first fault that strikes it, if any.

        Redirecting faults neither strike nor count a request that is already redirected.
        """
        chosen = None
        for index, (fault, random) in enumerate(self._faults):
            if endpoint not in fault.targets or (is_redirected and fault.redirects):
                continue
            self._counts[index] += 1
            if fault.when.strikes(self._counts[index], random) and chosen is None:
                chosen = fault
        return chosen


def _targets(word: str) -> frozenset[str] | None:
    if word not in target_names():
        return None
    return frozenset(
        endpoint.name
        for endpoint in ENDPOINTS
        if word in ("any", endpoint.group, endpoint.name, endpoint.method)
        or (word == "files" and endpoint.name.startswith("file-"))
    )


def _is_fault(word: str) -> bool:
    return word in ALIASES or _kind_named(word) is not None


def _kind_named(word: str) -> FaultKind | Status | None:
    if word in KIND_OF:
        return KIND_OF[word]
    if word in STORAGE_CODES:
        return Status(STORAGE_CODES[word][0], storage_code=word)
    match = _STATUS.fullmatch(word)
    if match and has_form(int(match[1]), match[2] or ""):
        return Status(int(match[1]), match[2] or "", bool(match[3]))
    return None


def _kind(word: str) -> FaultKind | Status:
    if (kind := _kind_named(word)) is not None:
        return kind
    from difflib import get_close_matches

    near = get_close_matches(word, [*KIND_OF, *STORAGE_CODES, *ALIASES], _MOST_SUGGESTED)
    guess = f"did you mean {' or '.join(f'`{name}`' for name in near)}? " if near else ""
    hint = f"{guess}`luma-agents-cli sandbox serve --help` lists all faults"
    raise UsageError(f"unknown fault `{word}`", hint=hint)


def _with_argument(fault: Fault, text: str) -> Fault:
    """Return the fault with one more argument, identified by its unit."""
    if when := _when(text):
        return replace(fault, when=when)
    takes = ("time",) if isinstance(fault.kind, Status) else fault.kind.takes
    if "amount" in takes and (amount := parse_amount(text)) is not None:
        return replace(fault, amount=amount)
    if "time" in takes and _TIME.fullmatch(text):
        return replace(fault, time=parse_duration(text))
    if "rate" in takes and text.endswith("/s") and (rate := parse_size_with_unit(text[:-2])):
        return replace(fault, rate=rate)
    units = {
        "amount": "an amount (`50%`, `10B`)",
        "time": "a time (`5s`)",
        "rate": "a rate (`1KiB/s`)",
    }
    allowed = [units[name] for name in takes]
    raise UsageError(
        f"invalid argument `{text}` in the fault `{fault.text}`",
        hint="use " + ", ".join([*allowed, "or when: `3`, `2-4`, `3+`, `every-3`, `0.2`"]),
    )


def _when(text: str) -> When | None:
    if match := _EVERY.fullmatch(text):
        return When(every=int(match[1])) if int(match[1]) else None
    if match := _COUNT.fullmatch(text):
        first = int(match[1])
        last = _LAST if match[2] else int(match[3] or first)
        return When(first, last) if 1 <= first <= last else None
    return When(chance=float(text)) if _CHANCE.fullmatch(text) else None
