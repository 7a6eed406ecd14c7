"""`.xml`: JUnit's format, a test case for each job."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from luma_cli.batch.report.report import Report, error_of
from luma_cli.batch.result import RowResult, Status

# What XML 1.0 has no way to write.
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Jobs that did not end are errors: nothing is known of their outputs.
_ELEMENTS = {Status.UNKNOWN: "error", Status.RUNNING: "error", Status.NOT_SENT: "skipped"}


def write(stream: TextIO, report: Report) -> None:
    """Write one suite with a case for each job, named by its key."""
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    counts = _counts(report)
    stream.write(f"<testsuites{counts}>\n")
    skipped = _attributes(skipped=str(report.summary.count(Status.NOT_SENT)))
    stream.write(f"  <testsuite{_attributes(name=report.title)}{counts}{skipped}>\n")
    for result in report.results:
        stream.writelines(f"    {line}\n" for line in _case(result, report.title))
    stream.write("  </testsuite>\n</testsuites>\n")


def _counts(report: Report) -> str:
    summary = report.summary
    errors, skipped = (
        sum(summary.count(status) for status, name in _ELEMENTS.items() if name == element)
        for element in ("error", "skipped")
    )
    failures = summary.jobs - summary.saved - errors - skipped
    return _attributes(
        tests=str(summary.jobs),
        failures=str(failures),
        errors=str(errors),
        time=f"{summary.seconds:.3f}",
    )


def _case(result: RowResult, title: str) -> Iterator[str]:
    time = _attributes(time=f"{result.seconds or 0:.3f}")
    yield f"<testcase{_attributes(name=result.key, classname=title)}{time}>"
    if not result.is_saved:
        yield f"  {_problem(result)}"
    if output := "\n".join(_output(result)):
        yield f"  <system-out>{_text(output)}</system-out>"
    yield "</testcase>"


def _problem(result: RowResult) -> str:
    message = error_of(result) or result.status.replace("_", " ")
    element = _ELEMENTS.get(result.status, "failure")
    if element == "skipped":
        return f"<skipped{_attributes(message=message)}/>"
    kind = result.status if result.error is None else result.error.code
    hint = "" if result.error is None else result.error.hint or ""
    return f"<{element}{_attributes(message=message, type=kind)}>{_text(hint)}</{element}>"


def _output(result: RowResult) -> Iterator[str]:
    yield f"row: {result.row}"
    if "prompt" in result.cells:
        yield f"prompt: {result.cells['prompt']}"
    if result.generation_id is not None:
        yield f"generation: {result.generation_id}"
    # Jenkins and GitLab show a file that is named so.
    yield from (f"[[ATTACHMENT|{file.path}]]" for file in result.files)


def _attributes(**values: str) -> str:
    return "".join(
        f" {name}={quoteattr(_IMPOSSIBLE.sub('', value))}" for name, value in values.items()
    )


def _text(text: str) -> str:
    return escape(_IMPOSSIBLE.sub("", text), {"\r": "&#13;"})
