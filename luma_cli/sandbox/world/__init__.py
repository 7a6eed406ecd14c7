"""What the sandbox remembers, and how it changes with time."""
