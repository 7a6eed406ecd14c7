"""Every way in which an answer can say where it ends, over real sockets: right bytes, or none.

Each case begins with an answer that is cut somewhere; the next one is the case, in full; the rest
are honest. Whatever the case is, the file has the right bytes, or there is an error and no file. No
case waits: the longest silence is so long that one would be noticed.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from luma_cli import connections
from luma_cli.api.answer import Answer
from luma_cli.errors import Exchange, LumaError, StorageRefusedError
from luma_cli.jobs.fetch import fetch_outputs, stream_output_to
from luma_cli.jobs.retry import RetryPolicy
from luma_cli.transfers import body_reader as stream
from luma_cli.transfers.download_log import NO_LOG
from luma_cli.transfers.target import Target
from tests.support.program import TestClock
from tests.support.raw_server import Asked, RawServer, Reply, answer, chunked

CONTENT = b"\x89PNG\r\n\x1a\n" + bytes(range(4))
TOTAL = len(CONTENT)
VALIDATOR = '"v1"'
FILE = {"ETag": VALIDATOR, "Content-Type": "image/png"}
SILENCE_SECONDS = 30.0
# What stands behind the end of an answer, and would be believed: another answer.
WRONG = b"\0" * TOTAL
SMUGGLED = answer("200 OK", FILE | {"Content-Length": str(TOTAL)}, WRONG)

STATUSES = ("200", "206", "416", "200 after 206")
FRAMINGS = ("length", "chunked", "both", "close")
EXTENTS = ("exact", "shorter", "longer")


class Case(NamedTuple):
    """The answer to a request for the bytes from some place on."""

    status: str
    framing: str
    extent: str
    keeps_alive: bool
    dribbled: bool

    def reply(self, first: int) -> Reply:
        if self.status == "416":
            return self._framed("416 Range Not Satisfiable", {"Content-Range": "bytes */5"}, b"no")
        if self.status == "206" and first > 0:
            last = TOTAL - 1
            if self.extent == "shorter" and first < last:
                last -= 1
            of_range = {"Content-Range": f"bytes {first}-{last}/{TOTAL}"}
            return self._framed("206 Partial Content", FILE | of_range, CONTENT[first : last + 1])
        return self._framed("200 OK", FILE, CONTENT)

    def _framed(self, status: str, headers: dict[str, str], body: bytes) -> Reply:
        length = {"Content-Length": str(len(body))}
        is_short = self.extent == "shorter" and not status.startswith("206")
        sent = body[:-1] if is_short else body
        surplus = SMUGGLED if self.extent == "longer" else b""
        if self.framing == "length":
            wire = answer(status, headers | length, sent + surplus)
        elif self.framing == "close":
            wire = answer(status, headers | {"Connection": "close"}, sent)
        else:
            marks = {"Transfer-Encoding": "chunked"} | (length if self.framing == "both" else {})
            body_on_wire = chunked(body)[:-5] if is_short else chunked(body) + surplus
            wire = answer(status, headers | marks, body_on_wire)
        ends = not self.keeps_alive or self.framing == "close" or is_short
        return Reply(packets(wire, dribbled=self.dribbled), ends)

    @property
    def may_fail(self) -> bool:
        """Whether the only whole file that is offered has no end that can be trusted."""
        return self.framing in ("both", "close")


def packets(wire: bytes, *, dribbled: bool) -> Iterable[bytes]:
    return [wire[at : at + 1] for at in range(len(wire))] if dribbled else [wire]


class Host:
    """Cuts the first answer after some bytes of the body, then plays a case, then is honest."""

    def __init__(self, cut: int, case: Case) -> None:
        self._cut, self._case = cut, case
        self._answers = 0

    def __call__(self, asked: Asked) -> Reply:
        self._answers += 1
        first = asked.first_byte
        if self._answers == 1:
            whole = answer("200 OK", FILE | {"Content-Length": str(TOTAL)}, CONTENT[: self._cut])
            return Reply([whole], close=True)
        if self._answers == 2 and self._case.status == "200 after 206" and first:
            of_range = {"Content-Range": f"bytes {first}-{first}/{TOTAL}", "Content-Length": "1"}
            return Reply([answer("206 Partial Content", FILE | of_range, CONTENT[first:][:1])])
        if self._answers in (2, 3) and (self._answers == 2 or self._case.status == "200 after 206"):
            return self._case.reply(first)
        return honest(asked)


def honest(asked: Asked) -> Reply:
    first = asked.first_byte
    rest = CONTENT[first:]
    headers = FILE | {"Content-Length": str(len(rest))}
    if first:
        headers |= {"Content-Range": f"bytes {first}-{TOTAL - 1}/{TOTAL}"}
    return Reply([answer("206 Partial Content" if first else "200 OK", headers, rest)])


def in_turn(replies: Iterator[Reply]) -> Callable[[Asked], Reply]:
    return lambda asked: next(replies, None) or honest(asked)


def job(server: RawServer) -> Answer:
    fields = {"id": "gen_1", "state": "completed", "output": [{"url": f"{server.origin}/a.png"}]}
    return Answer(json.dumps(fields), Exchange("GET", "https://api.test/v1/generations/gen_1"))


def client() -> httpx.Client:
    return httpx.Client(timeout=SILENCE_SECONDS, trust_env=False, verify=False)  # noqa: S501


def save(
    server: RawServer, folder: Path, retries: int = 4, clock: TestClock | None = None
) -> LumaError | None:
    """Save the output in a folder; return the error if there is one."""
    with client() as http:
        try:
            list(
                fetch_outputs(
                    lambda _: http,
                    job(server),
                    Target(output=folder / "a.png"),
                    renew=lambda: job(server),
                    policy=RetryPolicy(retries, clock or TestClock(), lambda *_: None),
                    report=lambda *_: None,
                    log=NO_LOG,
                    facts={},
                )
            )
        except LumaError as problem:
            return problem
    return None


def stream_to(server: RawServer) -> tuple[bytes, LumaError | None]:
    got: list[bytes] = []
    with client() as http:
        try:
            stream_output_to(
                lambda _: http,
                job(server),
                got.append,
                renew=lambda: job(server),
                policy=RetryPolicy(4, TestClock(), lambda *_: None),
                report=lambda *_: None,
            )
        except LumaError as problem:
            return b"".join(got), problem
    return b"".join(got), None


@pytest.fixture
def folder() -> Path:
    path = Path("out")
    path.mkdir()
    return path


@pytest.fixture(params=["by the library", "from the connection"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read short bodies as long ones are, too."""
    if request.param == "from the connection":
        monkeypatch.setattr(stream, "LEAST_BYTES_TO_BYPASS", 0, raising=False)


