"""From the flags of `generations batch` to what it does."""

from __future__ import annotations

import gc
import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from luma_cli.batch.job import BatchOptions, PlannedJob, SkippedRow
from luma_cli.batch.layout import Layout
from luma_cli.batch.outcome import result_of_skipped
from luma_cli.batch.plan import plan_jobs
from luma_cli.batch.problems import Problems
from luma_cli.batch.readers.formats import STDIN, read_table
from luma_cli.batch.reconcile import ReconcileOptions
from luma_cli.batch.report.files import check_report_path
from luma_cli.batch.result_columns import without_earlier_results
from luma_cli.batch.run import RunOptions
from luma_cli.batch.run_flags import Shard
from luma_cli.batch.submitter import RunRules
from luma_cli.errors import UsageError
from luma_cli.settings.durations import duration_of

if TYPE_CHECKING:
    from luma_cli.context import AppContext


def merge_manifests(app: AppContext, files: Sequence[str], reports: Sequence[Path]) -> None:
    """Join the results of manifests; raises the error of the whole."""
    from luma_cli.batch.merge import merge

    if not files:
        raise UsageError("`--merge` needs manifests", hint="as in `--merge part-*/manifest.jsonl`")
    if (error := merge(app.out, [Path(file) for file in files], reports)) is not None:
        raise error


def run_batch_of_flags(app: AppContext, files: Sequence[str], flags: Mapping[str, Any]) -> None:
    """Check the input, and do what is left of its run; raises the error that it ends with."""
    from luma_cli.batch.dry_run import show_dry_run
    from luma_cli.batch.left import Left, what_is_left
    from luma_cli.batch.run import run_batch, show_status, show_status_of_run
    from luma_cli.batch.shortest_time import shortest_time
    from luma_cli.journal.runs import find_run

    if flags["status"] and not files and flags["run_name"]:
        if (error := show_status_of_run(app.session(), app.out, flags["run_name"])) is not None:
            raise error
        return
    source = _source(files)
    _check_reports(source, flags["reports"])
    if not app.history.is_kept:
        raise UsageError(
            f"a batch needs the history, which is turned off by {app.history.source}",
            hint="keep the history, so that an interrupted batch can be continued",
        )
    name = _run_name(source, flags["run_name"], flags["shard"])
    rows = _row_options(source, flags)
    jobs, skipped, layout = _planned(app, source, rows, flags["shard"])
    options = _run_options(app, name, rows, layout, len(jobs), flags)
    options = options._replace(skipped=[result_of_skipped(each) for each in skipped])
    if flags["status"]:
        error = show_status(app.session(), app.out, jobs, options)
    elif flags["dry_run"]:
        journal = app.history.existing
        left = (
            Left(jobs, [])
            if journal is None or options.fresh
            else what_is_left(journal, find_run(journal, name), jobs, options.reconcile)
        )
        time = shortest_time(left.new, journal, per_minute=flags["rpm"], at_once=flags["jobs"])
        show_dry_run(app.out, app.settings.base_url, left, jobs, time)
        error = None
    else:
        app.client.require_key()
        error = run_batch(app.session(), app.out, jobs, options)
    if error is not None:
        raise error


def _check_reports(source: str, paths: Sequence[Path]) -> None:
    """Raise `UsageError` for a report that cannot be written, or that would replace the input."""
    seen = {Path(source).resolve()} if source != STDIN else set[Path]()
    for path in paths:
        check_report_path(path)
        if path.resolve() in seen:
            what = "the input" if path.resolve() == Path(source).resolve() else "another report"
            raise UsageError(f"`--report {path}` is {what}", hint="choose another name")
        seen.add(path.resolve())


def _source(files: Sequence[str]) -> str:
    """Return the one file with the rows; raises `UsageError` for none or several."""
    if not files:
        raise UsageError(
            "FILE is missing", hint="as in `generations batch shots.csv -d out`; `-` is stdin"
        )
    if len(files) > 1:
        raise UsageError(f"unexpected argument `{files[1]}`", hint="a batch reads one file")
    return files[0]


