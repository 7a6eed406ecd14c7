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


def failure_of(answer: Answer) -> GenerationFailedError | None:
    """Return the error for a generation that ended as failed, `None` for any other.

    Whatever the reason is, the job was accepted: even `budget_exhausted` and `rate_limited` do not
    say that the submission was refused.
    """
    generation = answer.generation
    if generation.state != "failed":
        return None
    code = generation.failure_code or "unknown"
    reason = generation.failure_reason or "the server gave no reason"
    kind = ModeratedError if code == "content_moderated" else GenerationFailedError
    return kind(
        f"generation {generation.id} failed ({code}): {reason.rstrip('.')}",
        hint=_ADVICE.get(code),
        generation_id=generation.id,
        failure_code=generation.failure_code,
    )


def out_of_time(generation_id: str, problem: str | None = None) -> WaitTimeoutError:
    """Return the error for a job that has not ended by the deadline; `problem` came last."""
    seen = f"; the last request failed: {problem}" if problem is not None else ""
    return WaitTimeoutError(
        f"timed out: generation {generation_id} is still running{seen}",
        generation_id=generation_id,
    )
