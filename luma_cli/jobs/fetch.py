"""The outputs of a completed job, saved one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from luma_cli.api.answer import Answer
from luma_cli.errors import NoOutputError
from luma_cli.host import Clock
from luma_cli.jobs.patience import OnRetry, try_again
from luma_cli.transfers.download import Ledger, SavedFile, check_link, download
from luma_cli.transfers.target import Target

if TYPE_CHECKING:
    import httpx


def fetch_outputs(
    storage_for: Callable[[str], httpx.Client],
    answer: Answer,
    target: Target,
    *,
    retries: int,
    clock: Clock,
    on_retry: OnRetry,
    report: Callable[[str, int, int | None], None],
    ledger: Ledger,
) -> Iterator[SavedFile]:
    """Save every output of a generation and yield each file when it is there.

    `storage_for(url)` is a client that carries no key. `report(name, done, total)` hears of the
    bytes, `ledger` of the files. Passing trouble is tried again. Raises `NoOutputError` when there
    is nothing to save and the errors of `download`.
    """
    generation = answer.generation
    links = generation.links
    if not links:
        raise NoOutputError(
            f"generation {generation.id} is {generation.state} and has nothing to download",
            hint=None if generation.is_terminal else "add `--wait` to wait for it",
            generation_id=generation.id,
        )
    for index, link in enumerate(links):
        check_link(link)
        save = partial(
            download,
            storage_for(link),
            link,
            partial(target.path, generation.id, index, len(links), url=link),
            overwrite=target.overwrite,
            report=report,
            ledger=ledger,
        )
        yield try_again(save, retries=retries, clock=clock, on_retry=on_retry)
