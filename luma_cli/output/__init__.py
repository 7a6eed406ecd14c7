"""What reaches the user: data on stdout, everything else on stderr."""
