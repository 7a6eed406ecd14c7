"""The journal: every submission from this machine, written before its POST."""
