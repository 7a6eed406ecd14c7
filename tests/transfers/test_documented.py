"""The tables of `docs/transfers.md`, run by real processes against a server of raw sockets."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

import pytest

import luma_cli
from tests.support.installed import shell
from tests.support.raw_server import Asked, RawServer, Reply, answer, chunked

pytestmark = pytest.mark.installed

PAGE = (Path(luma_cli.__file__).parents[1] / "docs" / "transfers.md").read_text()
CONTENT = b"\x89PNG\r\n\x1a\n" + bytes(range(92))
OTHER = CONTENT[::-1]
TOTAL = len(CONTENT)
FILE = {"ETag": '"v1"', "Content-Type": "image/png"}
HTML = b"<!DOCTYPE html><title>Sign in</title>"
Script = Callable[[int, Asked], Reply]


class Row(NamedTuple):
    """A row of a table."""

    trouble: str
    requests: str
    exit_code: str
    on_disk: str
    message: str


ROWS = [
    Row(*(cell.strip() for cell in line.strip().strip("|").split("|")))
    for line in PAGE.splitlines()
    if re.match(r"\| [^|]+ \| \d", line)
]
DOWNLOADS = [row for row in ROWS if not row.trouble.startswith("PUT")]
UPLOADS = [row for row in ROWS if row.trouble.startswith("PUT")]
# A host of a test may be slow on a busy machine: no answer is late but one that never ends.
ENDLESS_REQUEST_TIMEOUT, REQUEST_TIMEOUT = "1s", "30s"


def test_the_tables_are_read() -> None:
    assert (len(DOWNLOADS), len(UPLOADS)) == (37, 13)
    assert set(SCRIPTS) | set(ON_DISK) == {row.trouble for row in ROWS}


def whole(headers: dict[str, str] | None = None, content: bytes = CONTENT) -> Reply:
    length = {"Content-Length": str(len(content))}
    return Reply([answer("200 OK", FILE | length | (headers or {}), content)])


def rest(
    asked: Asked, headers: dict[str, str] | None = None, content: bytes | None = None
) -> Reply:
    """Return what is asked for: the whole, or the range in the way of the case."""
    first = asked.first_byte
    if not first:
        return whole()
    body = CONTENT[first:] if content is None else content
    marks = FILE | {"Content-Range": f"bytes {first}-{TOTAL - 1}/{TOTAL}"}
    marks |= {"Content-Length": str(len(body))} if content is None else {}
    return Reply([answer("206 Partial Content", marks | (headers or {}), body)])


def cut() -> Reply:
    head = answer("200 OK", FILE | {"Content-Length": str(TOTAL)}, CONTENT[:40])
    return Reply([head], close=True)


def after_a_cut(then: Callable[[Asked], Reply]) -> Script:
    """Cut the first answer, let `then` answer the second, and all later ones honestly."""

    def script(number: int, asked: Asked) -> Reply:
        if number == 1:
            return cut()
        return then(asked) if number == 2 else rest(asked)

    return script


def in_chunks(asked: Asked) -> Reply:
    return rest(asked, {"Transfer-Encoding": "chunked"}, chunked(CONTENT[asked.first_byte :]))


def a_small_range(_: int, asked: Asked) -> Reply:
    first = asked.first_byte
    if not first:
        return cut()
    last = min(first + 19, TOTAL - 1)
    marks = {
        "Content-Range": f"bytes {first}-{last}/{TOTAL}",
        "Content-Length": f"{last - first + 1}",
    }
    return Reply([answer("206 Partial Content", FILE | marks, CONTENT[first : last + 1])])


def less_than_its_range(asked: Asked) -> Reply:
    first = asked.first_byte
    return rest(asked, {"Content-Length": "10"}, CONTENT[first : first + 10] + bytes(50))


def whole_files_only(for_a_range: Callable[[Asked], Reply]) -> Script:
    """Cut the first answer, and give the whole file to each request that asks for no range."""

    def script(number: int, asked: Asked) -> Reply:
        if number == 1:
            return cut()
        return for_a_range(asked) if asked.first_byte else whole()

    return script


def two_lengths(asked: Asked) -> Reply:
    packets = rest(asked).packets
    length = f"Content-Length: {TOTAL - asked.first_byte}\r\n".encode()
    return Reply([each.replace(length, length + b"Content-Length: 7\r\n") for each in packets])


def always(reply: Reply) -> Script:
    return lambda _number, _asked: reply


def once(reply: Reply) -> Script:
    return lambda number, asked: reply if number == 1 else rest(asked)


def typed(content_type: str, content: bytes) -> Reply:
    return whole({"Content-Type": content_type}, content)


def endless(start: bytes, then: bytes) -> Reply:
    def packets() -> Iterator[bytes]:
        yield start
        for packet in repeat(then):
            time.sleep(0.02)  # in the server's thread: its pace
            yield packet

    return Reply(packets())


def to_another_place(status: str) -> Script:
    """Redirect what is asked for at the first place, and take it at another."""

    def script(_: int, asked: Asked) -> Reply:
        if not asked.target.startswith("/there"):
            return Reply([answer(status, {"Location": "/there", "Content-Length": "0"})])
        return rest(asked) if asked.method == "GET" else taken()

    return script


def taken() -> Reply:
    return Reply([answer("200 OK", {"Content-Length": "0"})])


def refused(status: str, code: str, message: str = "No") -> Reply:
    text = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
    headers = {"Content-Type": "application/xml", "Content-Length": str(len(text))}
    return Reply([answer(status, headers, text)])


CIRCLE = {"Location": "/a.png", "Content-Length": "0"}
TWO_LENGTHS = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nContent-Length: 90\r\n\r\n" + CONTENT
BOMB = gzip.compress(CONTENT + bytes(40_000_000))
UNAVAILABLE = Reply([answer("503 Service Unavailable", {"Content-Length": "0"})])

SCRIPTS: dict[str, Script] = {
    "nothing": always(whole()),
    "cut in the middle": after_a_cut(rest),
    "cut, then the rest with chunked encoding": after_a_cut(in_chunks),
    "cut, then the rest in small ranges": a_small_range,
    "cut, then a range with a short length and other bytes": after_a_cut(less_than_its_range),
    "cut, then a range with another total": after_a_cut(
        lambda asked: rest(asked, {"Content-Range": "bytes 40-99/200"})
    ),
    "cut, then several ranges in one answer": after_a_cut(
        lambda asked: rest(asked, {"Content-Range": "", "Content-Type": "multipart/byteranges"})
    ),
    "cut, then 416": after_a_cut(
        lambda _: Reply([answer("416 No", {"Content-Range": "bytes */9", "Content-Length": "0"})])
    ),
    "cut, then every range is reset": whole_files_only(lambda _: Reply([], close=True)),
    "cut, then a range with two lengths": whole_files_only(two_lengths),
    "cut, then 503 for every range": whole_files_only(lambda _: UNAVAILABLE),
    "cut, then an empty range": whole_files_only(
        lambda asked: rest(asked, {"Content-Length": "0"}, b"")
    ),
    "cut, then another file": after_a_cut(lambda _: whole({"ETag": '"v2"'}, OTHER)),
    "a length and chunked encoding": always(
        Reply(
            [
                answer(
                    "200 OK",
                    FILE | {"Content-Length": "100", "Transfer-Encoding": "chunked"},
                    chunked(CONTENT),
                )
            ]
        )
    ),
    "no length, connection closed": always(
        Reply([answer("200 OK", FILE | {"Connection": "close"}, CONTENT)], close=True)
    ),
    "two lengths": always(Reply([TWO_LENGTHS], close=True)),
    "a second answer after the end": lambda _number, _asked: Reply(
        [b"".join(whole().packets) + b"".join(whole(None, OTHER).packets)]
    ),
    "a sign-in page": always(typed("text/html", HTML)),
    "a sign-in page sent as an image": always(typed("image/png", HTML)),
    "an error in JSON": always(typed("application/json", b'{"detail": "gone"}')),
    "an error in XML": always(typed("application/xml", b"<Error/>")),
    "a sign-in page once": once(typed("text/html", HTML)),
    "stored as aws-chunked": always(whole({"Content-Encoding": "aws-chunked"})),
    "stored with an empty encoding": always(whole({"Content-Encoding": ""})),
    "stored with gzip": always(whole({"Content-Encoding": "gzip"}, gzip.compress(CONTENT))),
    "stored with br": always(whole({"Content-Encoding": "br"})),
    "gzip that expands without end": always(whole({"Content-Encoding": "gzip"}, BOMB)),
    "307 to another URL": to_another_place("307 Temporary Redirect"),
    "302 in a loop": always(Reply([answer("302 Found", CIRCLE)])),
    "403, then a new link": once(refused("403 Forbidden", "AccessDenied", "Request has expired")),
    "404": always(refused("404 Not Found", "NoSuchKey")),
    "503 once": once(UNAVAILABLE),
    "headers that never end": lambda _number, _asked: endless(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "endless early hints": lambda _number, _asked: endless(
        b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"
    ),
    "PUT: nothing": always(taken()),
    "PUT: 301 to another URL": to_another_place("301 Moved Permanently"),
    "PUT: 302 to another URL": to_another_place("302 Found"),
    "PUT: 307 to another URL": to_another_place("307 Temporary Redirect"),
    "PUT: 308 to another URL": to_another_place("308 Permanent Redirect"),
    "PUT: 303": always(Reply([answer("303 See Other", CIRCLE)])),
    "PUT: 307 in a loop": always(Reply([answer("307 Temporary Redirect", CIRCLE)])),
    "PUT: reset": lambda number, _: Reply([], close=True) if number == 1 else taken(),
    "PUT: 503 once": lambda number, _: UNAVAILABLE if number == 1 else taken(),
    "PUT: 403 once, expired link": lambda number, _: (
        refused("403 Forbidden", "AccessDenied", "Request has expired") if number == 1 else taken()
    ),
    "PUT: 403, wrong signature": always(refused("403 Forbidden", "SignatureDoesNotMatch")),
    "PUT: 403, wrong clock": always(refused("403 Forbidden", "RequestTimeTooSkewed")),
    "PUT: headers that never end": lambda _number, _asked: endless(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
}


def a_link() -> None:
    Path("victim").write_text("precious")
    Path(".gen_1-0.part").symlink_to("victim")


def a_part(content: bytes) -> None:
    Path(".gen_1-0.part").write_bytes(content)
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    note = {"validator": '"v1"', "total": TOTAL, "content_type": "image/png", "size": TOTAL}
    note |= {"sha256": sha256}
    Path(".gen_1-0.part.json").write_text(json.dumps(note))


ON_DISK: dict[str, Callable[[], None]] = {
    "a symbolic link in place of the partial file": a_link,
    "a partial file with other bytes": lambda: a_part(bytes(TOTAL)),
    "a complete partial file of an earlier run": lambda: a_part(CONTENT),
}


class Host:
    """The API, and the storage host of a case; `requests` are those for the file."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self.origin = ""
        self.requests: list[Asked] = []

    def __call__(self, asked: Asked) -> Reply:
        if not asked.target.startswith("/v1/"):
            self.requests.append(asked)
            return self._script(len(self.requests), asked)
        link = f"{self.origin}/a.png?X-Amz-Signature=secret"
        upload = {"url": link, "headers": {}}
        fields: dict[str, object] = {"id": "gen_1", "state": "completed"}
        fields["output"] = [{"url": link}]
        if asked.target.startswith("/v1/files"):
            fields = {"id": "f1", "state": "ready", "upload": upload}
        body = json.dumps(fields).encode()
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        return Reply([answer("200 OK", headers, body)])


