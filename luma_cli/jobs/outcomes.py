"""From the end of a job to an error with a hint."""

from __future__ import annotations

from luma_cli.api.answer import Answer
from luma_cli.errors import GenerationFailedError, ModeratedError, WaitTimeoutError

# failure_code -> what to do. Whether it was charged is said where the API documents it.
_ADVICE = {
    "content_moderated": "change the prompt or the images; the charge is refunded",
    "generation_failed": "submit the same request again; the charge is refunded",
    "budget_exhausted": "add funds and submit again; the job may have been charged in part",
    "output_not_found": "submit the same request again; the charge is refunded",
    "image_too_large": "make the image smaller: at most 50 MiB and 8,000 pixels per side",
    "unsupported_format": "convert the file to PNG, JPEG or MP4",
    "corrupt_input": "export the file again, or use another one",
    "invalid_request": "change the request; the reason above says what is wrong",
    "rate_limited": "wait a minute and submit again",
}

# The same request would fail the same way.
_FAILS_AGAIN = frozenset(
    {
        *("content_moderated", "image_too_large", "unsupported_format", "corrupt_input"),
        "invalid_request",
    }
)


def failure_of(answer: Answer) -> GenerationFailedError | None:
    """Return the error for a generation that ended as failed, `None` for any other.

    Whatever the reason is, the job was accepted: even `budget_exhausted` and `rate_limited` do not
    say that the submission was refused.
    """
    generation = answer.generation
    if generation.state != "failed":
        return None
    return failure(generation.id, generation.failure_code, generation.failure_reason)


def failure(
    generation_id: str, failure_code: str | None, failure_reason: str | None
) -> GenerationFailedError:
    """Return the error for a generation that ended as failed, by what the API said of it."""
    code = failure_code or "unknown"
    reason = failure_reason or "the server gave no reason"
    kind = ModeratedError if code == "content_moderated" else GenerationFailedError
    return kind(
        f"generation {generation_id} failed ({code}): {reason.rstrip('.')}",
        hint=_ADVICE.get(code),
        generation_id=generation_id,
        failure_code=failure_code,
    )


def fails_again(failure_code: str | None) -> bool:
    """Return whether the same request would fail the same way, as far as the code says so."""
    return failure_code in _FAILS_AGAIN


def out_of_time(generation_id: str, problem: str | None = None) -> WaitTimeoutError:
    """Return the error for a job that has not ended by the deadline; `problem` came last."""
    seen = f"; the last request failed: {problem}" if problem is not None else ""
    return WaitTimeoutError(
        f"timed out: generation {generation_id} is still running{seen}",
        generation_id=generation_id,
    )
