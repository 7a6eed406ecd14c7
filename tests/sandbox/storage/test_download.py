"""Downloads: ranges, and expired or altered links."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from luma_cli.sandbox.options import SandboxOptions
from tests.sandbox.conftest import KEY, ORIGIN, Sandbox


@pytest.fixture
def link(sandbox: Sandbox) -> str:
    return sandbox.link()


def test_link_has_the_form_of_s3(sandbox: Sandbox) -> None:
    generation_id = sandbox.create(output_format="png")
    sandbox.time += 3600
    parts = urlsplit(sandbox.get(generation_id)["output"][0]["url"])
    query = parse_qs(parts.query)

    assert f"{parts.scheme}://{parts.netloc}" == ORIGIN
    assert parts.path == f"/storage/generations/{generation_id}/output.png"
    assert (query["X-Amz-Expires"], query["X-Amz-Date"]) == (["3600"], ["20260829T114000Z"])


def test_every_get_signs_a_new_link(sandbox: Sandbox) -> None:
    generation_id = sandbox.create()
    sandbox.time += 3600
    links = [sandbox.get(generation_id)["output"][0]["url"] for _ in range(2)]

    assert links[0] != links[1]
    first, second = (sandbox.ask("GET", link) for link in links)
    assert (first.content, first.headers["ETag"]) == (second.content, second.headers["ETag"])


def test_head_of_download(sandbox: Sandbox, link: str) -> None:
    whole = sandbox.ask("GET", link)
    head = sandbox.ask("HEAD", link)

    assert (whole.status_code, head.status_code) == (200, 200)
    assert head.headers == whole.headers
    assert whole.headers["Content-Type"] == "image/png"
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert int(whole.headers["Content-Length"]) == len(whole.content)


def test_range_of_download(sandbox: Sandbox, link: str) -> None:
    data = sandbox.ask("GET", link).content
    size = len(data)
    last = size - 1
    for wanted, first, end in (
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("bytes=100-", 100, last),
        ("bytes=-100", size - 100, last),
        (f"bytes=-{size * 2}", 0, last),
        (f"bytes=10-{size * 2}", 10, last),
        (f"bytes={last}-", last, last),
    ):
        part = sandbox.ask("GET", link, headers={"Range": wanted})
        assert (part.status_code, part.content) == (206, data[first : end + 1]), wanted
        assert part.headers["Content-Range"] == f"bytes {first}-{end}/{size}"
    for wanted in (f"bytes={size}-", "bytes=-0"):
        beyond = sandbox.ask("GET", link, headers={"Range": wanted})
        assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")
        assert "<Code>InvalidRange</Code>" in beyond.text


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=0-1,3-4",
        "items=0-1",
        "0-1",
        "bytes=0-" + "9" * 5000,
    ],
)
def test_malformed_range_is_ignored(sandbox: Sandbox, link: str, wanted: str) -> None:
    assert sandbox.ask("GET", link, headers={"Range": wanted}).status_code == 200


def test_if_range_with_another_etag_returns_whole_file(sandbox: Sandbox, link: str) -> None:
    whole = sandbox.ask("GET", link)
    wanted = {"Range": "bytes=7-"}

    same = sandbox.ask("GET", link, headers=wanted | {"If-Range": whole.headers["ETag"]})
    other = sandbox.ask("GET", link, headers=wanted | {"If-Range": '"another"'})

    assert (same.status_code, same.content) == (206, whole.content[7:])
    assert (other.status_code, other.content) == (200, whole.content)


@pytest.mark.parametrize("life", [1, 3600])
def test_links_expire(life: int) -> None:
    sandbox = Sandbox(SandboxOptions(url_life_seconds=life))
    link = sandbox.link()

    sandbox.time += life
    assert sandbox.ask("GET", link).status_code == 200
    sandbox.time += 1
    refused = sandbox.ask("GET", link)

    assert (refused.status_code, refused.headers["Content-Type"], refused.text) == (
        403,
        "application/xml",
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>",
    )


def test_altered_links_are_rejected(sandbox: Sandbox, link: str) -> None:
    path, _, query = link.partition("?")
    other_path = urlsplit(sandbox.link()).path
    for altered in (
        path,
        f"{ORIGIN}{other_path}?{query}",
        link.replace("X-Amz-Expires=3600", "X-Amz-Expires=36000"),
        link.replace("X-Amz-Date=2026", "X-Amz-Date=2027"),
        link[:-1],
        link + "%C3%A9",
    ):
        refused = sandbox.ask("GET", altered)
        assert refused.status_code == 403, altered
        assert "<Code>SignatureDoesNotMatch</Code>" in refused.text


def test_link_with_api_key_is_rejected(sandbox: Sandbox, link: str) -> None:
    refused = sandbox.ask("GET", link, headers={"Authorization": f"Bearer {KEY}"})
    assert (refused.status_code, "<Code>InvalidArgument</Code>" in refused.text) == (400, True)
    assert sandbox.ask("GET", urlsplit(link).path).status_code == 403
