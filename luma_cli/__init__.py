"""Command-line client for the Luma Agents API."""

__version__ = "0.1.0"
RELEASE_DATE = "2026-11-23"  # what manual pages are dated with
VERSION_LINE = f"luma-agents-cli version {__version__}\n"