def hosts(status: str, framing: str, extent: str) -> Iterator[tuple[Case, Host]]:
    """Yield the cases with three cuts each; together the cases of a status have every cut."""
    number = FRAMINGS.index(framing) * len(EXTENTS) + EXTENTS.index(extent)
    for variant, (keeps_alive, dribbled) in enumerate(product((True, False), repeat=2)):
        case = Case(status, framing, extent, keeps_alive, dribbled)
        for cut in (0, TOTAL - 1, 1 + (number * 4 + variant) % (TOTAL - 2)):
            yield case, Host(cut, case)


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("extent", EXTENTS)
@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("status", STATUSES)
def test_a_file_has_the_right_bytes_whatever_frames_them(
    status: str, framing: str, extent: str, folder: Path
) -> None:
    start = time.monotonic()
    for number, (case, host) in enumerate(hosts(status, framing, extent)):
        place = folder / str(number)
        place.mkdir()
        with RawServer(host) as server:
            problem = save(server, place)
        if problem is None:
            assert (place / "a.png").read_bytes() == CONTENT, case
            assert [each.name for each in place.iterdir()] == ["a.png"], case
        else:
            assert not (place / "a.png").exists(), case
            assert problem.exit_code == 10, case
            assert case.may_fail, (case, problem)
    assert time.monotonic() - start < SILENCE_SECONDS


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("extent", EXTENTS)
@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("status", STATUSES)
def test_stdout_gets_every_byte_once_or_there_is_an_error(
    status: str, framing: str, extent: str
) -> None:
    start = time.monotonic()
    for case, host in hosts(status, framing, extent):
        with RawServer(host) as server:
            got, problem = stream_to(server)
        assert CONTENT.startswith(got), case
        assert (got == CONTENT) if problem is None else case.may_fail, (case, problem)
    assert time.monotonic() - start < SILENCE_SECONDS


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("dribbled", [False, True])
@pytest.mark.parametrize("framing", ["length", "chunked"])
@pytest.mark.parametrize("status", ["200", "206"])
def test_an_answer_that_is_cut_at_any_byte_of_its_wire(
    status: str, framing: str, dribbled: bool, folder: Path
) -> None:
    case = Case(status, framing, "exact", keeps_alive=True, dribbled=dribbled)
    wire = b"".join(case.reply(3).packets)
    for end in range(len(wire)):
        place = folder / str(end)
        place.mkdir()
        replies = iter(
            [
                Reply([answer("200 OK", FILE | {"Content-Length": "12"}, CONTENT[:3])], close=True),
                Reply(packets(wire[:end], dribbled=dribbled), close=True),
            ]
        )
        with RawServer(in_turn(replies)) as server:
            assert save(server, place) is None
        assert (place / "a.png").read_bytes() == CONTENT


