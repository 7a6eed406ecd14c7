"""Trouble on demand: its grammar, and how each kind is carried out."""
