"""The flags that set fields of the `video` object of a generation request."""

from __future__ import annotations

from luma_cli.body.body_flag import BodyFlag, Kind
from luma_cli.flags import Completion, Flag
from luma_cli.rules.constants import (
    DEFAULT_DURATION,
    DEFAULT_RESOLUTION,
    DURATIONS,
    RESOLUTIONS,
    STRENGTHS,
)

_VIDEO = "Video"

VIDEO_FLAGS: tuple[BodyFlag, ...] = (
    BodyFlag(
        Flag(
            "--duration",
            "Length of the video",
            _VIDEO,
            "LENGTH",
            DURATIONS,
            default=DEFAULT_DURATION,
        ),
        Kind.NULLABLE_TEXT,
        ("video", "duration"),
    ),
    BodyFlag(
        Flag(
            "--resolution",
            "Short side of the video",
            _VIDEO,
            "SIZE",
            RESOLUTIONS,
            default=DEFAULT_RESOLUTION,
        ),
        Kind.NULLABLE_TEXT,
        ("video", "resolution"),
    ),
    BodyFlag(
        Flag(
            "--hdr", "Make a high dynamic range video; requires 720p or 1080p", _VIDEO, switch=True
        ),
        Kind.SWITCH,
        ("video", "hdr"),
    ),
    BodyFlag(
        Flag("--exr", "Make an EXR as well as the MP4; requires `--hdr`", _VIDEO, switch=True),
        Kind.SWITCH,
        ("video", "exr_export"),
    ),
    BodyFlag(
        Flag("--loop", "Make the video loop seamlessly", _VIDEO, switch=True),
        Kind.SWITCH,
        ("video", "loop"),
    ),
    BodyFlag(
        Flag(
            "--start-frame",
            "First frame, or the video to extend",
            _VIDEO,
            "REF",
            completion=Completion.REFERENCE,
        ),
        Kind.REFERENCE,
        ("video", "start_frame"),
    ),
    BodyFlag(
        Flag("--end-frame", "Last frame", _VIDEO, "REF", completion=Completion.REFERENCE),
        Kind.REFERENCE,
        ("video", "end_frame"),
    ),
    BodyFlag(
        Flag(
            "--guide-frame",
            "Frame that guides an edit",
            _VIDEO,
            "REF",
            completion=Completion.REFERENCE,
        ),
        Kind.REFERENCE,
        ("video", "guide_frame"),
    ),
    BodyFlag(
        Flag(
            "--keyframe",
            "Image at frame INDEX; 24 frames a second",
            _VIDEO,
            "INDEX=REF",
            completion=Completion.KEYFRAME,
            repeatable=True,
        ),
        Kind.KEYFRAME,
    ),
    BodyFlag(
        Flag("--strength", "How much an edit may change", _VIDEO, "LEVEL", STRENGTHS),
        Kind.TEXT,
        ("video", "edit", "strength"),
    ),
    BodyFlag(
        Flag(
            "--auto-controls", "Let the model choose how to control the edit", _VIDEO, switch=True
        ),
        Kind.SWITCH,
        ("video", "edit", "auto_controls"),
    ),
    BodyFlag(
        Flag(
            "--video",
            "The whole `video` object as a mapping: `{duration: 5s}`",
            _VIDEO,
            "YAML",
            completion=Completion.TEXT,
        ),
        Kind.MAPPING,
        ("video",),
    ),
    BodyFlag(
        Flag("--video.duration", "Same as --duration", _VIDEO, "LENGTH", DURATIONS),
        Kind.NULLABLE_TEXT,
        ("video", "duration"),
    ),
    BodyFlag(
        Flag("--video.resolution", "Same as --resolution", _VIDEO, "SIZE", RESOLUTIONS),
        Kind.NULLABLE_TEXT,
        ("video", "resolution"),
    ),
    *(
        BodyFlag(
            Flag(f"--video.{name}", help_text, _VIDEO, "BOOLEAN", ("true", "false", "null")),
            Kind.NULLABLE_SWITCH,
            ("video", name.replace("-", "_")),
        )
        for name, help_text in (
            ("hdr", "Same as --hdr"),
            ("exr-export", "Same as --exr"),
            ("loop", "Same as --loop"),
        )
    ),
    *(
        BodyFlag(
            Flag(f"--video.{name}", help_text, _VIDEO, "YAML", completion=Completion.TEXT),
            Kind.MAPPING,
            ("video", name.replace("-", "_")),
        )
        for name, help_text in (
            ("start-frame", "First frame, as a mapping"),
            ("end-frame", "Last frame, as a mapping"),
            ("guide-frame", "Frame that guides an edit, as a mapping"),
            ("edit", "Options of a video edit, as a mapping"),
            (
                "source-position",
                "Position of the source in a reframe, as a mapping: x_norm, y_norm, w_norm, h_norm",
            ),
        )
    ),
    *(
        BodyFlag(
            Flag(f"--video.{name}", help_text, _VIDEO, "YAML", completion=Completion.TEXT),
            Kind.DOCUMENT,
            ("video", name.replace("-", "_")),
        )
        for name, help_text in (
            ("keyframes", "Keyframes, as a list of mappings"),
            ("keyframe-indexes", "Frame of each keyframe, as a list; 24 frames a second"),
        )
    ),
)
