"""The storage host: downloads and uploads behind presigned links, without API keys."""
