"""Manual pages and completions, generated from the command tree; committed, never edited."""
