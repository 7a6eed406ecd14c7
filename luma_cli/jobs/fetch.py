"""Downloading the outputs of a completed job, with retries and new links."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from luma_cli import PROGRAM
from luma_cli.api.answer import Answer
from luma_cli.errors import LinkRefusedError, LumaError, NoOutputError, NotAResultError
from luma_cli.jobs.retry import (
    TRANSIENT_ERRORS,
    OnRetry,
    RetryPolicy,
    backoff_seconds,
    pause_before_retry,
)
from luma_cli.jobs.workers import map_ordered
from luma_cli.transfers.download import download
from luma_cli.transfers.download_log import DownloadLog, SavedFile
from luma_cli.transfers.partial_file import PartialLocation
from luma_cli.transfers.storage import Storage
from luma_cli.transfers.target import Target
from luma_cli.transfers.to_stdout import OutgoingStream, stream_to

if TYPE_CHECKING:
    import httpx

    from luma_cli.api.models import Generation

# A new link costs a request of the API; two that are refused in a row are not bad luck.
_MOST_RENEWALS = 2
_MOST_PROMPT_NOTES = 3
_SHORT_ID = 8
OUTPUTS_AT_ONCE = 4

Result = TypeVar("Result")


def fetch_outputs(
    storage_for: Callable[[str], httpx.Client],
    answer: Answer,
    target: Target,
    *,
    renew: Callable[[], Answer],
    policy: RetryPolicy,
    report: Callable[[str, int, int | None], None],
    log: DownloadLog,
    facts: Mapping[str, str],
    deadline: float = math.inf,
) -> Iterator[SavedFile]:
    """Save every output of a generation and yield each complete file.

    `storage_for(url)` returns a client without the key, `renew()` requests the generation with new
    links. `report(name, done, total)` is called with the bytes, `log` with the files; `facts` are
    tokens of names beside those in the answer. Temporary errors are retried, resuming the file,
    until `deadline` (of the policy's clock). Raises `NoOutputError` if there is nothing to save,
    `WaitTimeoutError`, and the errors of `download`.
    """
    generation = answer.generation
    links = _links_of(generation)
    storage = Storage(storage_for, policy.clock, deadline)

    def fetch(index: int, stop: Callable[[], None]) -> SavedFile:
        location = PartialLocation(target.parent, f"{generation.id}-{index}")
        furthest = 0

        def report_or_stop(name: str, done: int, total: int | None) -> None:
            nonlocal furthest
            furthest = max(furthest, done)
            stop()
            report(name, done, total)

        def save() -> SavedFile:
            return download(
                storage,
                links[index],
                partial(
                    target.path,
                    generation.id,
                    index,
                    len(links),
                    url=links[index],
                    facts={**facts, **_facts_of(generation, index)},
                ),
                location=location,
                overwrite=target.overwrite,
                skip_existing=target.skip_existing,
                report=report_or_stop,
                log=log,
            )

        renew_links = partial(_renew, links, index, renew)
        return _with_retries(save, renew_links, lambda: furthest, policy, deadline)

    if len(links) == 1:
        yield fetch(0, lambda: None)
    else:
        yield from map_ordered(fetch, len(links), OUTPUTS_AT_ONCE)


def stream_output_to(
    storage_for: Callable[[str], httpx.Client],
    answer: Answer,
    write: Callable[[bytes], None],
    *,
    renew: Callable[[], Answer],
    policy: RetryPolicy,
    report: Callable[[str, int, int | None], None],
    deadline: float = math.inf,
) -> None:
    """Hand the one output of a generation to `write` as it comes; the rest as in `fetch_outputs`.

    Raises `NoOutputError` also when there is more than one, and the errors of `stream_to`.
    """
    links = _links_of(answer.generation)
    if len(links) > 1:
        raise NoOutputError(
            f"generation {answer.generation.id} has {len(links)} outputs, and stdout takes one",
            hint=f"save them with `{PROGRAM} generations download {answer.generation.id}`",
            generation_id=answer.generation.id,
        )
    outgoing = OutgoingStream(write)
    storage = Storage(storage_for, policy.clock, deadline)

    def save() -> None:
        stream_to(storage, links[0], outgoing, report)

    renew_links = partial(_renew, links, 0, renew)
    _with_retries(save, renew_links, lambda: outgoing.size, policy, deadline)


def _links_of(generation: Generation) -> list[str]:
    links = generation.links
    if not links:
        raise NoOutputError(
            f"generation {generation.id} is {generation.state} and has nothing to download",
            hint=None if generation.is_terminal else "add `--wait` to wait for it",
            generation_id=generation.id,
        )
    return links


def _renew(links: list[str], index: int, renew: Callable[[], Answer]) -> None:
    """Replace the links by new ones; raises `LinkRefusedError` without one at `index`."""
    fresh = renew().generation.links
    if len(fresh) <= index:
        raise LinkRefusedError("the generation has no link to this output any more")
    links[:] = fresh


def _facts_of(generation: Generation, index: int) -> dict[str, str]:
    """Return the values of the tokens of a name that the answer has."""
    date, _, clock = str(generation.created_at or "").partition("T")
    return {
        "id": generation.id,
        "short_id": generation.id[:_SHORT_ID],
        "type": generation.type,
        "model": generation.model,
        "date": date,
        "time": clock[:8].replace(":", ""),
        "label": generation.labels[index],
    }


def _with_retries(
    save: Callable[[], Result],
    renew_links: Callable[[], None],
    furthest: Callable[[], int],
    policy: RetryPolicy,
    deadline: float,
) -> Result:
    """Save an output, and retry temporary errors; only a try without progress counts as failed.

    A web page in place of the output is retried twice, each time with a new link.
    """
    failures = renewals = pages = most = 0
    policy = policy._replace(on_retry=_now_and_then(policy.on_retry))
    while True:
        try:
            return save()
        except (LinkRefusedError, *TRANSIENT_ERRORS) as caught:
            problem: LumaError = caught
        if furthest() > most:
            most, failures, renewals = furthest(), 0, 0
        if isinstance(problem, LinkRefusedError):
            renewals += 1
            if renewals > _MOST_RENEWALS or problem.exchange is None:  # no request was made
                raise problem
            renew_links()
            continue
        failures += 1
        pages += isinstance(problem, NotAResultError)
        if problem.is_final or failures > policy.retries or pages > _MOST_RENEWALS:
            raise problem
        pause_before_retry(problem, backoff_seconds(failures, problem), policy, deadline)
        if isinstance(problem, NotAResultError):
            renew_links()


def _now_and_then(on_retry: OnRetry) -> OnRetry:
    """Return a function that announces the first retries, then each that doubles their number.

    A download that makes a little progress each time is retried without end.
    """
    count = 0

    def announce(problem: LumaError, pause: float) -> None:
        nonlocal count
        count += 1
        if count <= _MOST_PROMPT_NOTES:
            on_retry(problem, pause)
        elif count.bit_count() == 1:
            on_retry(problem.but(message=f"{problem.message} ({count} times)"), pause)

    return announce
