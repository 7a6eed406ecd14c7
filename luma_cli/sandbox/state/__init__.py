"""The state of a sandbox: jobs, files, limits, links."""
