"""Between the server and the application: every request is logged, and may be struck."""
