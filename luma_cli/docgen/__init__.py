"""Generators of manual pages, completions and help from the command tree."""
