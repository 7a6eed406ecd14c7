"""Command-line client for the Luma Agents API."""

__version__ = "0.1.0"
VERSION_LINE = f"luma-agents-cli version {__version__}\n"
