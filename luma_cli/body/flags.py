"""The flags that make the body of `generations create`, each declared once."""

from __future__ import annotations

from luma_cli.body.kinds import BodyFlag, Kind
from luma_cli.flags import Flag
from luma_cli.rules.constants import (
    ASPECT_RATIOS,
    DEFAULT_DURATION,
    DEFAULT_MODEL,
    DEFAULT_RESOLUTION,
    DEFAULT_TYPE,
    DURATIONS,
    LAYERING_RESOLUTIONS,
    MODELS,
    OUTPUT_FORMATS,
    RESOLUTIONS,
    STRENGTHS,
    STYLES,
    TYPES,
)

COMMON, REFERENCES, LAYERING, VIDEO = "Common", "References", "Layering", "Video"
# The fields of a reference, as inner flags of what holds it.
_CHANNELS = (
    ("url", "URL of {}", "URL"),
    ("data", "Bytes of {} in base64", "TEXT"),
    ("media-type", "MIME type of {}", "MIME-TYPE"),
    ("generation-id", "Id of the generation that made {}", "ID"),
    ("file-id", "Id of {} as an uploaded file", "FILE-ID"),
)


BODY_FLAGS: tuple[BodyFlag, ...] = (
    BodyFlag(
        Flag("--prompt", "What to make; only a layering may go without", COMMON),
        Kind.TEXT,
        ("prompt",),
    ),
    BodyFlag(
        Flag("--prompt-file", "Read the prompt from a file, `-` for stdin", COMMON, "PATH"),
        Kind.TEXT_FILE,
        ("prompt",),
    ),
    BodyFlag(
        Flag("--model", "Model", COMMON, "MODEL", MODELS, default=DEFAULT_MODEL),
        Kind.TEXT,
        ("model",),
    ),
    BodyFlag(
        Flag("--type", "Kind of job", COMMON, "TYPE", TYPES, default=DEFAULT_TYPE),
        Kind.TEXT,
        ("type",),
    ),
    BodyFlag(
        Flag(
            "--aspect-ratio",
            "Width to height; a reframe needs it, else the model picks when left out",
            COMMON,
            "RATIO",
            ASPECT_RATIOS,
        ),
        Kind.NULLABLE_TEXT,
        ("aspect_ratio",),
    ),
    BodyFlag(
        Flag("--style", "Style of an image", COMMON, "STYLE", STYLES, default=STYLES[0]),
        Kind.TEXT,
        ("style",),
    ),
    BodyFlag(
        Flag(
            "--output-format",
            "File format of an image; the model picks when left out",
            COMMON,
            "FORMAT",
            OUTPUT_FORMATS,
        ),
        Kind.NULLABLE_TEXT,
        ("output_format",),
    ),
    BodyFlag(
        Flag("--web-search", "Let the model look at pictures on the web", COMMON, switch=True),
        Kind.SWITCH,
        ("web_search",),
    ),
    BodyFlag(
        Flag("--user-id", "Opaque id of your end user, for abuse reports", COMMON),
        Kind.NULLABLE_TEXT,
        ("user_id",),
    ),
    BodyFlag(
        Flag(
            "--param",
            "Any other field of the body; the key may be dotted, the value is YAML",
            COMMON,
            "KEY=VALUE",
            repeatable=True,
        ),
        Kind.PARAMETER,
    ),
    BodyFlag(
        Flag(
            "--ref",
            "Reference picture: an https URL, gen:ID, file:ID, a path, `-`, or a mapping",
            REFERENCES,
            "REF",
            repeatable=True,
        ),
        Kind.REFERENCE_ELEMENT,
        ("image_ref",),
    ),
    BodyFlag(
        Flag(
            "--image-ref",
            "The same as a mapping: `{url: https://…}`",
            REFERENCES,
            "YAML",
            repeatable=True,
        ),
        Kind.ELEMENT,
        ("image_ref",),
    ),
    *(
        BodyFlag(
            Flag(
                f"--image-ref.{name}",
                help_text.format("the reference begun last"),
                REFERENCES,
                metavar,
                repeatable=True,
            ),
            Kind.ELEMENT_FIELD,
            ("image_ref", name.replace("-", "_")),
        )
        for name, help_text, metavar in _CHANNELS
    ),
    BodyFlag(
        Flag("--source", "What to edit, reframe or take apart", REFERENCES, "REF"),
        Kind.REFERENCE,
        ("source",),
    ),
    *(
        BodyFlag(
            Flag(f"--source.{name}", help_text.format("the source"), REFERENCES, metavar),
            Kind.NULLABLE_TEXT,
            ("source", name.replace("-", "_")),
        )
        for name, help_text, metavar in _CHANNELS
    ),
    BodyFlag(
        Flag("--layering", "Options of a layering: `{resolution: 2k}`", LAYERING, "YAML"),
        Kind.MAPPING,
        ("layering",),
    ),
    BodyFlag(
        Flag("--layering.resolution", "Long side", LAYERING, "SIZE", LAYERING_RESOLUTIONS),
        Kind.TEXT,
        ("layering", "resolution"),
    ),
    BodyFlag(
        Flag("--duration", "Length", VIDEO, "LENGTH", DURATIONS, default=DEFAULT_DURATION),
        Kind.NULLABLE_TEXT,
        ("video", "duration"),
    ),
    BodyFlag(
        Flag("--resolution", "Short side", VIDEO, "SIZE", RESOLUTIONS, default=DEFAULT_RESOLUTION),
        Kind.NULLABLE_TEXT,
        ("video", "resolution"),
    ),
    BodyFlag(
        Flag("--hdr", "High dynamic range; needs 720p or 1080p", VIDEO, switch=True),
        Kind.SWITCH,
        ("video", "hdr"),
    ),
    BodyFlag(
        Flag("--exr", "An EXR beside the MP4; needs `--hdr`", VIDEO, switch=True),
        Kind.SWITCH,
        ("video", "exr_export"),
    ),
    BodyFlag(
        Flag("--loop", "End where it begins", VIDEO, switch=True), Kind.SWITCH, ("video", "loop")
    ),
    BodyFlag(
        Flag("--start-frame", "First frame, or the clip to extend", VIDEO, "REF"),
        Kind.REFERENCE,
        ("video", "start_frame"),
    ),
    BodyFlag(
        Flag("--end-frame", "Last frame", VIDEO, "REF"), Kind.REFERENCE, ("video", "end_frame")
    ),
    BodyFlag(
        Flag("--guide-frame", "Frame that guides an edit", VIDEO, "REF"),
        Kind.REFERENCE,
        ("video", "guide_frame"),
    ),
    BodyFlag(
        Flag(
            "--keyframe",
            "Picture at a frame, 24 frames a second",
            VIDEO,
            "INDEX=REF",
            repeatable=True,
        ),
        Kind.KEYFRAME,
    ),
    BodyFlag(
        Flag("--strength", "How far an edit may go", VIDEO, "LEVEL", STRENGTHS),
        Kind.TEXT,
        ("video", "edit", "strength"),
    ),
    BodyFlag(
        Flag("--auto-controls", "Let the model steer the edit", VIDEO, switch=True),
        Kind.SWITCH,
        ("video", "edit", "auto_controls"),
    ),
    BodyFlag(
        Flag("--video", "The whole video object: `{duration: 5s}`", VIDEO, "YAML"),
        Kind.MAPPING,
        ("video",),
    ),
    BodyFlag(
        Flag("--video.duration", "Same as --duration", VIDEO, "LENGTH", DURATIONS),
        Kind.NULLABLE_TEXT,
        ("video", "duration"),
    ),
    BodyFlag(
        Flag("--video.resolution", "Same as --resolution", VIDEO, "SIZE", RESOLUTIONS),
        Kind.NULLABLE_TEXT,
        ("video", "resolution"),
    ),
    *(
        BodyFlag(
            Flag(f"--video.{name}", help_text, VIDEO, "BOOLEAN"),
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
            Flag(f"--video.{name}", help_text, VIDEO, "YAML"),
            Kind.MAPPING,
            ("video", name.replace("-", "_")),
        )
        for name, help_text in (
            ("start-frame", "First frame, as a mapping"),
            ("end-frame", "Last frame, as a mapping"),
            ("guide-frame", "Frame that guides an edit, as a mapping"),
            ("edit", "How a video edit is steered"),
            ("source-position", "Where a reframe puts its source: x_norm, y_norm, w_norm, h_norm"),
        )
    ),
    *(
        BodyFlag(
            Flag(f"--video.{name}", help_text, VIDEO, "YAML"),
            Kind.DOCUMENT,
            ("video", name.replace("-", "_")),
        )
        for name, help_text in (
            ("keyframes", "List of pictures"),
            ("keyframe-indexes", "List of their frames, 24 a second"),
        )
    ),
)
