"""The storage host: downloads and uploads behind presigned links. It knows no keys."""
