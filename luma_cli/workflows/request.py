"""The request of a command: flags override values from stdin or `--input`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from luma_cli.body.body_flag import BodyFlag
    from luma_cli.body.input import Stdin
    from luma_cli.body.request import Request
    from luma_cli.flags import Flag
    from luma_cli.host import Host
    from luma_cli.journal.history import History
    from luma_cli.workflows.session import Reporter

_MOST_NAMED, _LONGEST_KEY = 8, 40


def read_request(
    occurrences: Sequence[tuple[Flag, str | bool]],
    table: Iterable[BodyFlag],
    is_complete: Callable[[Mapping[str, Any]], bool],
    input_file: str | None = None,
    *,
    host: Host,
    reporter: Reporter,
    literal: bool,
) -> Request:
    """Return the request of flags and stdin, or `input_file`.

    A pipe that has nothing yet is waited for only while the flags alone are not complete. With
    `literal`, `@file` in what is not a flag is text. Raises `UsageError` or `InputFileError`.
    """
    from luma_cli.body.build import build_body
    from luma_cli.body.embedding import as_data
    from luma_cli.body.input import parse_input, read_input
    from luma_cli.body.request import Request

    declared = tuple(table)

    def whole(of_flags: Mapping[str, Any], stdin: Stdin) -> Mapping[str, Any]:
        document: Mapping[str, Any] = {}
        if input_file is not None:
            document = read_input(input_file, stdin)
        elif not stdin.is_taken:
            complete = is_complete(of_flags)
            piped = host.read_piped(wait=not complete)
            if piped.was_silent:
                reporter.note("nothing on stdin yet, and not waited for; `--input -` waits")
            if piped.text:
                stdin.take()  # an `@-` in the document itself has nothing left to read
            document = parse_input(piped.text, "stdin")
            _tell_what_is_merged(reporter, of_flags, document, declared if complete else ())
        return as_data(document) if literal else document

    return Request(build_body(occurrences, host.read_stdin, whole, declared, host.spool_stdin))


def _tell_what_is_merged(
    reporter: Reporter,
    typed: Mapping[str, Any],
    document: Mapping[str, Any],
    table: Iterable[BodyFlag],
) -> None:
    """Name what stdin adds to flags: it may be meant for a loop that runs this program.

    With a `table`, the flags are a whole request by themselves, and a key that is not in the table
    is most likely a mistake.
    """
    merged = [
        key
        for key, value in document.items()
        if key not in typed or (isinstance(value, dict) and isinstance(typed[key], dict))
    ]
    if not typed or not merged:
        return
    reporter.note(f"merged from stdin: {_listed(merged)}")
    known = {each.path[0] for each in table if each.path}
    unknown = [key for key in merged if known and key not in known]
    if unknown:
        reporter.warning(
            f"unknown keys from stdin are sent: {_listed(unknown)}; add `</dev/null` if stdin is"
            " not meant for this program"
        )


def _listed(keys: list[str]) -> str:
    more = f" and {len(keys) - _MOST_NAMED} more" if len(keys) > _MOST_NAMED else ""
    return ", ".join(f"`{key[:_LONGEST_KEY]}`" for key in keys[:_MOST_NAMED]) + more


def with_resolved_ids(history: History, request: Request) -> Request:
    """Return a request in which `gen:@last` and beginnings of ids are whole generation ids."""
    from luma_cli.workflows.ids import resolve_id

    return request.with_ids(lambda an_id: resolve_id(history, an_id))
