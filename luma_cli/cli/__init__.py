"""The command line: its parser, its command tree, its help."""
