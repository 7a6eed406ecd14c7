"""The smallest script that does with httpx what `generations get ID` does: its baseline.

It takes the two shortcuts that httpx leaves open: no command line of its own, which loads rich and
pygments where click is installed, and no certificates, which http does not need.
"""

import os
import ssl
import sys

sys.modules["click"] = None  # type: ignore[assignment]

import httpx  # noqa: E402 - that is the shortcut

with httpx.Client(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), trust_env=False) as client:
    response = client.get(
        f"{os.environ['LUMA_BASE_URL']}/generations/{sys.argv[1]}",
        headers={"Authorization": f"Bearer {os.environ['LUMA_AGENTS_API_KEY']}"},
    )
    response.raise_for_status()
print(response.text)
