"""Bytes between the storage host and the disk."""
