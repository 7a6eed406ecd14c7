"""LibreOffice writes the input and opens the report, with every cell in its place."""

from __future__ import annotations

import csv
import io
import subprocess
from pathlib import Path

import pytest

from tests.engines.conftest import engine
from tests.support.installed import PROGRAMS

pytestmark = pytest.mark.engines

ROWS = [
    ["id", "Größe", "prompt", "Hintergrund"],
    ["A-1", "groß", 'Eine "rote" Tasse; weiß,\nauf Holz', "{{Größe}} & süß"],
    ["A-2", "klein", "Schüssel, {{Größe}}, {{Hintergrund}}", "Straße"],
    ["A-3", "mittel", "Öl", "ß"],
]
# Delimiter, quotes, UTF-8, first line, no formats of columns, language, all texts in quotes.
SEMICOLONS = "59,34,76,1,,0,true"
COMMAS = "44,34,76,1,,0,false"
LONGEST_SECONDS = 300


def convert(path: Path, kind: str, folder: Path, profile: Path, reader: str | None = None) -> Path:
    """Convert a file with LibreOffice; return the new one."""
    command = [engine("soffice"), "--headless", f"-env:UserInstallation=file://{profile}"]
    command += [f"--infilter=CSV:{reader}"] if reader else []
    command += ["--convert-to", kind, "--outdir", str(folder), str(path)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
    )
    extension = kind.partition(":")[0]
    written = folder / f"{path.stem}.{extension}"
    assert written.exists(), done.stdout + done.stderr
    return written


def written_by_libreoffice(folder: Path, profile: Path) -> Path:
    """Return a table that LibreOffice exports as CSV with semicolons."""
    source = folder / "source" / "products.csv"
    source.parent.mkdir(parents=True)
    with source.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(ROWS)
    sheet = convert(source, "ods", source.parent, profile, COMMAS)
    return convert(sheet, f"csv:Text - txt - csv (StarCalc):{SEMICOLONS}", folder, profile)


def as_on_windows(content: bytes) -> bytes:
    """Return a CSV with the mark and the line breaks that Windows programs write."""
    return b"\xef\xbb\xbf" + content.replace(b'"\n', b'"\r\n')


@pytest.mark.parametrize("is_on_windows", [False, True], ids=["linux", "windows"])
def test_a_table_is_read_and_its_report_opens_again(
    unlimited: dict[str, str], tmp_path: Path, *, is_on_windows: bool
) -> None:
    folder, profile = tmp_path / "sheets", tmp_path / "profile"
    table = written_by_libreoffice(folder, profile)
    content = table.read_bytes()
    assert b'"id";"Gr' in content
    assert b",\nauf Holz" in content
    if is_on_windows:
        table.write_bytes(as_on_windows(content))

    done = subprocess.run(
        [
            *(str(PROGRAMS / "luma-agents-cli"), "generations", "batch", table.name),
            *("-d", "out", "--name", "{key}", "--report", "report.csv", "--yes"),
        ],
        cwd=folder,
        env=unlimited,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr

    report = folder / "report.csv"
    cells = rows_of(report, ";")
    assert [row[: len(ROWS[0])] for row in cells] == ROWS
    assert cells[0][len(ROWS[0]) :] == ["status", "generation_id", "files", "cost_usd", "error"]
    assert {row[4] for row in cells[1:]} == {"saved"}
    assert [row[6] for row in cells[1:]] == ["out/A-1.png", "out/A-2.png", "out/A-3.png"]

    again = convert(report, "xlsx", folder / "again", profile, SEMICOLONS)
    exported = f"csv:Text - txt - csv (StarCalc):{COMMAS}"
    assert rows_of(convert(again, exported, folder / "last", profile), ",") == cells


def rows_of(path: Path, delimiter: str) -> list[list[str]]:
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
