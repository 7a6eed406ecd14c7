"""Injecting a fault: the table of faults and their implementations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from luma_cli.sandbox.faults.grammar import Fault
from luma_cli.sandbox.http import broken, documents, downloads, framing, slow, statuses
from luma_cli.sandbox.http.exchange import Exchange
from luma_cli.sandbox.state.state import State
from luma_cli.sandbox.storage.encodings import ENCODINGS


async def execute(fault: Fault, exchange: Exchange, state: State) -> None:
    """Answer a request with a fault."""
    exchange.entry.fault = fault.text
    await _HANDLERS[fault.name](fault, exchange, state)


_HANDLERS: dict[str, Callable[[Fault, Exchange, State], Awaitable[None]]] = {
    "status": statuses.status,
    "404-after-201": statuses.not_found_at_first,
    "reset-before-read": broken.reset_before_read,
    "stall-before-read": broken.stall_before_read,
    "reset-after-read": broken.reset_after_read,
    "cut": broken.cut,
    "truncate": broken.truncate,
    "stall": broken.stall,
    "slow": slow.slow,
    "drip": slow.drip,
    "drip-head": slow.drip_head,
    "early-hints": slow.early_hints,
    "wrong-length": framing.wrong_length,
    "chunked": framing.chunked,
    "both-lengths": framing.both_lengths,
    "no-length": framing.no_length,
    "no-last-chunk": framing.no_last_chunk,
    "extra-bytes": framing.extra_bytes,
    "short-length": framing.short_length,
    "empty-body": documents.empty_body,
    "invalid-json": documents.invalid_json,
    "bom": documents.byte_order_mark,
    "trailing-bytes": documents.trailing_bytes,
    "utf-16": documents.utf_16,
    "number-id": documents.number_id,
    "huge-number": documents.huge_number,
    "deep-json": documents.deep_json,
    "expire": downloads.expire,
    "change": downloads.change,
    "ignore-range": downloads.ignore_range,
    "short-range": downloads.short_range,
    "wrong-range": downloads.wrong_range,
    "page": downloads.web_page,
    "page-as-image": downloads.replacing_file(downloads.HTML),
    "xml-as-image": downloads.replacing_file(downloads.XML),
    "json-as-image": downloads.replacing_file(downloads.JSON),
    **{f"encoding-{name}": downloads.encoding for name in ENCODINGS},
}
