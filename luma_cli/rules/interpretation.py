"""Where the API's own sources disagree or are silent: what this project takes to be true.

The newest source wins. Choices that are values stand below; those that are code are these:

- A rule broken in the older, image-only part of the API is a 400, a combination that the newer part
  refuses a 422, as both were documented at their time (`violation.py`).
- Fields of another type: `video`, `layering`, `image_ref` and `source` are refused where they do
  not belong, because something else was meant; `style`, `output_format`, `web_search`,
  `aspect_ratio` and `video.duration` are ignored, and so are unknown fields (`generation.py`).
- `video`: keyframes are allowed; a clip is lengthened alone, never towards another frame;
  `guide_frame` is accepted anywhere, its meaning is not documented (`video.py`).
- `video_edit`: `auto_controls` excludes `strength` and `controls` (`video.py`).
- 1080p is refused for vertical reframes, and for nothing else (`video.py`).
- A layering needs neither a prompt nor `layering` (`generation.py`).
- The sandbox: `output` is `[]` until a job is completed, layers have `bounds`, there is no
  `DELETE /generations/{id}` (405), a key is an account: jobs, files and limits belong to it. Checks
  come in this order: key, balance, request, references, requests per minute, jobs at once.
"""

# Three texts are known for an empty balance; test keys of the sandbox give the others.
INSUFFICIENT_BALANCE = "Insufficient balance. Please add funds to continue."

# The SDK says "model uni-1" only.
UNI_1_MAX_MAKES_LAYERS = False

# Older pages give 30 s and 20 s for an edit, and a marketing page 16 keyframes.
LONGEST_SOURCE_SECONDS = {"video_edit": 18, "video_reframe": 30}
MOST_KEYFRAMES = 64

# The default of older pages; newer ones send the reader to the dashboard. Refused submissions do
# not count.
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
