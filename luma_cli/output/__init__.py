"""Output: data on stdout, everything else on stderr."""
