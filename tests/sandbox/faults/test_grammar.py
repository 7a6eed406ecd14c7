"""Parsing `--fault`."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.errors import UsageError
from luma_cli.sandbox.endpoints import ENDPOINTS
from luma_cli.sandbox.faults.grammar import FaultPlan, Status, When, parse_fault, target_names
from luma_cli.sandbox.faults.kinds import (
    ALIASES,
    KIND_OF,
    KINDS,
    REDIRECTS,
    STATUS_FORMS,
    STORAGE_CODES,
    has_form,
)
from luma_cli.sandbox.units import Amount

EVERYTHING = {endpoint.name for endpoint in ENDPOINTS}
API = EVERYTHING - {"download", "upload"}
HALF = Amount(share=Fraction(1, 2))
FILES = {"file-create", "file-complete", "file-list", "file-get", "file-delete"}


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("cut", EVERYTHING),
        ("any:cut", EVERYTHING),
        ("api:cut", API),
        ("503", API),
        ("invalid-json", API),
        ("expire", {"download"}),
        ("storage:503", {"download", "upload"}),
        ("files:503", FILES),
        ("GET:503", {"get", "file-list", "file-get", "download"}),
        ("POST:503", {"create", "file-create", "file-complete"}),
        ("PUT:503", {"upload"}),
        ("file-list:503", {"file-list"}),
        ("404-after-201", {"get"}),
        ("chunked", EVERYTHING),
        ("bom", API),
        ("encoding-gzip", {"download"}),
        ("SlowDown", {"download", "upload"}),
        ("307-redirect", {"download", "upload"}),
        ("redirect-loop", {"download", "upload"}),
        ("307", API),
        ("create:SlowDown", {"create"}),
    ],
)
def test_fault_targets(text: str, targets: set[str]) -> None:
    assert parse_fault(text).targets == targets


@pytest.mark.parametrize(
    ("text", "kind", "settings"),
    [
        ("POST:reset-after-send:1", KIND_OF["reset-after-read"], {"when": When(1, 1)}),
        ("GET:503:0.2", Status(503), {"when": When(chance=0.2)}),
        ("download:cut:50%", KIND_OF["cut"], {"amount": HALF}),
        ("download:expire", KIND_OF["expire"], {}),
        ("429-storm", Status(429), {"time": 1, "when": When(chance=0.5)}),
        ("429-storm:1-3", Status(429), {"time": 1, "when": When(1, 3)}),
        ("slow", KIND_OF["slow"], {}),
        ("html-error", Status(502, "html"), {}),
        ("garbage", KIND_OF["invalid-json"], {}),
        (
            "reset-mid-answer:2",
            KIND_OF["cut"],
            {"amount": HALF, "when": When(2, 2)},
        ),
        ("429:7s", Status(429), {"time": 7}),
        ("429-bare:3+", Status(429, "bare"), {"when": When(first=3)}),
        ("500-after", Status(500, after=True), {}),
        ("201-empty-after", Status(201, "empty", after=True), {}),
        ("200-html:2-4", Status(200, "html"), {"when": When(2, 4)}),
        ("cut:every-3:10B", KIND_OF["cut"], {"amount": Amount(10), "when": When(every=3)}),
        ("stall:1KiB:1m", KIND_OF["stall"], {"amount": Amount(1024), "time": 60}),
        ("slow:1.5kB/s", KIND_OF["slow"], {"rate": 1500}),
        ("cut:0%:1.0", KIND_OF["cut"], {"amount": Amount()}),
        ("404-after-201:30s:2+", KIND_OF["404-after-201"], {"time": 30, "when": When(first=2)}),
        ("404-after", Status(404, after=True), {}),
        ("upload:307-redirect:1", Status(307, "redirect"), {"when": When(1, 1)}),
        ("redirect", Status(307, "redirect"), {}),
        ("302-loop-after", Status(302, "loop", after=True), {}),
        ("200-json", Status(200, "json"), {}),
        ("SlowDown:2-4", Status(503, storage_code="SlowDown"), {"when": When(2, 4)}),
        ("drip:20ms", KIND_OF["drip"], {"time": 0.02}),
        ("drip-head:2B/s", KIND_OF["drip-head"], {"rate": 2}),
        ("endless-103:1", KIND_OF["early-hints"], {"when": When(1, 1)}),
        ("short-length:4B", KIND_OF["short-length"], {"amount": Amount(4)}),
        ("cut:.25", KIND_OF["cut"], {"when": When(chance=0.25)}),
    ],
)
def test_fault_kind_and_arguments(text: str, kind: object, settings: dict[str, object]) -> None:
    fault = parse_fault(text)
    defaults = {"when": When(), "amount": None, "time": None, "rate": None}
    assert fault.kind == kind
    assert {name: getattr(fault, name) for name in defaults} == defaults | settings


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "unknown fault ``"),
        ("explode", "unknown fault `explode`"),
        ("POST", "unknown fault ``"),
        ("nowhere:503", "unknown requests `nowhere`"),
        ("downlod:cut:50%:1", "unknown requests `downlod`"),
        ("post:503", "unknown requests `post`"),
        ("99", "unknown fault `99`"),
        ("600", "unknown fault `600`"),
        ("503-bare", "unknown fault `503-bare`"),
        ("503-xml", "unknown fault `503-xml`"),
        ("503-redirect", "unknown fault `503-redirect`"),
        ("200-loop", "unknown fault `200-loop`"),
        ("slowdown", "unknown fault `slowdown`"),
        ("404-after-202", "unknown fault `404-after-202`"),
        ("chunked:50%", "invalid argument `50%` in the fault `chunked:50%`"),
        ("drip:50%", "invalid argument `50%` in the fault `drip:50%`"),
        ("cut:5s", "invalid argument `5s` in the fault `cut:5s`"),
        ("cut:101%", "invalid argument `101%` in the fault `cut:101%`"),
        ("cut:50", None),
        ("cut:0", "invalid argument `0` in the fault `cut:0`"),
        ("cut:4-2", "invalid argument `4-2` in the fault `cut:4-2`"),
        ("cut:every-0", "invalid argument `every-0` in the fault `cut:every-0`"),
        ("cut:1.5", "invalid argument `1.5` in the fault `cut:1.5`"),
        ("slow:0B/s", "invalid argument `0B/s` in the fault `slow:0B/s`"),
        ("ignore-range:50%", "invalid argument `50%` in the fault `ignore-range:50%`"),
        ("503:", "invalid argument `` in the fault `503:`"),
        ("stall:1.2.3s", "`1.2.3s` is not a duration"),
    ],
)
def test_invalid_fault(text: str, message: str | None) -> None:
    if message is None:
        assert parse_fault(text).when == When(50, 50)
        return
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        parse_fault(text)


def test_invalid_argument_hint_lists_allowed_arguments() -> None:
    with pytest.raises(UsageError) as refusal:
        parse_fault("stall:soon")
    assert refusal.value.hint == (
        "use an amount (`50%`, `10B`), a time (`5s`), or when: `3`, `2-4`, `3+`, `every-3`, `0.2`"
    )


STATUSES = [
    f"{status}{form and '-'}{form}{after}"
    for status in (200, 404, 407, 429, 503, *REDIRECTS)
    for form in STATUS_FORMS
    if has_form(status, form)
    for after in ("", "-after")
]
WORDS = [*KIND_OF, *ALIASES, *STORAGE_CODES, *STATUSES]
ARGUMENTS = {"amount": ("10B", "50%"), "time": ("5s", "20ms"), "rate": ("1KiB/s", "9B/s")}
WHENS = ("1", "2-4", "3+", "every-2", "0.5")


@given(st.sampled_from(target_names()), st.sampled_from(WORDS), st.data())
def test_every_fault_takes_its_arguments_in_any_order_and_no_others(
    target: str, word: str, data: st.DataObject
) -> None:
    plain = parse_fault(word)
    takes = ("time",) if isinstance(plain.kind, Status) else plain.kind.takes
    given_ = [data.draw(st.sampled_from(ARGUMENTS[name])) for name in takes]
    order = data.draw(st.permutations([*given_, data.draw(st.sampled_from(WHENS))]))
    fault = parse_fault(":".join([target, word, *order]))

    assert (fault.kind, fault.targets) == (plain.kind, parse_fault(f"{target}:503").targets)
    for name in takes:
        assert getattr(fault, name) is not None
    for name in ARGUMENTS.keys() - set(takes):
        with pytest.raises(UsageError):
            parse_fault(f"{word}:{ARGUMENTS[name][0]}")


@given(
    st.text()
    | st.lists(st.sampled_from([*target_names(), *WORDS, "1", "50%", "2s", "0.5"])).map(":".join)
)
def test_any_text_is_a_fault_or_a_usage_error(text: str) -> None:
    try:
        fault = parse_fault(text)
    except UsageError:
        return
    assert fault.text == text
    assert fault.targets


@pytest.mark.parametrize(
    ("when", "struck"),
    [
        ("", [1, 2, 3, 4, 5, 6]),
        (":1", [1]),
        (":3", [3]),
        (":2-4", [2, 3, 4]),
        (":5+", [5, 6]),
        (":every-2", [2, 4, 6]),
        (":0.0", []),
        (":1.0", [1, 2, 3, 4, 5, 6]),
    ],
)
def test_fault_when(when: str, struck: list[int]) -> None:
    plan = FaultPlan([parse_fault(f"create:503{when}")], seed=0)
    assert [number for number in range(1, 7) if plan.choose("create")] == struck


def test_each_fault_counts_its_matching_requests() -> None:
    plan = FaultPlan([parse_fault("create:503:1"), parse_fault("any:cut:3")], seed=0)
    chosen = [plan.choose(name) for name in ("get", "create", "create", "create")]
    assert [fault and fault.text for fault in chosen] == [None, "create:503:1", "any:cut:3", None]


def test_redirect_faults_ignore_redirected_requests() -> None:
    plan = FaultPlan([parse_fault("upload:307-redirect:1-2"), parse_fault("upload:503:3")], seed=0)
    chosen = [plan.choose("upload", is_redirected=moved) for moved in (False, True, False, True)]
    assert [fault and fault.text for fault in chosen] == [
        *("upload:307-redirect:1-2", None, "upload:307-redirect:1-2", None),
    ]


def test_fault_probability_depends_on_the_seed() -> None:
    def strikes(seed: int) -> list[bool]:
        plan = FaultPlan([parse_fault("503:0.5")], seed)
        return [plan.choose("get") is not None for _ in range(200)]

    assert strikes(7) == strikes(7) != strikes(8)
    assert 60 < sum(strikes(7)) < 140


def test_every_fault_is_implemented() -> None:
    from luma_cli.sandbox.http.injection import _HANDLERS

    assert set(_HANDLERS) == {kind.name for kind in KINDS} | {"status"}


@pytest.mark.parametrize(
    ("text", "guess"),
    [("503-xml", ""), ("trunkate", "did you mean `truncate`? "), ("", "")],
)
def test_unknown_fault_hint_has_close_matches_and_help_command(text: str, guess: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_fault(text)
    assert refusal.value.hint == f"{guess}`luma-agents-cli sandbox serve --help` lists all faults"