def test_a_range_whose_length_says_less_ends_there(folder: Path) -> None:  # 1.3
    of_range = {"Content-Range": f"bytes 3-11/{TOTAL}", "Content-Length": "4"}
    cut = Reply([answer("200 OK", FILE | {"Content-Length": "12"}, CONTENT[:3])], close=True)
    short = Reply([answer("206 Partial Content", FILE | of_range, CONTENT[3:7] + WRONG)])
    replies = iter([cut, short])

    with RawServer(in_turn(replies)) as server:
        assert save(server, folder, retries=1) is None

    assert (folder / "a.png").read_bytes() == CONTENT
    assert [asked.headers.get("range") for asked in server.asked] == [
        *(None, "bytes=3-", "bytes=7-"),
    ]


def test_a_host_that_sends_a_byte_per_range_is_asked_without_pause(  # 1.4
    folder: Path, clock: TestClock
) -> None:
    def reply(asked: Asked) -> Reply:
        first = asked.first_byte
        if not first:
            start = answer("200 OK", FILE | {"Content-Length": "12"}, CONTENT[:1])
            return Reply([start], close=True)
        of_range = {"Content-Range": f"bytes {first}-{first}/{TOTAL}", "Content-Length": "1"}
        return Reply([answer("206 Partial Content", FILE | of_range, CONTENT[first:][:1])])

    with RawServer(reply) as server:
        assert save(server, folder, retries=1, clock=clock) is None

    assert (folder / "a.png").read_bytes() == CONTENT
    assert len(server.asked) == TOTAL
    assert clock.sleeps == [0.5]  # after the cut; no range is a failure


OTHER_RANGES = {
    "another total": {"Content-Range": "bytes 3-11/13"},
    "another place": {"Content-Range": "bytes 2-11/12"},
    "behind the end": {"Content-Range": "bytes 3-12/12"},
    "backwards": {"Content-Range": "bytes 3-2/12"},
    "another unit": {"Content-Range": "pages 3-11/12"},
    "no range": {},
    "no number": {"Content-Range": "bytes 3-eleven/12"},
    "another file": {"Content-Range": "bytes 3-11/12", "ETag": '"v2"'},
    "no validator": {"Content-Range": "bytes 3-11/12", "ETag": ""},
    "longer than its range": {"Content-Range": "bytes 3-10/12"},
    "several ranges": {"Content-Type": "multipart/byteranges; boundary=x"},
    "encoded": {"Content-Range": "bytes 3-11/12", "Content-Encoding": "gzip"},
    "a page": {"Content-Range": "bytes 3-11/12", "Content-Type": "text/html"},
}


@pytest.mark.parametrize("headers", OTHER_RANGES.values(), ids=OTHER_RANGES)
def test_a_range_other_than_requested_is_rejected(headers: dict[str, str], folder: Path) -> None:
    cut = Reply([answer("200 OK", FILE | {"Content-Length": "12"}, CONTENT[:3])], close=True)
    other = answer("206 Partial Content", FILE | {"Content-Length": "9"} | headers, WRONG[:9])
    replies = iter([cut, Reply([other])])

    with RawServer(in_turn(replies)) as server:
        assert save(server, folder) is None

    assert (folder / "a.png").read_bytes() == CONTENT
    assert [asked.headers.get("range") for asked in server.asked] == [None, "bytes=3-", None]


