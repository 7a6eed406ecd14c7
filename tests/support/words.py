"""Words that texts for users do not use, because plain English has a better one."""

from __future__ import annotations

import re

UNWANTED = re.compile(
    r"\b(?:us|we|our|ours|nobody|trouble|mend(?:ed|ing)?|anew|wins?|hears? of|goes? on|told)\b"
    r"|file that is there|good end|(?:tried|sent|asked) again|begun",
)
