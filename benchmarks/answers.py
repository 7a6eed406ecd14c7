"""How the time to show an answer grows with its size, as ratios of 16 MB to 1 MB.

    python -m benchmarks.answers

What is linear has a ratio of about 16.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from luma_cli.gjson.select import select
from luma_cli.jsontext.parts import is_json
from luma_cli.output.documents import View, show

MEGABYTE = 1_000_000
SHAPES: dict[str, str] = {
    "records": json.dumps({"id": "7b0c4c1e", "state": "completed", "output": [{"url": "u" * 80}]}),
    "numbers": ",".join(str(number % 100) for number in range(30)),
    "texts": json.dumps("a \\ \n" * 40),
    "nested": "[" * 100 + "1" + "]" * 100,
}
WORK: dict[str, Callable[[str], object]] = {
    "is_json": is_json,
    "json": lambda text: show(text, View("json")),
    "jsonl": lambda text: show(text, View("jsonl")),
    "yaml": lambda text: show(text, View("yaml")),
    "pretty": lambda text: show(text, View("pretty")),
    "data.#.id": lambda text: select(text, "data.#.id"),
    "data.@reverse": lambda text: select(text, "data.@reverse"),
}


def main() -> None:
    for shape, piece in SHAPES.items():
        for name, work in WORK.items():
            small, large = (_seconds(work, piece, size * MEGABYTE) for size in (1, 16))
            print(f"{shape:8} {name:14} {large:7.2f} s for 16 MB, {large / small:5.1f} times 1 MB")


def _seconds(work: Callable[[str], object], piece: str, size: int) -> float:
    text = f'{{"data":[{",".join([piece] * (size // len(piece)))}]}}'
    begun = time.process_time()
    work(text)
    return time.process_time() - begun


if __name__ == "__main__":
    main()
