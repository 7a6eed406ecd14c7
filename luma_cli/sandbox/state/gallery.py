"""The output files of jobs, rendered on first use."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict

from luma_cli.sandbox.models.content import Content
from luma_cli.sandbox.models.jobs import Job
from luma_cli.sandbox.render.outputs import render

_MAX_CACHED = 16


class Gallery:
    """Renders outputs one at a time, and caches the latest."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._cached: OrderedDict[tuple[str, str, int], Content] = OrderedDict()
        self._revisions: Counter[tuple[str, str]] = Counter()
        self._rendering = threading.Lock()

    def content(self, job: Job, name: str) -> Content | None:
        """Render an output, which is slow; `None` if the job has no output of this name."""
        revision = self._revisions[job.id, name]
        key = (job.id, name, revision)
        with self._rendering:
            if key not in self._cached:
                content = render(job, name, self._seed + revision)
                if content is None:
                    return None
                self._cached[key] = content
            self._cached.move_to_end(key)
            while len(self._cached) > _MAX_CACHED:
                self._cached.popitem(last=False)
            return self._cached[key]

    def change(self, job_id: str, name: str) -> None:
        """Replace the bytes and the ETag of an output."""
        self._revisions[job_id, name] += 1
