"""How this project interprets the API where its sources disagree or are silent.

The newest source overrides older ones. Interpretations that are values follow below; those in code
are:

- A violation in the older, image-only part of the API is a 400, an invalid combination in the newer
  part a 422, as both were documented at their time (`violation.py`).
- Fields of another type: `video`, `layering`, `image_ref` and `source` are rejected for types
  without them, as the request must be a mistake; `style`, `output_format`, `web_search`,
  `aspect_ratio` and `video.duration` are ignored, like unknown fields (`generation.py`).
- `video`: keyframes are allowed; an extension cannot be combined with another frame;
  `guide_frame` is accepted anywhere, as its meaning is undocumented (`video.py`).
- `video_edit`: `auto_controls` cannot be combined with `strength` and `controls` (`video.py`).
- 1080p is rejected for vertical reframes only (`video.py`).
- A layering requires neither a prompt nor `layering` (`generation.py`).
- The sandbox: `output` is `[]` until a job is completed, layers have `bounds`, there is no
  `DELETE /generations/{id}` (405), and each key is an account with its own jobs, files and limits.
  The order of checks is: key, balance, request, references, requests per minute, jobs at once.
"""

# There are three texts for an empty balance; test keys of the sandbox return the others.
INSUFFICIENT_BALANCE = "Insufficient balance. Please add funds to continue."

# The SDK mentions "model uni-1" only.
UNI_1_MAX_MAKES_LAYERS = False

# Older pages specify 30 s and 20 s for an edit, and a marketing page 16 keyframes.
LONGEST_SOURCE_SECONDS = {"video_edit": 18, "video_reframe": 30}
MOST_KEYFRAMES = 64

# The default of older pages; newer ones refer to the dashboard. Rejected submissions do not count.
REQUESTS_PER_MINUTE = 30
JOBS_AT_ONCE = 10

# Files: statuses and texts are undocumented. A second `complete` or `DELETE` has no effect. Deleted
# files are listed only with `state=deleted`.
FILE_CREATED_STATUS = 201
FILE_WITHOUT_BYTES_STATUS = 409
WRONG_FILE_BODY_STATUS = 415
DEFAULT_PURPOSE = "input"
LARGEST_INLINE_FILE_BYTES = 20 * 1024 * 1024

FIRST_LAYER_INDEX = 0
EXR_OUTPUT_TYPE = "exr"
