"""What the sandbox remembers and hands out: jobs, files, limits, links."""
