"""The storage host: presigned links, downloads, uploads. It knows no keys."""
