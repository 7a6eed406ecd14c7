"""What can go wrong, in the words that ask for it; help and manual pages read this table."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of trouble; `takes` names its arguments, `targets` what it strikes unless told."""

    name: str
    description: str
    takes: tuple[str, ...] = ()
    targets: str = "any"


_CONNECTIONS = (
    Kind(
        "reset-before-read",
        "reset after AMOUNT of the request was read; nothing happens",
        ("amount",),
    ),
    Kind(
        "stall-before-read", "as that, but silence for TIME instead of a reset", ("amount", "time")
    ),
    Kind("reset-after-read", "carried out, then reset without an answer"),
    Kind("cut", "carried out, then reset after AMOUNT of the answer", ("amount",)),
    Kind("truncate", "as `cut`, but closed as if all were well", ("amount",)),
    Kind(
        "stall", "carried out, then silence for TIME after AMOUNT of the answer", ("amount", "time")
    ),
    Kind("slow", "carried out; the body drips for TIME, or at a RATE", ("time", "rate")),
    Kind(
        "drip",
        "carried out; head and body byte by byte, one each TIME (1 s), or at a RATE",
        ("time", "rate"),
    ),
    Kind("drip-head", "as `drip`, but the body comes at once", ("time", "rate")),
    Kind(
        "early-hints",
        "carried out; a 103 each 100 ms for TIME, then the answer; forever without TIME",
        ("time",),
    ),
)
_FRAMINGS = (
    Kind("wrong-length", "carried out; announces one byte more than it sends"),
    Kind("chunked", "carried out; `Transfer-Encoding: chunked` in place of a length (legal)"),
    Kind("both-lengths", "carried out; chunked, with a `Content-Length` as well"),
    Kind(
        "no-length",
        "carried out; neither length nor chunks, the body ends (after AMOUNT) by closing",
        ("amount",),
    ),
    Kind(
        "no-last-chunk",
        "carried out; chunked, closed (after AMOUNT) without the last chunk",
        ("amount",),
    ),
    Kind("extra-bytes", "carried out; AMOUNT (16 B) of other bytes after the body", ("amount",)),
    Kind(
        "short-length",
        "carried out; announces AMOUNT of the body, and other bytes follow for the rest",
        ("amount",),
    ),
)
_DOCUMENTS = (
    Kind("empty-body", "carried out; the right status with nothing in it", targets="api"),
    Kind(
        "invalid-json", "carried out; the first half of the answer as if it were all", targets="api"
    ),
    Kind("bom", "carried out; a byte order mark before the JSON", targets="api"),
    Kind("trailing-bytes", "carried out; bytes that are no JSON after the JSON", targets="api"),
    Kind("utf-16", "carried out; the JSON in UTF-16", targets="api"),
    Kind(
        "number-id",
        "carried out; the id is a number, which opens the generation as well",
        targets="api",
    ),
    Kind("huge-number", "carried out; one more field, a number of 4,301 digits", targets="api"),
    Kind("deep-json", "carried out; one more field, lists of 1,000 levels", targets="api"),
    Kind(
        "404-after-201",
        "404 for TIME (5 s) after the generation or file was made",
        ("time",),
        targets="get",
    ),
)
_DOWNLOADS = (
    Kind("expire", "the link dies after AMOUNT of the file", ("amount",), "download"),
    Kind("change", "after AMOUNT, other bytes under another ETag", ("amount",), "download"),
    Kind("ignore-range", "the whole file, whatever range was asked for", targets="download"),
    Kind(
        "short-range",
        "a 206 with the first AMOUNT of the range that was asked for (legal)",
        ("amount",),
        "download",
    ),
    Kind("wrong-range", "a 206 with a range that begins one byte off, and says so", (), "download"),
    Kind("page", "200 and a web page, in place of the file", (), "download"),
    Kind("page-as-image", "a web page under the file's own content type", (), "download"),
    Kind("xml-as-image", "as that, with an XML error document", (), "download"),
    Kind("json-as-image", "as that, with a JSON error document", (), "download"),
    Kind("encoding-empty", "the file under an empty `Content-Encoding`", (), "download"),
    Kind("encoding-identity", "the file under `Content-Encoding: identity`", (), "download"),
    Kind("encoding-aws-chunked", "the file under `Content-Encoding: aws-chunked`", (), "download"),
    Kind("encoding-gzip", "the file stored as gzip, and named so", (), "download"),
    Kind("encoding-deflate", "the file stored as deflate, and named so", (), "download"),
    Kind("encoding-false-gzip", "the plain file under `Content-Encoding: gzip`", (), "download"),
)
KINDS = (*_CONNECTIONS, *_FRAMINGS, *_DOCUMENTS, *_DOWNLOADS)
KIND_OF = {kind.name: kind for kind in KINDS}

# A status as a fault: `503`, `503-html`, `503-empty`, `503-after` (carried out first), and so on.
STATUS_FORMS = {
    "": "the API's own JSON, or the storage's XML",
    "html": "a web page, as a proxy sends it",
    "json": "the API's JSON, from storage as well",
    "empty": "nothing",
    "bare": "for 429: without `Retry-After`",
    "redirect": "for 301, 302, 303, 307, 308: a `Location` where the request works",
    "loop": "for the same: a `Location` that is the request's own",
}
REDIRECTS = (301, 302, 303, 307, 308)
_STATUSES_OF_FORM = {"bare": (429,), "redirect": REDIRECTS, "loop": REDIRECTS}


def has_form(status: int, form: str) -> bool:
    """Return whether a status comes in a form of `STATUS_FORMS`."""
    return status in _STATUSES_OF_FORM.get(form, (status,))


# The `<Code>` of a refusal by S3, its status and what it says.
STORAGE_CODES = {
    "AccessDenied": (403, "The link does not allow this"),
    "BadDigest": (400, "The bytes do not have the digest that was sent"),
    "EntityTooLarge": (400, "The upload exceeds the largest size"),
    "EntityTooSmall": (400, "The upload is smaller than the least size"),
    "ExpiredToken": (400, "The token of the link has expired"),
    "InternalError": (500, "The storage failed"),
    "InvalidAccessKeyId": (403, "The access key of the link is unknown"),
    "NoSuchBucket": (404, "There is no such bucket"),
    "NoSuchKey": (404, "There is no such file"),
    "RequestTimeTooSkewed": (403, "The clocks of client and server differ too much"),
    "RequestTimeout": (400, "The connection was idle for too long"),
    "SignatureDoesNotMatch": (403, "The request is not the one that was signed"),
    "SlowDown": (503, "There are too many requests"),
}
# Short words for common cases.
ALIASES = {
    "429-storm": "429:1s:0.5",
    "html-error": "502-html",
    "garbage": "invalid-json",
    "reset-after-send": "reset-after-read",
    "reset-mid-answer": "cut:50%",
    "endless-103": "early-hints",
    "redirect": "307-redirect",
    "redirect-loop": "307-loop",
}
