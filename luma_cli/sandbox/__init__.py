"""A simulator of the API. Knows the rules of the API and nothing of the client."""
