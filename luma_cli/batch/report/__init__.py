"""Reports of a batch, a module for each format."""
