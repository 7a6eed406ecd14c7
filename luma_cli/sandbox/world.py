"""What the sandbox remembers: jobs, rendered files, the secret that signs links."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from luma_cli.sandbox.life import Job, latency_of
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
        self._secret = secrets.token_bytes(32)

    def now(self) -> float:
        return self._clock()

    def accept(self, body: dict[str, Any], owner: str) -> Job:
        """Make a job of a request that keeps the rules."""
        now = self.now()
        job = Job(
            str(uuid.uuid4()),
            owner,
            body,
            datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            now,
            latency_of(body, self.options.latency),
        )
        self._jobs[job.id] = job
        return job

    def job(self, job_id: str, owner: str) -> Job | None:
        """Return a job of this owner; others' do not exist."""
        job = self._jobs.get(job_id)
        return job if job is not None and job.owner == owner else None

    def describe(self, job: Job, origin: str) -> dict[str, Any]:
        """Return the job as the API shows it now; `origin` is `http://host:port` for links."""
        state = job.state(self.now())
        failure_code, failure_reason = (job.failure() if state == "failed" else None) or (
            None,
            None,
        )
        outputs = []
        if state == "completed":
            kind = "video" if job.is_video else "image"
            outputs.append({"type": kind, "url": origin + self._signed_path(job)})
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

    def _signed_path(self, job: Job) -> str:
        path = f"/storage/generations/{job.id}/output.{extension_of(job)}"
        made = f"{self.now():.6f}"
        return (
            f"{path}?X-Amz-Expires={self.options.url_life_seconds}&X-Amz-Date={made}"
            f"&X-Amz-Signature={self._signature(path, made)}"
        )

    def link_problem(self, path: str, made: str, signature: str) -> str | None:
        """Return why a link is refused: `expired`, `forged`, or `None`."""
        if not hmac.compare_digest(self._signature(path, made), signature):
            return "forged"
        return "expired" if self.now() > float(made) + self.options.url_life_seconds else None

    def _signature(self, path: str, made: str) -> str:
        text = f"{path}\n{made}\n{self.options.url_life_seconds}"
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()
