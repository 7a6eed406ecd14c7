"""The state of a sandbox: its jobs, files, limits and links."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from luma_cli.rules.constants import DEFAULT_TYPE
from luma_cli.rules.timestamps import timestamp
from luma_cli.rules.violation import Violation, unprocessable
from luma_cli.sandbox.models.jobs import Job, latency_kind, requested_latency
from luma_cli.sandbox.models.media import Media
from luma_cli.sandbox.options import SandboxOptions
from luma_cli.sandbox.render.outputs import Output, outputs_of, planned_media
from luma_cli.sandbox.state.files import Files
from luma_cli.sandbox.state.gallery import Gallery
from luma_cli.sandbox.state.links import Links
from luma_cli.sandbox.state.rate_limits import RateLimits
from luma_cli.sandbox.state.references import without_data
from luma_cli.sandbox.state.store import FolderStore, MemoryStore, Store

_JOBS, _SECRETS = "job", "secret"


class State:
    """The state of a sandbox; `clock` returns Unix seconds."""

    def __init__(self, options: SandboxOptions, clock: Callable[[], float] = time.time) -> None:
        self.options, self._clock = options, clock
        self._store: Store = FolderStore(options.state) if options.state else MemoryStore()
        # Identifies this sandbox, which may outlive a run, among all servers.
        self.nonce = self._stored_secret("nonce", secrets.token_hex(16))
        self._jobs: dict[str, Job] = {}
        self.limits = RateLimits(options.requests_per_minute, options.jobs_at_once)
        self.links = Links(
            options.url_life_seconds,
            bytes.fromhex(self._stored_secret("links", secrets.token_hex(32))),
        )
        self.gallery = Gallery(options.seed)
        self._random = Random(options.seed)  # noqa: S311 - not for security
        self.files = Files(self._store, lambda: options.latency_of("file", self._random))
        for record in self._store.load(_JOBS):
            self._remember(Job.from_record(record))

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def now(self) -> float:
        return self._clock()

    def accept(self, body: dict[str, Any], owner: str, media: Mapping[str, Media]) -> Job:
        """Create a job for a valid request within the limits."""
        now = self.now()
        job = Job(
            str(uuid.uuid4()),
            owner,
            without_data(body),
            timestamp(now),
            now,
            self._latency(body),
            media,
        )
        self._remember(job)
        self._store.save(_JOBS, job.id, job.as_record())
        return job

    def job(self, job_id: str, owner: str) -> Job | None:
        """Return a job of this owner, `None` for a job of another one."""
        job = self._jobs.get(job_id)
        return job if job is not None and job.owner == owner else None

    def add_alias(self, job_id: str, name: str) -> None:
        """Add another id to a job, until this process ends."""
        if job := self._jobs.get(job_id):
            self._jobs[name] = job

    def job_for_download(self, job_id: str) -> Job | None:
        """Return a job of any owner: a presigned link needs no key."""
        return self._jobs.get(job_id)

    def generation_for(self, owner: str) -> Callable[[str], Media | Violation]:
        """Return the look-up of generations for this owner's references."""

        def look_up(job_id: str) -> Media | Violation:
            job = self.job(job_id, owner)
            if job is None:
                return unprocessable("{path}: generation not found")
            state = job.state(self.now())
            if state != "completed":
                return unprocessable(f"{{path}}: generation is not completed (state: {state})")
            return planned_media(job)

        return look_up

    def file_for(self, owner: str) -> Callable[[str], Media | Violation]:
        """Return the look-up of files for this owner's references."""

        def look_up(file_id: str) -> Media | Violation:
            record = self.files.get(file_id, owner)
            state = record.state(self.now()) if record else "deleted"
            if record is None or state == "deleted":
                return unprocessable("{path}: file not found")
            if state != "ready" or record.seen is None or record.seen.media is None:
                return unprocessable(f"{{path}}: file is not ready (state: {state})")
            return record.seen.media

        return look_up

    def describe(self, job: Job, state: str, origin: str) -> dict[str, Any]:
        """Return the job as JSON of the API; `origin` is `http://host:port` for links."""
        failure = job.failure() if state == "failed" else None
        code, reason = failure or (None, None)
        outputs = outputs_of(job) if state == "completed" else []
        return {
            "id": job.id,
            "type": job.type,
            "state": state,
            "model": job.model,
            "created_at": job.created_at,
            "output": [self._show(job, output, origin) for output in outputs],
            "failure_reason": reason,
            "failure_code": code,
        }

    def _show(self, job: Job, output: Output, origin: str) -> dict[str, Any]:
        path = f"/storage/generations/{job.id}/{output.name}"
        shown: dict[str, Any] = {"type": output.type}
        shown["url"] = origin + self.links.sign("GET", path, self.now())
        if output.layer is not None:
            shown["layer"] = output.layer
        return shown

    def _latency(self, body: Mapping[str, Any]) -> float:
        requested = requested_latency(body.get("prompt") or "")
        kind = latency_kind(body.get("type") or DEFAULT_TYPE)
        return self.options.latency_of(kind, self._random) if requested is None else requested

    def _remember(self, job: Job) -> None:
        self._jobs[job.id] = job
        self.limits.count(job.owner, job.started, job.slot_until)

    def _stored_secret(self, name: str, value: str) -> str:
        """Return a stored secret, or store `value`, so that links of a kept state stay valid."""
        stored = {each.get("name", "links"): each["key"] for each in self._store.load(_SECRETS)}
        if name not in stored:
            self._store.save(_SECRETS, name, {"name": name, "key": value})
        return str(stored.get(name, value))
