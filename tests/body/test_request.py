"""The request: every form of it, for a body of any depth, and each computed once."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from luma_cli.body.embedding import Verbatim, as_data, asks_for_stdin
from luma_cli.body.local_file import LocalFile, local_file
from luma_cli.body.request import Request
from luma_cli.body.tree import FieldPath, leaves, map_leaves
from luma_cli.jsontext.parts import MOST_LEVELS
from tests.support.fake_api import FakeApi, generation
from tests.support.json_documents import documents, exactly
from tests.support.program import Program

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 100
FAR_BEYOND_PYTHON = 3_000


@pytest.fixture
def png() -> LocalFile:
    Path("fox.png").write_bytes(PNG)
    return local_file(Path("fox.png"))


def nested(levels: int, leaf: Any) -> dict[str, Any]:
    """Return lists in mappings in lists, with one leaf in the innermost."""
    tree = leaf
    for level in range(levels):
        tree = [tree] if level % 2 else {"a": tree}
    return {"b": tree}


@given(documents)
def test_a_copy_leaf_by_leaf_is_the_same_document(document: Any) -> None:
    copy = map_leaves(document, lambda _, leaf: leaf)

    assert exactly(json.dumps(copy)) == exactly(json.dumps(document))


@given(documents)
def test_every_leaf_stands_at_its_place_and_in_order(document: Any) -> None:
    def at(path: FieldPath) -> Any:
        found = document
        for step in path:
            found = found[step]
        return found

    found = list(leaves(document))
    assert [at(path) for path, _ in found] == [leaf for _, leaf in found]

    visited: list[tuple[FieldPath, Any]] = []
    map_leaves(document, lambda *each: visited.append(each))
    assert visited == found


def test_a_request_of_any_depth_has_every_form(png: LocalFile) -> None:
    request = Request(nested(FAR_BEYOND_PYTHON, png))

    assert [file for _, file in request.files()] == [png]
    forms = [request.for_rules(), request.for_history(), request.with_ids(str).body]
    assert [len(list(leaves(form))) for form in forms] == [1, 4, 1]
    assert not asks_for_stdin(request.body)
    as_data(request.body)


def test_the_deepest_request_that_can_be_typed_is_sent(luma: Program, api: FakeApi) -> None:
    inner = "[" * MOST_LEVELS + "]" * MOST_LEVELS
    api.on("POST", "/generations", generation())

    key = ".".join("a" * MOST_LEVELS)
    result = luma("generations", "create", "--prompt", "x", "--param", f"{key}={inner}")

    assert result.exit_code == 0, result.stderr
    assert json.dumps(api.sent[0].json).count("[") == MOST_LEVELS


def test_ids_are_completed_wherever_they_stand() -> None:
    body = {
        "generation_id": "abc",
        "image_ref": [{"generation_id": "abc"}, {"generation_id": Verbatim("abc")}],
        "prompt": "abc",
        "generation_ids": ["abc"],
        "other": {"generation_id": ["abc"]},
    }

    completed = Request(body).with_ids(str.upper).body

    assert completed == {
        "generation_id": "ABC",
        "image_ref": [{"generation_id": "ABC"}, {"generation_id": "abc"}],
        "prompt": "abc",
        "generation_ids": ["abc"],
        "other": {"generation_id": ["abc"]},
    }


def test_an_uploaded_file_replaces_the_reference_to_it(png: LocalFile) -> None:
    reference = {"data": png, "media_type": "image/png"}
    body = {"image_ref": [dict(reference), dict(reference)], "source": dict(reference)}
    request = Request(body)
    first, _, last = (path for path, _ in request.files())

    uploaded = request.with_uploads({first: "f1", last: "f2"})

    assert uploaded.body == {
        "image_ref": [{"file_id": "f1"}, reference],
        "source": {"file_id": "f2"},
    }
    assert request.body == {"image_ref": [reference, reference], "source": reference}


def test_the_history_has_no_bytes_and_no_signatures(png: LocalFile) -> None:
    typed = base64.b64encode(PNG).decode()
    body = {
        "image_ref": [{"data": png}, {"data": typed}, {"data": [typed]}],
        "source": {"url": "https://h/p?X-Amz-Signature=0123456789abcdef0123456789abcdef"},
        "prompt": "a red fox",
        "seed": 7,
    }

    written = Request(body).for_history()

    digest = {"sha256": hashlib.sha256(typed.encode()).hexdigest(), "characters": len(typed)}
    assert written["image_ref"] == [
        {
            "data": {
                "sha256": hashlib.sha256(PNG).hexdigest(),
                "bytes": len(PNG),
                "media_type": "image/png",
                "path": str(Path("fox.png").absolute()),
            }
        },
        {"data": digest},
        {"data": [digest]},
    ]
    assert "0123456789abcdef" not in written["source"]["url"]
    assert (written["prompt"], written["seed"]) == ("a red fox", 7)


def test_the_digest_is_of_what_is_sent_and_not_of_how_it_is_written(png: LocalFile) -> None:
    Path("copy.png").write_bytes(PNG)
    same = Request({"source": {"data": local_file(Path("copy.png"))}, "prompt": "x"})
    request = Request({"prompt": "x", "source": {"data": png}})

    assert request.digest == same.digest
    assert request.digest != Request({"prompt": "y", "source": {"data": png}}).digest
    # in journals since the first edition: another one would let `--once` pay again
    assert Request({"prompt": "a red fox"}).digest == (
        hashlib.sha256(b'{"prompt":"a red fox"}').hexdigest()
    )


def test_a_request_is_encoded_once_and_cannot_be_replaced(png: LocalFile) -> None:
    request = Request({"data": png})

    assert request.encoded is request.encoded
    with pytest.raises(AttributeError):
        request.body = {}  # type: ignore[misc]  # what the test is about


def test_reports_of_one_sending_do_not_reach_another(png: LocalFile) -> None:
    heard: list[tuple[int, int]] = []
    encoded = Request({"data": png}).encoded

    b"".join(encoded.with_report(lambda *each: heard.append(each)).chunks())
    assert heard[-1] == (encoded.length, encoded.length)

    heard.clear()
    b"".join(encoded.chunks())
    assert heard == []
