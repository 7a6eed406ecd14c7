"""A paid job's life, from the flags to the files on disk."""
