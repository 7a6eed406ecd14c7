"""The HTTP core: one short method per endpoint, and answers become errors in one place."""