def test_a_range_with_a_length_and_chunks_is_no_use(folder: Path) -> None:
    cut = Reply([answer("200 OK", FILE | {"Content-Length": "12"}, CONTENT[:3])], close=True)
    marks = {
        "Content-Range": "bytes 3-11/12",
        "Content-Length": "9",
        "Transfer-Encoding": "chunked",
    }
    both = answer("206 Partial Content", FILE | marks, chunked(WRONG[:9]))

    with RawServer(in_turn(iter([cut, Reply([both])]))) as server:
        assert save(server, folder) is None

    assert (folder / "a.png").read_bytes() == CONTENT
    assert [asked.headers.get("range") for asked in server.asked] == [None, "bytes=3-", None]


def test_chunks_that_hold_more_than_their_range_are_no_use(folder: Path) -> None:
    def replies() -> Iterator[Reply]:
        head = answer("200 OK", FILE | {"Content-Length": "12"}, CONTENT[:3])
        marks = {"Content-Range": "bytes 3-11/12", "Transfer-Encoding": "chunked"}
        more = answer("206 Partial Content", FILE | marks, chunked(CONTENT[3:] + WRONG))
        yield from (Reply([head], close=True), Reply([more]))

    with RawServer(in_turn(replies())) as server:
        assert save(server, folder) is None
    with RawServer(in_turn(replies())) as server:
        assert stream_to(server) == (CONTENT, None)

    assert (folder / "a.png").read_bytes() == CONTENT


def test_an_unknown_total_is_what_it_was(folder: Path) -> None:
    cut = Reply([answer("200 OK", FILE | {"Content-Length": "12"}, CONTENT[:3])], close=True)
    of_range = {"Content-Range": "bytes 3-11/*", "Content-Length": "9"}
    replies = iter([cut, Reply([answer("206 Partial Content", FILE | of_range, CONTENT[3:])])])

    with RawServer(in_turn(replies)) as server:
        assert save(server, folder) is None

    assert (folder / "a.png").read_bytes() == CONTENT
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("version", "marks"),
    [
        ("1.1", {"Content-Length": "12", "Transfer-Encoding": "chunked"}),  # 1.2
        ("1.0", {"Transfer-Encoding": "chunked"}),
        ("1.0", {}),
    ],
)
def test_a_whole_file_without_one_certain_end_is_refused_once(
    version: str, marks: dict[str, str], folder: Path
) -> None:
    wire = answer("200 OK", FILE | marks, chunked(CONTENT) if marks else CONTENT)
    wire = wire.replace(b"HTTP/1.1", f"HTTP/{version}".encode())

    with RawServer(lambda _: Reply([wire], close=True)) as server:
        problem = save(server, folder)

    assert isinstance(problem, StorageRefusedError)
    assert list(folder.iterdir()) == []
    assert len(server.asked) == 1  # it cannot pass


@pytest.mark.parametrize(
    "lengths", [("12", "13"), ("12, 13",), ("+12",), ("0x0c",), ("-1",), ("9" * 30,)]
)
def test_lengths_that_contradict_each_other_are_never_believed(
    lengths: tuple[str, ...], folder: Path
) -> None:
    lines = "".join(f"Content-Length: {length}\r\n" for length in lengths)
    wire = b'HTTP/1.1 200 OK\r\nETag: "v1"\r\n' + lines.encode() + b"\r\n" + CONTENT + WRONG

    with RawServer(lambda _: Reply([wire], close=True)) as server:
        problem = save(server, folder)

    assert problem is not None
    assert list(folder.iterdir()) == []


def test_a_length_that_is_said_twice_alike_is_one(folder: Path) -> None:
    wire = answer("200 OK", FILE | {"Content-Length": "12, 12"}, CONTENT)

    with RawServer(lambda _: Reply([wire])) as server:
        assert save(server, folder) is None

    assert (folder / "a.png").read_bytes() == CONTENT


def test_an_answer_behind_the_end_of_another_is_not_read(folder: Path) -> None:
    honest_one = answer("200 OK", FILE | {"Content-Length": "12"}, CONTENT)
    wrong_one = answer("200 OK", FILE | {"Content-Length": "12"}, WRONG)
    replies = iter([Reply([honest_one + wrong_one])])

    with RawServer(in_turn(replies)) as server, client() as http:
        for name in ("a.png", "b.png"):
            list(
                fetch_outputs(
                    lambda _: http,
                    job(server),
                    Target(output=folder / name),
                    renew=lambda: job(server),
                    policy=RetryPolicy(0, TestClock(), lambda *_: None),
                    report=lambda *_: None,
                    log=NO_LOG,
                    facts={},
                )
            )

    assert (folder / "b.png").read_bytes() == CONTENT