def run(row: Row, host: Host, line: str, environ: dict[str, str]) -> tuple[int, str]:
    is_endless = row.trouble.endswith(("headers that never end", "endless early hints"))
    with RawServer(host) as server:
        host.origin = server.origin
        env = environ | {
            "LUMA_BASE_URL": f"{server.origin}/v1",
            "LUMA_AGENTS_API_KEY": "luma-api-sandbox",
            "LUMA_MAX_RETRIES": "2",
            "LUMA_REQUEST_TIMEOUT": ENDLESS_REQUEST_TIMEOUT if is_endless else REQUEST_TIMEOUT,
        }
        done = shell(line, env)
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr
    return done.returncode, done.stderr


@pytest.mark.parametrize("target", ["a.png", "-"], ids=["file", "stdout"])
@pytest.mark.parametrize("row", DOWNLOADS, ids=lambda row: row.trouble)
def test_a_failing_download_ends_as_documented(
    row: Row, target: str, environ: dict[str, str]
) -> None:
    host = Host(SCRIPTS.get(row.trouble, lambda _, asked: rest(asked)))
    to_stdout = target == "-"
    if not to_stdout:
        ON_DISK.get(row.trouble, lambda: None)()

    exit_code, stderr = run(row, host, f"luma generations download gen_1 -o {target} >out", environ)

    if to_stdout and row.on_disk == "another output":  # a pipe cannot take back what went
        assert exit_code == 1
        assert "the output on stdout is incomplete" in stderr
        return
    assert (exit_code, len(host.requests)) == (int(row.exit_code), int(row.requests)), stderr
    assert row.message in stderr
    wanted = {"the output": CONTENT, "another output": OTHER, "nothing": None}[row.on_disk]
    got, out = Path("a.png"), Path("out").read_bytes()
    if to_stdout:
        assert out == wanted if wanted is not None else CONTENT.startswith(out[:TOTAL])
    else:
        assert (got.read_bytes() if got.exists() else None) == wanted
    there = {path.name for path in Path().iterdir()} - {"victim"}
    assert there == ({"out", "a.png"} if wanted and not to_stdout else {"out"})
    assert not Path("victim").exists() or Path("victim").read_text() == "precious"


@pytest.mark.parametrize("row", UPLOADS, ids=lambda row: row.trouble)
def test_a_failing_upload_ends_as_documented(row: Row, environ: dict[str, str]) -> None:
    host = Host(SCRIPTS[row.trouble])
    Path("fox.png").write_bytes(CONTENT)

    exit_code, stderr = run(row, host, "luma files upload fox.png", environ)

    assert (exit_code, len(host.requests)) == (int(row.exit_code), int(row.requests)), stderr
    assert row.message in stderr
    assert {(asked.method, asked.body) for asked in host.requests} == {("PUT", CONTENT)}
    assert [path.name for path in Path().iterdir()] == ["fox.png"]
