"""What is known of a job, a picture, a file: data, and pure functions of it."""
