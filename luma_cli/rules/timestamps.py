"""Timestamps in the format of the API."""

from datetime import UTC, datetime


def timestamp(seconds: float) -> str:
    """Format seconds since 1970 as `2026-11-23T14:10:41Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
