"""What the end of a job means: a success, or a failure with advice."""

from __future__ import annotations

from luma_cli.api.answer import Answer
from luma_cli.errors import FundsError, GenerationFailedError, LumaError, ModeratedError

# failure_code -> what to do. Whether it was charged is said where the API documents it.
_ADVICE = {
    "content_moderated": "change the prompt or the pictures; the charge is refunded",
    "generation_failed": "submit the same request again; the charge is refunded",
    "budget_exhausted": "add funds and submit again; part of it may have been charged",
    "output_not_found": "submit the same request again; the charge is refunded",
    "image_too_large": "make the picture smaller: at most 50 MB and 8,000 pixels a side",
    "unsupported_format": "convert the file to PNG, JPEG or MP4",
    "corrupt_input": "write the file anew, or use another",
    "invalid_request": "change the request; the reason above says what is wrong",
    "rate_limited": "wait a minute and submit again",
}
_ERRORS: dict[str, type[LumaError]] = {
    "content_moderated": ModeratedError,
    "budget_exhausted": FundsError,
}


def failure_of(answer: Answer) -> LumaError | None:
    """Return the error for a generation that ended as failed, `None` for any other."""
    generation = answer.generation
    if generation.state != "failed":
        return None
    code = generation.failure_code or "unknown"
    reason = generation.failure_reason or "the server gave no reason"
    error = _ERRORS.get(code, GenerationFailedError)
    return error(
        f"generation {generation.id} failed ({code}): {reason.rstrip('.')}",
        hint=_ADVICE.get(code),
        generation_id=generation.id,
    )
