"""Words that texts, docstrings and comments avoid, because plain English has a better one."""

from __future__ import annotations

import re

# What is avoided -> what is written in its place.
_BETTER = {
    r"us|[Ww]e|ours|[Oo]ur(?! content moderation)": "the name of the program, or `you`",
    r"[Nn]obody|[Ss]omebody|[Ee]verybody|[Ww]hoever": "the user, the client, `unknown`",
    r"troubles?": "error, fault, network error",
    r"mend(?:s|ed|ing)?": "fix",
    r"anew": "again",
    r"begun": "started",
    r"told": "reported, printed",
    r"hears? of": "is called with",
    r"wins?(?: over)?|won over": "overrides",
    r"good end": "failed",
    r"go(?:es)? on": "continue, resume, is still running",
    r"(?:tr(?:y|ies|ied)|sent|sends?|asked) again": "retry",
    r"asked for": "requested",
    r"stands? for": "means, is",
    r"excludes? each other": "cannot be combined with",
    r"(?:is|are) more than the": "exceeds",
    r"(?:that|which) (?:is|are) there": "existing",
    r"no use": "does not help",
    r"in vain": "without success",
}
_AVOIDED = re.compile(rf"\b(?:{'|'.join(_BETTER)})\b")


def avoided_words(text: str) -> list[str]:
    """Return the avoided words in a text, which may continue on the next line."""
    return _AVOIDED.findall(" ".join(text.split()))
