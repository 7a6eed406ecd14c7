"""The width of the terminal. Imports nothing but `os`: help prints before all other imports."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_USUAL_COLUMNS = 80


def columns(environ: "Mapping[str, str]", *descriptors: int) -> int:
    """Return how many columns the first terminal among these has; 80 without one.

    stdout is none in `--help | less`, but stderr is. `COLUMNS` overrides both.
    """
    try:
        if (wanted := int(environ.get("COLUMNS", ""))) > 0:
            return wanted
    except ValueError:
        pass
    for descriptor in descriptors:
        try:
            if width := os.get_terminal_size(descriptor).columns:
                return width
        except OSError:
            continue
    return _USUAL_COLUMNS
