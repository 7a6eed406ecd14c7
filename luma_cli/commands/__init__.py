"""The commands: each checks, builds, calls and reports."""
