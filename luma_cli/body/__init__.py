"""From what was typed to the request body: flags, references to files, encoding."""
