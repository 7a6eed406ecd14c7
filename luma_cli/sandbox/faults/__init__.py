"""Trouble on demand: the words that ask for it."""
