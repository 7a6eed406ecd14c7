"""A file of rows -> planned jobs, each checked and named before anything is sent."""
