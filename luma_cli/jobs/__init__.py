"""The life of a job: submit once, poll until it ends, download its files; no terminal."""
