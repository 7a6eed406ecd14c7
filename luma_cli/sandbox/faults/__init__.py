"""Faults: the table of kinds, and the grammar of `--fault`."""
