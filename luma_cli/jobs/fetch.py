"""The outputs of a completed job, saved whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from luma_cli.api.answer import Answer
from luma_cli.errors import LinkRefusedError, LumaError, NoOutputError
from luma_cli.jobs.parallel import side_by_side
from luma_cli.jobs.patience import PASSING_TROUBLE, Persistence, backoff_seconds
from luma_cli.transfers.download import Ledger, SavedFile, check_link, download
from luma_cli.transfers.part import Place
from luma_cli.transfers.target import Target

if TYPE_CHECKING:
    import httpx

    from luma_cli.api.models import Generation

# A new link costs a request of the API; two that are refused in a row are not bad luck.
_MOST_RENEWALS = 2
_SHORT_ID = 8
AT_ONCE = 4


def fetch_outputs(
    storage_for: Callable[[str], httpx.Client],
    answer: Answer,
    target: Target,
    *,
    renew: Callable[[], Answer],
    persistence: Persistence,
    report: Callable[[str, int, int | None], None],
    ledger: Ledger,
    facts: Mapping[str, str],
) -> Iterator[SavedFile]:
    """Save every output of a generation and yield each file when it is there.

    `storage_for(url)` is a client that carries no key, `renew()` asks for the generation again, for
    new links. `report(name, done, total)` hears of the bytes, `ledger` of the files; `facts` are
    what names may have in them beside what the answer tells. Passing trouble is tried again, from
    where it broke off. Raises `NoOutputError` when there is nothing to save and the errors of
    `download`.
    """
    generation = answer.generation
    links = generation.links
    if not links:
        raise NoOutputError(
            f"generation {generation.id} is {generation.state} and has nothing to download",
            hint=None if generation.is_terminal else "add `--wait` to wait for it",
            generation_id=generation.id,
        )

    def fetch(index: int, stop: Callable[[], None]) -> SavedFile:
        place = Place(target.parent, f"{generation.id}-{index}")

        def report_or_stop(name: str, done: int, total: int | None) -> None:
            stop()
            report(name, done, total)

        def save() -> SavedFile:
            check_link(links[index])
            return download(
                storage_for(links[index]),
                links[index],
                partial(
                    target.path,
                    generation.id,
                    index,
                    len(links),
                    url=links[index],
                    facts={**facts, **_facts_of(generation, index)},
                ),
                place=place,
                overwrite=target.overwrite,
                skip_existing=target.skip_existing,
                report=report_or_stop,
                ledger=ledger,
            )

        def renew_links() -> None:
            fresh = renew().generation.links
            if len(fresh) <= index:
                raise LinkRefusedError("the generation has no link to this output any more")
            links[:] = fresh

        return _persistently(save, renew_links, place, persistence)

    if len(links) == 1:
        yield fetch(0, lambda: None)
    else:
        yield from side_by_side(fetch, len(links), AT_ONCE)


def _facts_of(generation: Generation, index: int) -> dict[str, str]:
    """Return what the tokens of a name stand for, as far as the answer tells."""
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


def _persistently(
    save: Callable[[], SavedFile],
    renew_links: Callable[[], None],
    place: Place,
    persistence: Persistence,
) -> SavedFile:
    """Save until it is done; only tries that brought no byte count against patience."""
    failures = renewals = 0
    while True:
        before = place.bytes_kept
        try:
            return save()
        except (LinkRefusedError, *PASSING_TROUBLE) as caught:
            problem: LumaError = caught
        if place.bytes_kept > before:
            failures = renewals = 0
        if isinstance(problem, LinkRefusedError):
            renewals += 1
            if renewals > _MOST_RENEWALS or problem.exchange is None:  # nobody was even asked
                raise problem
            renew_links()
            continue
        failures += 1
        if failures > persistence.retries:
            raise problem
        pause = backoff_seconds(failures, problem)
        persistence.on_retry(problem, pause)
        persistence.clock.sleep(pause)
