"""`generations list` asks the API about jobs that have not ended: some, for a short time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue

from luma_cli.api.answer import Answer
from luma_cli.errors import LumaError, RejectedError, UnexpectedAnswerError
from luma_cli.journal.find import Filter, running
from luma_cli.journal.journal import Journal
from luma_cli.workflows.session import Reporter, Session

# For a person who only wants to see the list, and for a program that asked for it.
MOST_UNASKED, SECONDS_UNASKED = 20, 2.0
MOST_ASKED, SECONDS_ASKED = 1000, 60.0
_AT_ONCE = 8


def refresh(
    connect: Callable[[], Session],
    reporter: Reporter,
    journal: Journal,
    wanted: Filter,
    *,
    is_asked: bool,
) -> None:
    """Note the state of the newest jobs that may have changed; whatever goes wrong is no error."""
    most, seconds = (MOST_ASKED, SECONDS_ASKED) if is_asked else (MOST_UNASKED, SECONDS_UNASKED)
    if wanted.sandbox and (journal.account is None or journal.account.sandbox is None):
        return  # those sandboxes are gone
    entries = running(journal, wanted, most)
    ids = list(dict.fromkeys(str(entry.generation_id) for entry in entries))
    noted = 0
    try:
        session = connect()
        session.api.require_key()
        for generation_id, answer in _answers(session, ids, seconds):
            _note(journal, generation_id, answer)
            noted += 1
    except LumaError as problem:
        reporter.detail(f"not refreshed: {problem}")
    if is_asked and noted < len(ids):
        reporter.warning(f"{len(ids) - noted} of {len(ids)} jobs could not be refreshed")


def _note(journal: Journal, generation_id: str, answer: Answer) -> None:
    job = answer.generation
    if job.is_terminal:
        failure = (job.failure_code, job.failure_reason)
        journal.note_end(generation_id, job.state, failure, timed=False)
    else:
        journal.note_state(generation_id, job.state)


def _answers(session: Session, ids: Sequence[str], seconds: float) -> Iterator[tuple[str, Answer]]:
    """Yield what the API says of each job, as far as it does within the time.

    The threads end with the program: the search for a host's address cannot be given a time-out.
    """
    client, clock = session.api, session.clock
    deadline = clock.now() + seconds
    waiting: SimpleQueue[str] = SimpleQueue()
    results: SimpleQueue[tuple[str, Answer] | None] = SimpleQueue()  # `None`: a thread has ended
    for generation_id in ids:
        waiting.put(generation_id)

    def ask() -> None:
        try:
            while (left := deadline - clock.now()) > 0:
                generation_id = waiting.get_nowait()
                with suppress(RejectedError, UnexpectedAnswerError):  # that one job only
                    answer = client.get_generation(generation_id, timeout=left)
                    if answer.generation:
                        results.put((generation_id, answer))
        except (Empty, LumaError):
            pass
        finally:
            results.put(None)

    left_running = min(_AT_ONCE, len(ids))
    for _ in range(left_running):
        threading.Thread(target=ask, daemon=True).start()
    while left_running:
        try:
            result = results.get(timeout=max(deadline - clock.now(), 0))
        except Empty:
            return
        if result is None:
            left_running -= 1
        else:
            yield result
