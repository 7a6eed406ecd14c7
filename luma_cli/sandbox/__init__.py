"""A simulator of the API. It uses the rules of the API and none of the client's code."""
