"""The table of faults, which help and manual pages print, too.

Every fault executes the request, unless its description says otherwise.
"""

from __future__ import annotations

from typing import NamedTuple


class FaultKind(NamedTuple):
    """A kind of fault; `takes` names its arguments, `targets` is the default WHICH."""

    name: str
    description: str
    takes: tuple[str, ...] = ()
    targets: str = "any"


_CONNECTIONS = (
    FaultKind(
        "reset-before-read",
        "Reset after reading AMOUNT of the request, which is not executed",
        ("amount",),
    ),
    FaultKind(
        "stall-before-read",
        "Stop reading for TIME after AMOUNT of the request; without TIME, never execute it",
        ("amount", "time"),
    ),
    FaultKind("reset-after-read", "Reset without an answer"),
    FaultKind("cut", "Reset after AMOUNT of the answer", ("amount",)),
    FaultKind("truncate", "As `cut`, but close the connection normally", ("amount",)),
    FaultKind("stall", "Stop sending for TIME after AMOUNT of the answer", ("amount", "time")),
    FaultKind("slow", "Send the body slowly, over TIME or at a RATE", ("time", "rate")),
    FaultKind(
        "drip",
        "Send head and body byte by byte, one per TIME (1 s), or at a RATE",
        ("time", "rate"),
    ),
    FaultKind("drip-head", "As `drip`, but send the body at once", ("time", "rate")),
    FaultKind(
        "early-hints",
        "Send a 103 every 100 ms for TIME, then the answer; without TIME, never answer",
        ("time",),
    ),
)
_FRAMINGS = (
    FaultKind("wrong-length", "Announce one byte more than is sent"),
    FaultKind("chunked", "Send `Transfer-Encoding: chunked` in place of a length (legal)"),
    FaultKind("both-lengths", "Send chunks and a `Content-Length`"),
    FaultKind(
        "no-length",
        "Send neither length nor chunks, and close the connection after the body or AMOUNT",
        ("amount",),
    ),
    FaultKind(
        "no-last-chunk",
        "Send chunks, and close the connection without the last one, after AMOUNT if given",
        ("amount",),
    ),
    FaultKind("extra-bytes", "Send AMOUNT (16 B) of other bytes after the body", ("amount",)),
    FaultKind(
        "short-length",
        "Announce AMOUNT of the body, and send other bytes for the rest",
        ("amount",),
    ),
)
_DOCUMENTS = (
    FaultKind("empty-body", "Send the right status with an empty body", targets="api"),
    FaultKind("invalid-json", "Send the first half of the answer, with its length", targets="api"),
    FaultKind("bom", "Send a byte order mark before the JSON", targets="api"),
    FaultKind("trailing-bytes", "Send bytes that are not JSON after the JSON", targets="api"),
    FaultKind("utf-16", "Send the JSON in UTF-16", targets="api"),
    FaultKind(
        "number-id",
        "Send the id as a number, under which the generation exists, too",
        targets="api",
    ),
    FaultKind("huge-number", "Add a field with a number of 4,301 digits", targets="api"),
    FaultKind("deep-json", "Add a field with lists of 1,000 levels", targets="api"),
    FaultKind(
        "404-after-201",
        "Answer 404 for TIME (5 s) after the generation or file was created",
        ("time",),
        targets="get",
    ),
)
_DOWNLOADS = (
    FaultKind("expire", "Expire the link after AMOUNT of the file", ("amount",), "download"),
    FaultKind("change", "Replace the file, and its ETag, after AMOUNT", ("amount",), "download"),
    FaultKind("ignore-range", "Send the whole file for any `Range`", targets="download"),
    FaultKind(
        "short-range",
        "Send a 206 with the first AMOUNT of the requested range (legal)",
        ("amount",),
        "download",
    ),
    FaultKind("wrong-range", "Send a 206 whose `Content-Range` is one byte off", (), "download"),
    FaultKind("page", "Send 200 and a web page in place of the file", (), "download"),
    FaultKind("page-as-image", "Send a web page with the content type of the file", (), "download"),
    FaultKind("xml-as-image", "As `page-as-image`, with an XML error document", (), "download"),
    FaultKind("json-as-image", "As `page-as-image`, with a JSON error document", (), "download"),
    FaultKind("encoding-empty", "Send the file with an empty `Content-Encoding`", (), "download"),
    FaultKind(
        "encoding-identity", "Send the file with `Content-Encoding: identity`", (), "download"
    ),
    FaultKind(
        "encoding-aws-chunked",
        "Send the file with `Content-Encoding: aws-chunked`",
        (),
        "download",
    ),
    FaultKind("encoding-gzip", "Send the file compressed with gzip", (), "download"),
    FaultKind("encoding-deflate", "Send the file compressed with deflate", (), "download"),
    FaultKind(
        "encoding-false-gzip",
        "Send the uncompressed file with `Content-Encoding: gzip`",
        (),
        "download",
    ),
)
KINDS = (*_CONNECTIONS, *_FRAMINGS, *_DOCUMENTS, *_DOWNLOADS)
KIND_OF = {kind.name: kind for kind in KINDS}

# The forms of a status: `503`, `503-html`, `503-empty` and so on.
STATUS_FORMS = {
    "": "the API's own JSON, or the storage's XML",
    "html": "a web page, like that of a proxy",
    "json": "the API's JSON, from storage, too",
    "empty": "an empty body",
    "bare": "for 429: without `Retry-After`",
    "redirect": "for 301, 302, 303, 307, 308: a `Location` that works",
    "loop": "for 301, 302, 303, 307, 308: the request's own URL as `Location`",
}
REDIRECTS = (301, 302, 303, 307, 308)
_STATUSES_OF_FORM = {"bare": (429,), "redirect": REDIRECTS, "loop": REDIRECTS}


def has_form(status: int, form: str) -> bool:
    """Return whether a status has this form of `STATUS_FORMS`."""
    return status in _STATUSES_OF_FORM.get(form, (status,))


# The `<Code>` of an S3 error, with its status and message.
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
# Short names for common faults.
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
