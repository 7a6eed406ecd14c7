"""The files of jobs, drawn when they are first asked for."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict

from luma_cli.sandbox.models.content import Content
from luma_cli.sandbox.models.jobs import Job
from luma_cli.sandbox.render.outputs import render

_MOST_KEPT = 16


class Gallery:
    """Draws what is asked for, one at a time, and keeps the last few."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._kept: OrderedDict[tuple[str, str, int], Content] = OrderedDict()
        self._revisions: Counter[tuple[str, str]] = Counter()
        self._drawing = threading.Lock()

    def content(self, job: Job, name: str) -> Content | None:
        """Return an output's file, `None` when the job has none of that name; takes a while."""
        wanted = (job.id, name, self._revisions[job.id, name])
        with self._drawing:
            if wanted not in self._kept:
                content = render(job, name, self._seed + wanted[2])
                if content is None:
                    return None
                self._kept[wanted] = content
            self._kept.move_to_end(wanted)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
            return self._kept[wanted]

    def change(self, job_id: str, name: str) -> None:
        """Put other bytes where an output's file was, under another ETag."""
        self._revisions[job_id, name] += 1
