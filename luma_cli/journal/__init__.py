"""This machine's record of every submission: written before the POST, never lost."""
