"""`files create | complete | get | list | delete` as typed."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.support.fake_api import FakeApi
from tests.support.program import Program, Result


def record(file_id: str = "file_1", **fields: Any) -> dict[str, Any]:
    return {"id": file_id, "state": "pending", "mime_type": "image/png"} | fields


def printed(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


def test_create_sends_what_was_typed(luma: Program, api: FakeApi) -> None:
    answer = record(upload={"url": "https://storage.test/f?sig=1", "method": "PUT"})
    api.on("POST", "/files", answer)

    result = luma(
        *("files", "create", "--mime-type", "image/png", "--size-bytes", "5368709120"),
        *("--filename", "null", "--purpose", "input", "--user-id=u"),
        *("--expires-at", "2027-01-31T12:00:00Z"),
    )

    assert result == Result(0, printed(answer), "")
    assert api.sent[0].json == {
        "mime_type": "image/png",
        "size_bytes": 5368709120,
        "filename": None,
        "purpose": "input",
        "user_id": "u",
        "expires_at": "2027-01-31T12:00:00Z",
    }


def test_create_takes_a_document_from_stdin(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/files", record())

    luma("files", "create", "--size-bytes", "5", stdin="mime_type: image/png\nsize_bytes: 4\n")

    assert api.sent[0].json == {"mime_type": "image/png", "size_bytes": 5}


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (
            ["create", "--mime-type", "image/png"],
            "error: `--size-bytes` is missing\nhint: see `luma-agents-cli files create --help`\n",
        ),
        (
            ["create", "--size-bytes", "x"],
            "error: `--size-bytes`: `x` is not a whole number, 0 or more\n"
            "hint: write digits only, at most 12\n",
        ),
        (
            ["get"],
            "error: no file id, neither as an argument nor on stdin\n"
            "hint: give ids as arguments, or pipe ids or JSON objects with an `id`\n",
        ),
        (["delete", "a", "--file-id", "b"], "error: unexpected argument `a` beside `--file-id`\n"),
        (["complete", ".."], "error: `..` is not an id\n"),
    ],
)
def test_mistakes_send_nothing(luma: Program, argv: list[str], message: str) -> None:
    assert luma("files", *argv) == Result(2, "", message)


def test_get_and_complete_print_the_record(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/files/a%2Fb", record("a/b"))
    api.on("POST", "/files/file_1/complete", record())

    assert luma("files", "get", "--file-id", "a/b") == Result(0, printed(record("a/b")), "")
    piped = luma("files", "complete", stdin=json.dumps(record()))
    assert piped == Result(0, printed(record()), "")
    assert api.sent[1].content == b""


def test_delete_prints_nothing(luma: Program, api: FakeApi) -> None:
    api.on("DELETE", "/files/file_1", httpx.Response(204))

    assert luma("files", "delete", "file_1") == Result(0, "", "")


def test_an_unknown_file(luma: Program, api: FakeApi) -> None:
    api.on("DELETE", "/files/x", httpx.Response(404, json={"detail": "File not found"}))

    result = luma("files", "delete", "x", "--format-error", "json", "--transform-error", "hint")

    assert result == Result(
        3, "", '"check the id; a file is only visible to the account that uploaded it"\n'
    )


def test_list_prints_one_page(luma: Program, api: FakeApi) -> None:
    page = {"data": [record()], "has_more": True, "next_cursor": "c"}
    api.on("GET", "/files?limit=1&state=ready&purpose=input&cursor=a%26b", page)

    result = luma(
        *("files", "list", "--limit", "1", "--state", "ready", "--purpose", "input"),
        *("--cursor", "a&b"),
    )

    assert result == Result(0, printed(page), "")


def test_list_all_follows_the_pages(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/files?limit=2", {"data": [1, 2.50], "has_more": True, "next_cursor": "c"})
    last = '{"data": [1.50], "has_more": false, "next_cursor": null}'
    api.on("GET", "/files?limit=2&cursor=c", httpx.Response(200, text=last))

    result = luma("files", "list", "--all", "--limit", "2", "--format", "jsonl")

    assert result.stdout == '{"data":[1,2.5,1.50],"has_more":false,"next_cursor":null}\n'


def test_bytes_that_are_no_text_reach_the_query(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/files?cursor=%FF", {"data": [], "has_more": False, "next_cursor": None})

    assert luma("files", "list", "--cursor", "\udcff").exit_code == 0


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ({"data": [], "has_more": True, "next_cursor": "c"}, "the server's pages form a loop"),
        ({"error": "x"}, "the server answered a page without `data`"),
    ],
)
def test_list_all_ends(luma: Program, api: FakeApi, page: dict[str, Any], message: str) -> None:
    api.on("GET", "/files", page)
    if "data" in page:
        api.on("GET", "/files?cursor=c", page)

    result = luma("files", "list", "--all")

    assert (result.exit_code, result.stdout, result.stderr) == (10, "", f"error: {message}\n")
