"""Command-line client for the Luma Agents API."""

PROGRAM = "luma-agents-cli"
OTHER_NAME = "luma"
__version__ = "0.1.0"
RELEASE_DATE = "2026-11-23"  # what manual pages are dated with
VERSION_LINE = f"{PROGRAM} version {__version__}\n"
