"""Help screens: rows generated from the command tree, formatted for any width.

Imports only modules that the interpreter has loaded anyway, so that help starts as fast.
"""

import os

_ROWS = os.path.join(os.path.dirname(__file__), "help.txt")  # noqa: PTH118, PTH120 - `pathlib` costs 6 ms
_WIDEST = 100
_NARROWEST = 20
_WIDEST_TERM = 30
# A description with less room than this beside its term is printed below it.
_LEAST_DESCRIPTION = 24


def help_of(words: list[str], program: str, width: int) -> str | None:
    """Return the help of a command in lines of `width` columns if words fit; `None` if unknown.

    `words` are the command's own, as in `["generations", "get"]`.
    """
    if any(word.split() != [word] for word in words):
        return None
    command = " ".join([program, *words])
    with open(_ROWS, encoding="utf-8") as file:  # noqa: PTH123 - see above
        _, found, page = file.read().partition(f"\n= {command}\n")
    if not found:
        return None
    usage, *rows = page.partition("\n= ")[0].rstrip("\n").split("\n")
    width = max(min(width, _WIDEST) - 2, _NARROWEST)
    lines = _wrapped(f"Usage: {command} {usage}", width, "", 7)
    return "\n".join([*lines, *_laid_out(rows, width), ""])


def _laid_out(rows: list[str], width: int) -> list[str]:
    """Return the lines of a page.

    A row is `# TITLE` of a section, `| LINE` to print as it is, a term and its description with a
    tab between, or a paragraph.
    """
    lines = list[str]()
    column = 0
    for number, row in enumerate(rows):
        term, is_described, description = row.partition("\t")
        if row.startswith("# "):
            lines += ["", f"{row[2:]}:"]
            column = _column(rows[number + 1 :], width)
        elif row.startswith("| "):
            lines.append(f"  {row[2:]}".rstrip())
        elif not is_described:
            lines += ["", *_wrapped(row, width, "  ", 2)]
        elif column == 0:
            lines += [f"  {term}", *_wrapped(description, width, " " * 6, 6)]
        elif len(term) + 4 > column:
            lines += [f"  {term}", *_wrapped(description, width, " " * column, column)]
        else:
            lines += _wrapped(description, width, f"  {term}".ljust(column), column)
    return lines


def _column(rows: list[str], width: int) -> int:
    """Return the column of the descriptions of a section; 0 if they are below their terms."""
    longest = 0
    for row in rows:
        if row.startswith("# "):
            break
        term, is_described, _ = row.partition("\t")
        longest = max(longest, len(term) if is_described else 0)
    column = min(longest, _WIDEST_TERM) + 4
    return column if width - column >= _LEAST_DESCRIPTION else 0


def _wrapped(text: str, width: int, start: str, indent: int) -> list[str]:
    """Return `start` and the words of a text in lines that are indented after the first."""
    lines = [start]
    for word in text.split(" "):
        has_words = bool(lines[-1].strip()) and lines[-1] != start
        if has_words and len(lines[-1]) + 1 + len(word) > width:
            lines.append(" " * indent + word)
        else:
            lines[-1] += f" {word}" if has_words else word
    return [line.rstrip() for line in lines]
