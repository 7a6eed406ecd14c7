"""Small faults put into the code one at a time, to see whether a test notices.

    make mutants MUTANTS=60 SEED=1 ROOMS='luma_cli/jobs luma_cli/context.py'

The faults are those of mutmut's operators, and some more: a statement left out, a condition that
always or never holds, a `with` whose context is not entered, another end of a range or limit.
mutmut's own runner does not choose at random, and changes nothing outside functions. Prints what
survived the tests of the rooms that run in one process. A survivor is a question, not an error:
some faults change nothing that matters.
"""

from __future__ import annotations

import difflib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

ROOT = Path(__file__).parents[1]
ROOMS = "luma_cli/transfers luma_cli/jobs luma_cli/api luma_cli/journal"
TESTS = [f"tests/{room}" for room in ("transfers", "jobs", "api", "journal", "commands")]
SECONDS_FOR_ONE, SECONDS_FOR_ALL = 300, 1200
_NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__")
_NEVER = (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom)
_REMOVABLE = (cst.Expr, cst.Assign, cst.AugAssign, cst.Raise, cst.Return, cst.Del)
_moments = count(1_000_000_000)


class Mutant(NamedTuple):
    """A module with one change."""

    path: Path
    before: str
    after: str

    def __str__(self) -> str:
        lines = [*difflib.unified_diff(self.before.split("\n"), self.after.split("\n"), n=0)]
        place = f"{self.path}:{re.findall('[0-9]+', lines[2])[0]}"
        return "\n    ".join([place, *(line for line in lines[3:] if not line.startswith("@@"))])


def changes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield what may stand in the place of a node."""
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            yield from operator(node)
    if isinstance(node, cst.If | cst.While):
        names = ("False",) if isinstance(node, cst.While) else ("False", "True")
        yield from (node.with_changes(test=cst.Name(name)) for name in names)
    if isinstance(node, cst.With) and not any(item.asname for item in node.items):
        yield cst.If(cst.Name("True"), node.body, leading_lines=node.leading_lines)
    if isinstance(node, cst.SimpleStatementLine) and isinstance(node.body[0], _REMOVABLE):
        yield node.with_changes(body=[cst.Pass()])
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name):
        if other := {"min": "max", "max": "min"}.get(node.func.value):
            yield node.with_changes(func=cst.Name(other))
        if node.func.value == "range":  # one more of what was to be done
            *first, last = node.args
            more = cst.BinaryOperation(last.value, cst.Add(), cst.Integer("1"))
            yield node.with_changes(args=[*first, last.with_changes(value=more)])


def is_left_alone(node: cst.CSTNode) -> bool:
    """Return whether a node does nothing when the program runs, or is the wording of a message."""
    if isinstance(node, cst.SimpleString):
        return " " in node.value
    if isinstance(node, cst.If) and isinstance(node.test, cst.Name):
        return node.test.value == "TYPE_CHECKING"
    if isinstance(node, cst.SimpleStatementLine) and isinstance(node.body[0], cst.Expr):
        return isinstance(node.body[0].value, cst.SimpleString | cst.Ellipsis)
    return isinstance(node, _NEVER)


def by_line(path: Path) -> Iterator[list[Callable[[], Mutant]]]:
    """Yield what makes the mutants of a module, those of one line together."""
    wrapper = MetadataWrapper(cst.parse_module((ROOT / path).read_text("utf-8")))
    module, positions = wrapper.module, wrapper.resolve(PositionProvider)
    found: dict[int, list[Callable[[], Mutant]]] = {}

    def mutant(node: cst.CSTNode, change: cst.CSTNode) -> Mutant:
        changed = module.deep_replace(node, change)
        return Mutant(path, module.code, getattr(changed, "code", ""))

    waiting: list[cst.CSTNode] = [module]
    while waiting:
        if is_left_alone(node := waiting.pop()):
            continue
        waiting += node.children
        makers = [partial(mutant, node, change) for change in changes(node)]
        if makers:
            found.setdefault(positions[node].start.line, []).extend(makers)
    yield from (makers for _, makers in sorted(found.items()))


def choose(wanted: int, seed: str, places: list[str]) -> list[Mutant]:
    """Return one mutant of each of as many lines of the modules at `places` as are wanted."""
    paths = [path for place in places for path in sorted(ROOT.glob(f"{place}/**/*.py"))]
    paths += [ROOT / place for place in places if place.endswith(".py")]
    lines = [makers for path in paths for makers in by_line(path.relative_to(ROOT))]
    chance = random.Random(seed)  # noqa: S311 - no secret
    return [chance.choice(makers)() for makers in chance.sample(lines, min(wanted, len(lines)))]


def run_tests(folder: Path, *options: str) -> tuple[str, str]:
    """Run tests in a copy of the project; return the mutant's fate, and what was printed."""
    command = [sys.executable, "-m", "pytest", "-q", "-m", "not installed", *options]
    with subprocess.Popen(
        [*command, "-p", "no:cacheprovider", f"--basetemp={folder}/.tmp"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as tests:
        try:
            output, _ = tests.communicate(timeout=SECONDS_FOR_ONE)
        except subprocess.TimeoutExpired:
            os.killpg(tests.pid, signal.SIGKILL)
            return "timed out", ""
    return ("killed" if tests.returncode else "survived"), output


def write(path: Path, text: str) -> None:
    """Write a module at a time of its own, so that no older bytecode passes for it."""
    path.write_text(text, "utf-8")
    os.utime(path, times=(moment := next(_moments), moment))


def outcome_of(mutant: Mutant, folder: Path, options: list[str]) -> str:
    """Return how the tests of the mutant ended, those of its own room first."""
    own = f"tests/{mutant.path.parts[1]}"
    write(folder / mutant.path, mutant.after)
    tests = run_tests(folder, "-x", *options, *sorted(TESTS, key=lambda test: test != own))
    write(folder / mutant.path, mutant.before)
    return tests[0]


def main() -> None:
    started, seed = time.monotonic(), os.environ.get("SEED") or "1"
    rooms = (os.environ.get("ROOMS") or ROOMS).split()
    mutants = choose(int(os.environ.get("MUTANTS") or 60), seed, rooms)
    outcomes: Counter[str] = Counter()
    free: SimpleQueue[Path] = SimpleQueue()
    with tempfile.TemporaryDirectory() as temporary:
        for number in range(workers := os.cpu_count() or 1):
            copy = shutil.copytree(ROOT, Path(temporary) / str(number), ignore=_NOT_COPIED)
            free.put(copy)
        failing = re.findall(
            r"^(?:FAILED|ERROR) (\S+)", run_tests(copy, "-rfE", *TESTS)[1], re.MULTILINE
        )
        options = [f"--deselect={test}" for test in failing]
        print(*(f"left out, as it fails without a mutant: {test}" for test in failing), sep="\n")

        def judge(mutant: Mutant) -> None:
            outcome = "not tried"
            if time.monotonic() - started < SECONDS_FOR_ALL:
                folder = free.get()
                outcome = outcome_of(mutant, folder, options)
                free.put(folder)
            outcomes[outcome] += 1
            if outcome == "survived":
                print(f"survived: {mutant}", flush=True)

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(judge, mutants))
    result = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.most_common())
    took = time.monotonic() - started
    print(f"{len(mutants)} mutants of {' '.join(rooms)}, seed {seed}: {result}; {took:.0f} s")


if __name__ == "__main__":
    main()
