"""Readers of the formats of a batch, each a function of a text to a `Table`."""
