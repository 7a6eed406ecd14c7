"""The values of the API's fields, and their combinations."""

from __future__ import annotations

from luma_cli.rules.interpretation import UNI_1_MAX_MAKES_LAYERS

MODELS = ("uni-1", "uni-1-max", "ray-3.2")
DEFAULT_MODEL = "uni-1"

IMAGE_TYPES = ("image", "image_edit")
VIDEO_TYPES = ("video", "video_edit", "video_reframe")
TYPES = (*IMAGE_TYPES, *VIDEO_TYPES, "layering")
DEFAULT_TYPE = "image"
TYPES_WITH_VIDEO_SOURCE = ("video_edit", "video_reframe")
TYPES_WITH_SOURCE = ("image_edit", *TYPES_WITH_VIDEO_SOURCE, "layering")

TYPES_OF_MODEL = {
    "uni-1": (*IMAGE_TYPES, "layering"),
    "uni-1-max": (*IMAGE_TYPES, "layering") if UNI_1_MAX_MAKES_LAYERS else IMAGE_TYPES,
    "ray-3.2": VIDEO_TYPES,
}

ASPECT_RATIOS = (
    *("3:1", "2:1", "21:9", "16:9", "4:3", "3:2", "1:1", "3:4", "2:3", "9:16", "1:2", "1:3"),
)
# In the order of the API's error texts.
IMAGE_RATIOS = ("1:1", "1:2", "1:3", "16:9", "2:1", "2:3", "3:1", "3:2", "9:16")
VIDEO_RATIOS = ("1:1", "16:9", "21:9", "3:4", "4:3", "9:16")
MANGA_RATIOS = ("1:2", "1:3", "2:3", "9:16")
# An edit has the ratio of its source and ignores the field.
RATIOS_OF_TYPE = {"image": IMAGE_RATIOS, "video": VIDEO_RATIOS, "video_reframe": VIDEO_RATIOS}
VERTICAL_RATIOS = ("9:16", "3:4")

STYLES = ("auto", "manga")
OUTPUT_FORMATS = ("png", "jpeg")
RESOLUTIONS = ("360p", "540p", "720p", "1080p")
HDR_RESOLUTIONS = ("720p", "1080p")
DEFAULT_RESOLUTION = "720p"
DURATIONS = ("5s", "10s")
DEFAULT_DURATION = "5s"
LAYERING_RESOLUTIONS = ("1k", "2k")
STRENGTHS = tuple(
    f"{kind}_{step}" for kind in ("adhere", "flex", "reimagine") for step in (1, 2, 3)
)
POSE_STRENGTHS = ("precise", "coarse")

TERMINAL_STATES = ("completed", "failed")
STATES = ("queued", "processing", *TERMINAL_STATES)
PURPOSES = ("input", "reference")
FILE_STATES = ("pending", "ready", "failed", "deleted")
REFERENCE_CHANNELS = ("url", "data", "generation_id", "file_id")
REFERENCE_FIELDS = (*REFERENCE_CHANNELS, "media_type")

LONGEST_PROMPT = 6000
LONGEST_LAYERING_PROMPT = 500
LONGEST_USER_ID = 256
MOST_REFERENCES = {"image": 9, "image_edit": 8}
FRAMES_PER_SECOND = 24
LARGEST_IMAGE_BYTES = 52_428_800
LONGEST_IMAGE_SIDE = 8000
LARGEST_VIDEO_BYTES = 200 * 1024 * 1024
LARGEST_FILE_BYTES = 5 * 1024**3
# The texts of a 502 or 503 that guarantee that the job was not queued.
NOT_QUEUED_DETAILS = (
    "Upstream service unavailable",
    "fetch proxy unavailable",
    "Image URL ingestion unavailable",
    "Media URL ingestion is unavailable",
)
# Failure codes of jobs that may succeed if the same request is submitted again.
TEMPORARY_FAILURES = frozenset({"generation_failed", "output_not_found", "rate_limited"})
