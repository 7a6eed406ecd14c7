"""Every setting: declared once, read from a flag, a variable or the config file, and resolved."""