def _run_name(source: str, name: str | None, shard: Shard | None) -> str:
    """Return the name of the run: shards of one file are runs of their own."""
    if name is None and source == STDIN:
        raise UsageError(
            "rows from stdin need `--run`", hint="as in `--run posts`; the same name continues it"
        )
    if name == "":
        raise UsageError("`--run` is empty", hint="as in `--run posts`")
    whole = str(Path(source).absolute()) if name is None else name
    return whole if shard is None else f"{whole} (shard {shard})"


def _row_options(source: str, flags: Mapping[str, Any]) -> BatchOptions:
    folder = flags["output_dir"]
    if folder is None:
        folder = Path(flags["run_name"]).name if source == STDIN else Path(source).stem
    return BatchOptions(
        Path(folder),
        name=flags["name"],
        overwrite=flags["overwrite"],
        skip_existing=flags["skip_existing"],
        tag=flags["tag"],
        kind=flags["kind"],
        vary=tuple(flags["vary"]),
        candidates=flags["candidates"],
        override=tuple(flags["override"]),
        embed_files=flags["embed_files"],
        allow_outside=flags["allow_outside"],
        ignore_unknown_columns=flags["ignore_unknown_columns"],
        check=not flags["no_check"],
        skip_invalid=flags["skip_invalid"],
        unique=flags["unique"],
    )


def _run_options(
    app: AppContext,
    name: str,
    rows: BatchOptions,
    layout: Layout,
    jobs: int,
    flags: Mapping[str, Any],
) -> RunOptions:
    clock = app.host.clock
    timeout = duration_of("--timeout", flags["timeout"])
    most = 1 if flags["fail_fast"] else flags["max_failures"] and flags["max_failures"].of(jobs)
    rules = RunRules(
        deadline=math.inf if timeout is None else clock.now() + timeout,
        job_timeout=duration_of("--job-timeout", flags["job_timeout"]),
        poll_interval=duration_of("--poll-interval", flags["poll_interval"]),
        most_failures=most,
        resubmissions=flags["resubmissions"],
    )
    return RunOptions(
        name,
        rows.output_dir,
        layout,
        rules,
        ReconcileOptions(
            resubmit_failed=flags["resubmit_failed"],
            resubmit_unknown=flags["resubmit_unknown"],
            on_change=flags["on_change"],
            verify=flags["verify"],
        ),
        fresh=flags["fresh"],
        jobs=flags["jobs"],
        per_minute=flags["rpm"],
        ordered=flags["ordered"],
        reports=flags["reports"],
        confirm_above=app.settings.confirm_above,
        chosen_name=flags["run_name"],
        ask=app.host.ask,
        yes=flags["yes"],
    )


def _planned(
    app: AppContext, source: str, options: BatchOptions, shard: Shard | None
) -> tuple[list[PlannedJob], list[SkippedRow], Layout]:
    """Return the jobs of a file, the rows without, and how it was written; raises for errors."""
    problems = Problems("stdin" if source == STDIN else source)
    skipped: list[SkippedRow] = []
    table = read_table(source, options.kind, app.host)
    planned = plan_jobs(
        source,
        table,
        options,
        app.line.occurrences,
        host=app.host,
        history=app.history,
        upload_rule=app.upload_rule,
        on_problem=problems.add,
        on_skipped=skipped.append,
    )
    with _no_garbage_collection():
        jobs = [job for job in planned if shard is None or _is_in(shard, job.key)]
    skipped = [each for each in skipped if shard is None or _is_in(shard, each.key)]
    cells = [*(job.cells for job in jobs), *(each.cells for each in skipped)]
    columns = table.columns or tuple(dict.fromkeys(name for row in cells for name in row))
    for line in problems.warnings():
        app.out.warning(line)
    error = problems.error(skip_invalid=options.skip_invalid)
    for line in problems.errors():
        (app.out.warning if error is None else app.out.problem)(line)
    if error is not None:
        raise error
    return jobs, skipped, Layout(without_earlier_results(columns), table.delimiter, table.has_bom)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Look for no garbage while jobs are made, of which all stay: it takes 20 % of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _is_in(shard: Shard, key: str) -> bool:
    """Return whether a job is in a shard: its key decides, so that new rows move no others."""
    digest = hashlib.sha256(key.encode(errors="surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") % shard.parts == shard.part - 1
