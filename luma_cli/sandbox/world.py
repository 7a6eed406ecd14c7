"""What the sandbox remembers: jobs, rendered files, its links."""

from __future__ import annotations

import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from luma_cli.sandbox.inline import thumbnail_of, without_data
from luma_cli.sandbox.life import Job, latency_of
from luma_cli.sandbox.links import Links
from luma_cli.sandbox.options import SandboxOptions
from luma_cli.sandbox.render import Rendered, extension_of, render

_MOST_RENDERED = 16


class World:
    """All state of one sandbox, in memory. `clock` gives Unix seconds."""

    def __init__(self, options: SandboxOptions, clock: Callable[[], float] = time.time) -> None:
        self.options, self._clock = options, clock
        self._jobs: dict[str, Job] = {}
        self._rendered: OrderedDict[str, Rendered] = OrderedDict()
        self._rendering = threading.Lock()
        self.links = Links(options.url_life_seconds)

    def now(self) -> float:
        return self._clock()

    def accept(self, body: dict[str, Any], owner: str) -> Job:
        """Make a job of a request that keeps the rules; reads its pictures, which takes a while."""
        now = self.now()
        job = Job(
            str(uuid.uuid4()),
            owner,
            without_data(body),
            datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            now,
            latency_of(body, self.options.latency),
            thumbnail_of(body),
        )
        self._jobs[job.id] = job
        return job

    def job(self, job_id: str, owner: str) -> Job | None:
        """Return a job of this owner; others' do not exist."""
        job = self._jobs.get(job_id)
        return job if job is not None and job.owner == owner else None

    def describe(self, job: Job, state: str, origin: str) -> dict[str, Any]:
        """Return the job as the API shows it; `origin` is `http://host:port` for links."""
        failure_code, failure_reason = (job.failure() if state == "failed" else None) or (
            None,
            None,
        )
        outputs = []
        if state == "completed":
            kind = "video" if job.is_video else "image"
            path = f"/storage/generations/{job.id}/output.{extension_of(job)}"
            outputs.append({"type": kind, "url": origin + self.links.sign(path, self.now())})
        return {
            "id": job.id,
            "type": job.type,
            "state": state,
            "model": job.model,
            "created_at": job.created_at,
            "output": outputs,
            "failure_reason": failure_reason,
            "failure_code": failure_code,
        }

    def file(self, job_id: str) -> Rendered | None:
        """Return a job's file, drawn when it is first asked for; the last few are kept."""
        job = self._jobs.get(job_id)
        if job is None:
            return None
        with self._rendering:
            if job_id not in self._rendered:
                self._rendered[job_id] = render(job, self.options.seed)
            self._rendered.move_to_end(job_id)
            while len(self._rendered) > _MOST_RENDERED:
                self._rendered.popitem(last=False)
            return self._rendered[job_id]
