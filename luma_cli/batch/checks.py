"""What is known about a request before it is sent: files, rules of the API, the price."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from luma_cli.batch.place import Severity
from luma_cli.body.image_formats import unsupported_formats
from luma_cli.errors import InputFileError
from luma_cli.rules.choices import unknown_choices
from luma_cli.rules.constants import LONGEST_LAYERING_PROMPT, LONGEST_PROMPT
from luma_cli.rules.generation import violations
from luma_cli.rules.prices import Price
from luma_cli.workflows.price import price_of_request
from luma_cli.workflows.upload import check_files

if TYPE_CHECKING:
    from luma_cli.body.request import Request
    from luma_cli.journal.history import History
    from luma_cli.workflows.session import UploadRule

# From here on, another rule may apply to a prompt.
_PROMPT_LENGTHS = (1, LONGEST_LAYERING_PROMPT + 1, LONGEST_PROMPT + 1)
_MOST_SHAPES = 10_000
_INVALID = re.compile(r"Invalid (\w+) '(.*)'\. Valid: (.*)", re.DOTALL)


class Finding(NamedTuple):
    """What is wrong with a request; `field` is the dotted path of the body that it is about."""

    field: str
    message: str
    severity: Severity
    hint: str | None = None


class Checked(NamedTuple):
    """What is wrong with a request, and what it costs."""

    findings: tuple[Finding, ...]
    price: Price


class Checker:
    """Checks and prices requests; those that differ in the words of the prompt only once."""

    def __init__(self, upload_rule: UploadRule, history: History, *, check_rules: bool) -> None:
        self._upload_rule, self._history, self._check_rules = upload_rule, history, check_rules
        self._known: dict[Hashable, Checked] = {}

    def check(self, request: Request) -> Checked:
        """Return what is wrong with a request, and its price."""
        shape = _shape(request.body)
        if shape is None:
            return self._checked(request)
        known = self._known.get(shape)
        if known is None:
            known = self._checked(request)
            if len(self._known) < _MOST_SHAPES:
                self._known[shape] = known
        return known

    def _checked(self, request: Request) -> Checked:
        price = price_of_request(request, self._history)
        return Checked(tuple(self._findings(request)), price)

    def _findings(self, request: Request) -> Iterator[Finding]:
        body = request.body
        if body.get("type") != "layering" and "prompt" not in body:
            yield Finding("prompt", "`prompt` is missing", Severity.ERROR)
            return
        try:
            check_files(self._upload_rule, request)
        except InputFileError as problem:
            yield Finding(_place_of_file(request), problem.message, Severity.ERROR, problem.hint)
        if not self._check_rules:
            return
        for each in unsupported_formats(request):
            field, message = _parted(each.violation.detail)
            yield Finding(field, message, Severity.REFUSED, each.hint)
        yield from _of_rules(request.for_rules())


def _shape(body: Mapping[str, Any]) -> Hashable | None:
    """Return what rules and prices see of a request without mappings, lists and numbers."""
    others = {name: value for name, value in body.items() if name != "prompt"}
    if not all(value is None or type(value) in (str, bool) for value in others.values()):
        return None
    prompt = body.get("prompt")
    length = bisect(_PROMPT_LENGTHS, len(prompt)) if isinstance(prompt, str) else None
    return length, type(prompt), frozenset(others.items())


def _of_rules(body: Mapping[str, Any]) -> Iterator[Finding]:
    unknown = list(unknown_choices(body))
    for choice in unknown:
        message = f"{choice.field}: {choice.value} is not one of {', '.join(choice.known)}"
        yield Finding(choice.field, message, Severity.WARNING)
    fields = {choice.field for choice in unknown}
    if fields & {"model", "type"}:  # what others mean for it is unknown, too
        return
    for violation in violations(_without(body, fields) if fields else body):
        field, message = _parted(violation.detail)
        yield Finding(field, message, Severity.REFUSED)


def _parted(detail: str) -> tuple[str, str]:
    """Return the field that a violation of the API is about, and the text for it."""
    invalid = _INVALID.fullmatch(detail)
    if invalid:
        return invalid[1], f"{invalid[1]}: {invalid[2]} is not one of {invalid[3]}"
    word = re.match(r"[\w.]+", detail)
    return (word[0].lower() if word else ""), detail


def _place_of_file(request: Request) -> str:
    place, _ = next(request.files())
    return ".".join(str(step) for step in place if isinstance(step, str) and step != "data")


def _without(body: Mapping[str, Any], fields: set[str]) -> dict[str, Any]:
    kept = dict(body)
    for field in fields:
        outer, _, inner = field.rpartition(".")
        if outer:
            kept[outer] = {key: value for key, value in kept[outer].items() if key != inner}
        else:
            del kept[field]
    return kept