def test_connections_are_used_again_for_short_files(folder: Path) -> None:
    ports: list[int] = []

    class Counting(RawServer):
        def _serve(self, connection: socket.socket) -> None:
            ports.append(connection.getpeername()[1])
            super()._serve(connection)

    with Counting(honest) as server, client() as http:
        for name in ("a.png", "b.png", "c.png"):
            list(
                fetch_outputs(
                    lambda _: http,
                    job(server),
                    Target(output=folder / name),
                    renew=lambda: job(server),
                    policy=RetryPolicy(0, TestClock(), lambda *_: None),
                    report=lambda *_: None,
                    log=NO_LOG,
                    facts={},
                )
            )

    assert len(ports) == 1


# When the parser may be passed: each clause of the rule by itself.

LENGTH = 3_000_000


def response(headers: list[tuple[str, str]], version: bytes = b"HTTP/1.1") -> httpx.Response:
    return httpx.Response(
        206, headers=headers, extensions={"http_version": version, "network_stream": object()}
    )


@pytest.mark.parametrize(
    ("headers", "version", "length", "is_drained", "may"),
    [
        ([("Content-Length", str(LENGTH))], b"HTTP/1.1", LENGTH, True, True),
        ([("Content-Length", str(LENGTH))], b"HTTP/1.0", LENGTH, True, False),
        ([("Content-Length", str(LENGTH))], b"HTTP/2", LENGTH, True, False),
        ([("Content-Length", str(LENGTH))], b"HTTP/1.1", LENGTH - 1, True, False),
        ([("Content-Length", str(LENGTH))], b"HTTP/1.1", LENGTH + 1, True, False),
        ([("Content-Length", str(LENGTH))] * 2, b"HTTP/1.1", LENGTH, True, False),
        ([], b"HTTP/1.1", LENGTH, True, False),
        ([("Content-Length", str(LENGTH))], b"HTTP/1.1", LENGTH, False, False),
        ([("Content-Length", "1000")], b"HTTP/1.1", 1000, True, False),
        *(
            ([("Content-Length", str(LENGTH)), extra], b"HTTP/1.1", LENGTH, True, False)
            for extra in (
                ("Transfer-Encoding", "chunked"),
                ("transfer-encoding", ""),
                ("Content-Encoding", "gzip"),
                ("Content-Encoding", "aws-chunked"),
            )
        ),
    ],
)
def test_the_rule_for_passing_the_parser(
    headers: list[tuple[str, str]],
    version: bytes,
    length: int,
    is_drained: bool,
    may: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream, "parser_is_drained", lambda _: is_drained)

    assert stream.may_bypass_parser(response(headers, version), length) is may


@pytest.mark.parametrize("behind", [0, 1, 65536, 70_000])
def test_with_this_library_a_long_body_passes_the_parser(
    behind: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The parser is where it is looked for, and holds what came beside the headers."""
    content = CONTENT + bytes(LENGTH)
    length = {"Content-Length": str(len(content))}
    wire = answer("200 OK", FILE | length, content)
    at = len(wire) - len(content) + behind
    came: list[int] = []
    read = stream._read_connection  # noqa: SLF001 - what the test is about

    def counted(response: httpx.Response, left: int) -> Iterator[bytes]:
        came.append(left)
        return read(response, left)

    monkeypatch.setattr(stream, "_read_connection", counted)

    with RawServer(lambda _: Reply([wire[:at], wire[at:]])) as server:
        assert save(server, folder) is None

    assert (folder / "a.png").read_bytes() == content
    assert came != []
    assert 0 < came[0] < len(content)


def test_with_another_library_the_parser_reads_all(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_WAY_TO_PARSER", ("stream", "elsewhere"))
    monkeypatch.setattr(stream, "_read_connection", None)
    content = CONTENT + bytes(LENGTH)
    wire = answer("200 OK", FILE | {"Content-Length": str(len(content))}, content)

    with RawServer(lambda _: Reply([wire])) as server:
        assert save(server, folder) is None

    assert (folder / "a.png").read_bytes() == content
