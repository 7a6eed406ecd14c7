"""A file of rows becomes planned jobs; nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from luma_cli.batch.build import Builder, problem_of
from luma_cli.batch.cells import Cells
from luma_cli.batch.checks import Checker, Finding
from luma_cli.batch.columns import OUTPUT, is_wrapped, unwrapped
from luma_cli.batch.expand import Combination, check_apart, combinations_of, overrides_of
from luma_cli.batch.files import FencedPaths, OpenedFiles
from luma_cli.batch.header import Columns
from luma_cli.batch.identity import Identities, Key, note_of_equal
from luma_cli.batch.job import BatchOptions, PlannedJob, SkippedRow
from luma_cli.batch.layers import FieldError
from luma_cli.batch.names import Names
from luma_cli.batch.place import Place, Problem, unreadable_at
from luma_cli.batch.readers.formats import STDIN
from luma_cli.batch.table import BadRow, Table
from luma_cli.batch.typed import TypedFields
from luma_cli.batch.variables import text_of_cell
from luma_cli.body.build import Sources
from luma_cli.body.input import Stdin
from luma_cli.errors import LumaError, UsageError
from luma_cli.workflows.plan import known_before_submission

if TYPE_CHECKING:
    from luma_cli.batch.typed import Occurrences
    from luma_cli.body.request import Request
    from luma_cli.host import Host
    from luma_cli.journal.history import History
    from luma_cli.transfers.target import Target
    from luma_cli.workflows.session import UploadRule

OnProblem = Callable[[Problem], None]
OnSkipped = Callable[[SkippedRow], None]


def plan_jobs(
    source: str,
    table: Table,
    options: BatchOptions,
    occurrences: Occurrences,
    *,
    host: Host,
    history: History,
    upload_rule: UploadRule,
    on_problem: OnProblem,
    on_skipped: OnSkipped = lambda _: None,
) -> Iterator[PlannedJob]:
    """Yield the jobs of the table in a file, `-` for stdin, in the order of its rows.

    `occurrences` are the flags of the command line, of which those that set fields of the body are
    the defaults of every row. `on_problem` is called for each problem before the generator ends;
    with a fatal one, nothing may be sent, unless `options.skip_invalid`; `on_skipped` is called for
    each row that makes no job. Raises `UsageError` for flags, and `InputFileError` for a table
    without rows.
    """
    if not table.total:
        raise unreadable_at(Place(table.file, 1, 1), "the file has a header and no rows")
    # What comes through a pipe, such as `<(…)`, has no folder.
    folder = Path(source).parent if Path(source).is_file() else Path()
    opened = OpenedFiles()
    fence = None if options.allow_outside else folder
    data = Sources(_no_stdin(), FencedPaths(folder, fence, opened.opened))
    stdin = _no_stdin() if source == STDIN else Stdin(host.read_stdin, host.spool_stdin)
    typed = TypedFields(occurrences, stdin, opened, data.paths)
    builder = Builder(
        typed,
        data,
        Sources(stdin, opened),
        history,
        embeds=options.embed_files,
        allow_unknown=options.ignore_unknown_columns,
    )
    plan = _Plan(table, options, typed, builder, history, upload_rule, on_problem)
    yield from plan.jobs()
    for skipped in plan.skipped():
        on_skipped(skipped)


class _Plan:
    def __init__(
        self,
        table: Table,
        options: BatchOptions,
        typed: TypedFields,
        builder: Builder,
        history: History,
        upload_rule: UploadRule,
        on_problem: OnProblem,
    ) -> None:
        self._table, self._options, self._builder = table, options, builder
        self._keeps_history, self._on_problem = history.is_kept, on_problem
        self._checker = Checker(upload_rule, history, check_rules=options.check)
        self._combinations = combinations_of(options.vary)
        self._overrides = overrides_of(options.override)
        check_apart(self._combinations, self._overrides)
        self._columns = Columns(table, self._combinations[0].settings + self._overrides, typed)
        self._names = Names(options, table.total, self._columns.known)
        self._columns.used |= self._names.columns
        self._columns.check_header()
        self._identities = Identities()
        self._around = (table.defaults, self._columns.used, typed.flag_of)
        self._said: set[Problem] = set()
        # The first fatal problem of the job in progress, and the rows that have one. A row has a
        # key only after all jobs have theirs.
        self._fatal: Problem | None = None
        self._bad: list[tuple[SkippedRow, str | None, Combination]] = []

    def jobs(self) -> Iterator[PlannedJob]:
        for item in self._table.rows:
            if isinstance(item, BadRow):
                for problem in item.problems:
                    self._report(problem)
                texts = {column: text_of_cell(value) for column, value in item.cells.items()}
                bad = SkippedRow(item.number, "", item.problems[0], texts)
                self._bad.append((bad, None, Combination()))
                continue
            is_plain = not is_wrapped(item.cells)
            row = item if is_plain else item._replace(cells=unwrapped(dict(item.cells)))
            self._columns.seen(row)
            for combination in self._combinations:
                cells = Cells(row, combination.settings + self._overrides, *self._around)
                self._fatal = None
                yield from self._jobs_of(cells, combination)
                if self._fatal is not None:
                    bad = SkippedRow(row.number, "", self._fatal, cells.texts())
                    self._bad.append((bad, cells.id_if_valid, combination))
        if not self._options.ignore_unknown_columns:
            for problem in self._columns.unused():
                self._report(problem)

    def skipped(self) -> Iterator[SkippedRow]:
        """Yield what makes no job for a problem of its own; all jobs must be made."""
        for skipped, row_id, combination in self._bad:
            key = self._identities.key_of_skipped(row_id, combination, skipped.row)
            yield skipped._replace(key=key)

    def _jobs_of(self, cells: Cells, combination: Combination) -> Iterator[PlannedJob]:
        request = self._builder.request(cells)
        if isinstance(request, list):
            for problem in request:
                self._report(problem)
            return
        findings, price = self._checker.check(request)
        if findings and self._are_fatal(cells, findings):
            return
        try:
            own = cells.own(self._options.tag, self._options.candidates)
            digest = request.digest
        except FieldError as problem:
            self._report(problem_of(cells.place_of(problem.column), problem))
            return
        except LumaError as problem:
            self._report(Problem(cells.row.place, problem.message, hint=problem.hint))
            return
        row, texts = cells.row, cells.texts()
        known = known_before_submission(request.body, own.tag, keeps_history=self._keeps_history)
        for candidate in range(1, own.candidates + 1):
            key = self._key(cells, own.row_id, combination, candidate, digest)
            target = None if key is None else self._target(cells, key, own.output, request, known)
            if key is not None and target is not None:
                yield PlannedJob(
                    *(row.number, key.text, key.has_id, digest, request, price, target),
                    *(own.tag, texts, row.place),
                )

    def _are_fatal(self, cells: Cells, findings: Sequence[Finding]) -> bool:
        """Report what is wrong with a request, and return whether that keeps it from being sent."""
        problems = [
            Problem(cells.place_of_field(each.field), each.message, each.severity, each.hint)
            for each in findings
        ]
        for problem in problems:
            self._report(problem)
        return any(problem.is_fatal for problem in problems)

    def _key(
        self,
        cells: Cells,
        row_id: str | None,
        combination: Combination,
        candidate: int,
        digest: str,
    ) -> Key | None:
        row = cells.row
        if row_id is not None:
            key = self._identities.key_of_id(row_id, combination, candidate, row.place)
            if isinstance(key, Problem):
                self._report(key._replace(place=cells.place_of_id))
                return None
            return key
        key = self._identities.key_of_digest(digest, row.number)
        if key.equal_row is not None:
            dropped = self._options.unique
            self._report(note_of_equal(row.place, key, dropped=dropped))
            return None if dropped else key
        return key

    def _target(
        self,
        cells: Cells,
        key: Key,
        output: str | None,
        request: Request,
        known: Mapping[str, str],
    ) -> Target | None:
        place = cells.row.place
        try:
            if output is None:
                target = self._names.target(cells.row.number, key.short, cells.look_up, known)
            else:
                place = cells.place_of(OUTPUT)
                target = self._names.target_at(output)
        except UsageError as problem:
            self._report(Problem(place, f"{OUTPUT}: {problem.message}", hint=problem.hint))
            return None
        fact = self._names.take(target, request.body, place)
        if fact is None:
            return target
        hint = "`{n}`, `{key}` and `{short_id}` in `--name` differ from job to job"
        self._report(Problem(place, fact, hint=None if output else hint))
        return None

    def _report(self, problem: Problem) -> None:
        """Report a problem once: that of a flag for all rows, and that of a cell for all jobs."""
        if problem.is_fatal and self._fatal is None:
            self._fatal = problem
        if problem not in self._said:
            self._said.add(problem)
            self._on_problem(problem)


def _no_stdin() -> Stdin:
    def refuse() -> str:
        raise UsageError("stdin cannot be read here: it has the rows, or a row names it")

    return Stdin(refuse)
