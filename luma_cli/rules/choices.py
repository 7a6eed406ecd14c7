"""Where the API's own sources disagree or are silent: what this project takes to be true.

One choice a line, so that a new fact is a change in one place. The newest source wins.
"""

# Three texts are known for an empty balance; test keys of the sandbox give the others.
INSUFFICIENT_BALANCE = "Insufficient balance. Please add funds to continue."

# Older pages give 30 s and 20 s for an edit.
LONGEST_SOURCE_SECONDS = {"video_edit": 18, "video_reframe": 30}

# The default of older pages; newer ones send the reader to the dashboard. Counted for each key,
# and only for submissions that were accepted.
REQUESTS_PER_MINUTE = 30
JOBS_AT_ONCE = 10

# Files: neither statuses nor texts are documented, nor what a second `complete` or `DELETE` does
# (nothing, here), nor whether deleted files are listed (when asked for).
FILE_CREATED_STATUS = 201
FILE_WITHOUT_BYTES_STATUS = 409
WRONG_FILE_BODY_STATUS = 415
DEFAULT_PURPOSE = "input"
LARGEST_INLINE_FILE_BYTES = 20 * 1024 * 1024

FIRST_LAYER_INDEX = 0
EXR_OUTPUT_TYPE = "exr"
