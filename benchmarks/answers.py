"""How the time to show an answer grows with its size.

    python -m benchmarks.answers

Of each kind of work, the time for one byte of a large answer, compared with one byte of 1 MB, as it
must not grow. 16 MB is the largest answer that is read.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial

from benchmarks.measure import compare, heading, rounds
from luma_cli.gjson.select import select
from luma_cli.jsontext.parts import is_json
from luma_cli.output.documents import View, show

MEGABYTE = 1_000_000
Work = Callable[[str], object]
SHAPES: dict[str, str] = {
    "records": json.dumps({"id": "7b0c4c1e", "state": "completed", "output": [{"url": "u" * 80}]}),
    "numbers": ",".join(str(number % 100) for number in range(30)),
    "texts": json.dumps("a \\ \n" * 40),
    "nested": "[" * 100 + "1" + "]" * 100,
}
WORK: dict[str, tuple[Work, int]] = {
    "is_json": (is_json, 16),
    "json": (partial(show, view=View("json")), 16),
    "jsonl": (partial(show, view=View("jsonl")), 16),
    "pretty": (partial(show, view=View("pretty")), 2),  # slow: 10 s for 1 MB of nested lists
    "yaml": (partial(show, view=View("yaml")), 4),  # slow: its emitter looks at each character
    "data.#.id": (partial(select, path="data.#.id"), 16),
    "data.@reverse": (partial(select, path="data.@reverse"), 16),
}


def main() -> None:
    count = rounds(1)
    heading("Answers, for each byte")
    for shape, piece in SHAPES.items():
        for name, (work, size) in WORK.items():
            runs = {
                f"{name} of {size} MB of {shape}": partial(_seconds_per_byte, work, piece, size),
                "1 MB": partial(_seconds_per_byte, work, piece, 1),
            }
            compare(count, runs, _nanoseconds, warm_up=False)


def _seconds_per_byte(work: Work, piece: str, megabytes: int) -> float:
    repeats = megabytes * MEGABYTE // len(piece)
    text = f'{{"data":[{",".join([piece] * repeats)}]}}'
    start = time.process_time()
    work(text)
    return (time.process_time() - start) / len(text)


def _nanoseconds(value: float) -> str:
    return f"{value * 1e9:.1f} ns"


if __name__ == "__main__":
    main()
