"""From the command line to the request body: flags, references to files, encoding."""
