"""The endpoints for generations: create, get."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from luma_cli.rules.generation import violations
from luma_cli.rules.violation import Violation
from luma_cli.sandbox.api.answers import answer, error, origin_of
from luma_cli.sandbox.api.bodies import UnreadableError, read_json
from luma_cli.sandbox.api.keys import owner_of, refuse_key
from luma_cli.sandbox.log import log_id
from luma_cli.sandbox.state.references import RefusedError, has_data, inspect_references
from luma_cli.sandbox.state.state import State

LARGEST_BODY_BYTES = 256 * 1024 * 1024


async def create_generation(request: Request) -> Response:
    """`POST /v1/generations`: check key and balance, then the request, then the limits."""
    state: State = request.app.state.sandbox
    if refused := refuse_key(request, submission=True):
        return refused
    try:
        body = await read_json(request, LARGEST_BODY_BYTES)
    except UnreadableError as problem:
        return error(request, problem.violation)
    if broken := next(violations(body), None):
        return error(request, broken)
    owner = owner_of(request)
    lookups = (body, state.generation_for(owner), state.file_for(owner))
    try:
        if has_data(body):
            media = await run_in_threadpool(inspect_references, *lookups)
        else:
            media = inspect_references(*lookups)
    except RefusedError as problem:
        return error(request, problem.violation)
    # No `await` from here on, so that no other submission is counted in between.
    verdict = state.limits.ask(owner, state.now())
    if verdict.violation:
        return error(request, verdict.violation, verdict.headers)
    job = state.accept(body, owner, media)
    log_id(request, job.id)
    return answer(request, 201, state.describe(job, "queued", origin_of(request)), verdict.headers)


async def get_generation(request: Request) -> Response:
    """`GET /v1/generations/{id}`"""
    state: State = request.app.state.sandbox
    if refused := refuse_key(request):
        return refused
    job = state.job(request.path_params["generation_id"], owner_of(request))
    if job is None:
        return error(request, Violation(404, "Generation not found"))
    log_id(request, job.id)
    description = state.describe(job, job.state(state.now()), origin_of(request))
    return answer(request, 200, description)
