"""A run that the history does not know, although the manifest in its folder has paid jobs of it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from luma_cli.batch.manifest_reader import read_events
from luma_cli.errors import InputFileError, UsageError
from luma_cli.journal.account import Account

_DIGITS = 16


def account_digest(account: Account | None) -> str:
    """Return what names an account in a manifest, which others may read."""
    return hashlib.sha256(json.dumps(account).encode()).hexdigest()[:_DIGITS]


def check_not_forgotten(manifest: Path, name: str, account: Account | None) -> None:
    """Raise `UsageError` if a manifest has an accepted job of the run `name` of this account.

    The history was lost, perhaps: all its jobs would be paid for again.
    """
    digest, is_of_run = account_digest(account), False
    try:
        for event in read_events(manifest):
            fields = event.fields
            if event.is_run:
                is_of_run = (fields.get("run"), fields.get("account")) == (name, digest)
            elif is_of_run and fields.get("generation_id"):
                raise UsageError(
                    f"`{manifest}` has paid jobs of this run, and the history does not know it",
                    hint="restore the history (`LUMA_STATE_DIR`) to continue the run, or add"
                    " `--fresh` to pay for all rows again",
                )
    except InputFileError:  # there is none, or it is no manifest, which opening it will say
        return
