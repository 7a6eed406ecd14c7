"""JSON as text: splitting and formatting it without changing the spelling of values."""
