"""Jobs, media and the content of files: data, and pure functions of it."""
