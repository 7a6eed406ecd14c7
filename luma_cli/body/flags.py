"""The flags that set fields of a generation request, each declared once."""

from __future__ import annotations

from luma_cli.body.kinds import BodyFlag, Kind
from luma_cli.flags import Completion, Flag
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
# The fields of a reference, each a flag under the name of its holder: `--source.url`.
_CHANNELS = (
    ("url", "URL of {}", "URL", Completion.NOTHING),
    ("data", "Bytes of {} in base64", "TEXT", Completion.TEXT),
    ("media-type", "MIME type of {}", "MIME-TYPE", Completion.NOTHING),
    ("generation-id", "Id of the generation that made {}", "ID", Completion.GENERATION),
    ("file-id", "Id of {} as an uploaded file", "FILE-ID", Completion.NOTHING),
)


BODY_FLAGS: tuple[BodyFlag, ...] = (
    BodyFlag(
        Flag(
            "--prompt",
            "What to make; only a layering works without a prompt",
            COMMON,
            completion=Completion.TEXT,
        ),
        Kind.TEXT,
        ("prompt",),
    ),
    BodyFlag(
        Flag(
            "--prompt-file",
            "Read the prompt from a file, `-` for stdin",
            COMMON,
            "PATH",
            completion=Completion.FILES,
        ),
        Kind.TEXT_FILE,
        ("prompt",),
    ),
    BodyFlag(
        Flag("--model", "Model", COMMON, "MODEL", MODELS, default=DEFAULT_MODEL),
        Kind.TEXT,
        ("model",),
    ),
    BodyFlag(
        Flag("--type", "Type of job", COMMON, "TYPE", TYPES, default=DEFAULT_TYPE),
        Kind.TEXT,
        ("type",),
    ),
    BodyFlag(
        Flag(
            "--aspect-ratio",
            "Width to height; required for a reframe, otherwise chosen by the model",
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
            "File format of an image; chosen by the model if omitted",
            COMMON,
            "FORMAT",
            OUTPUT_FORMATS,
        ),
        Kind.NULLABLE_TEXT,
        ("output_format",),
    ),
    BodyFlag(
        Flag("--web-search", "Let the model search the web for images", COMMON, switch=True),
        Kind.SWITCH,
        ("web_search",),
    ),
    BodyFlag(
        Flag(
            "--user-id",
            "Opaque id of your end user, for abuse reports",
            COMMON,
            completion=Completion.TEXT,
        ),
        Kind.NULLABLE_TEXT,
        ("user_id",),
    ),
    BodyFlag(
        Flag(
            "--param",
            "Any other field of the request; KEY may have dots, VALUE is YAML",
            COMMON,
            "KEY=VALUE",
            repeatable=True,
        ),
        Kind.PARAMETER,
    ),
    BodyFlag(
        Flag(
            "--ref",
            "Reference image: an https URL, gen:ID, file:ID, a path, `-`, or a mapping",
            REFERENCES,
            "REF",
            completion=Completion.REFERENCE,
            repeatable=True,
        ),
        Kind.REFERENCE_ELEMENT,
        ("image_ref",),
    ),
    BodyFlag(
        Flag(
            "--image-ref",
            "Reference image as a mapping: `{url: https://…}`",
            REFERENCES,
            "YAML",
            completion=Completion.TEXT,
            repeatable=True,
        ),
        Kind.ELEMENT,
        ("image_ref",),
    ),
    *(
        BodyFlag(
            Flag(
                f"--image-ref.{name}",
                help_text.format("the most recent `--image-ref`"),
                REFERENCES,
                metavar,
                completion=completion,
                repeatable=True,
            ),
            Kind.ELEMENT_FIELD,
            ("image_ref", name.replace("-", "_")),
        )
        for name, help_text, metavar, completion in _CHANNELS
    ),
    BodyFlag(
        Flag(
            "--source",
            "Image or video to edit, reframe or separate into layers",
            REFERENCES,
            "REF",
            completion=Completion.REFERENCE,
        ),
        Kind.REFERENCE,
        ("source",),
    ),
    *(
        BodyFlag(
            Flag(
                f"--source.{name}",
                help_text.format("the source"),
                REFERENCES,
                metavar,
                completion=completion,
            ),
            Kind.NULLABLE_TEXT,
            ("source", name.replace("-", "_")),
        )
        for name, help_text, metavar, completion in _CHANNELS
    ),
    BodyFlag(
        Flag(
            "--layering",
            "Options of a layering as a mapping: `{resolution: 2k}`",
            LAYERING,
            "YAML",
            completion=Completion.TEXT,
        ),
        Kind.MAPPING,
        ("layering",),
    ),
    BodyFlag(
        Flag(
            "--layering.resolution",
            "Long side of the layers",
            LAYERING,
            "SIZE",
            LAYERING_RESOLUTIONS,
        ),
        Kind.TEXT,
        ("layering", "resolution"),
    ),
    BodyFlag(
        Flag(
            "--duration",
            "Length of the video",
            VIDEO,
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
            VIDEO,
            "SIZE",
            RESOLUTIONS,
            default=DEFAULT_RESOLUTION,
        ),
        Kind.NULLABLE_TEXT,
        ("video", "resolution"),
    ),
    BodyFlag(
        Flag(
            "--hdr", "Make a high dynamic range video; requires 720p or 1080p", VIDEO, switch=True
        ),
        Kind.SWITCH,
        ("video", "hdr"),
    ),
    BodyFlag(
        Flag("--exr", "Make an EXR as well as the MP4; requires `--hdr`", VIDEO, switch=True),
        Kind.SWITCH,
        ("video", "exr_export"),
    ),
    BodyFlag(
        Flag("--loop", "Make the video loop seamlessly", VIDEO, switch=True),
        Kind.SWITCH,
        ("video", "loop"),
    ),
    BodyFlag(
        Flag(
            "--start-frame",
            "First frame, or the video to extend",
            VIDEO,
            "REF",
            completion=Completion.REFERENCE,
        ),
        Kind.REFERENCE,
        ("video", "start_frame"),
    ),
    BodyFlag(
        Flag("--end-frame", "Last frame", VIDEO, "REF", completion=Completion.REFERENCE),
        Kind.REFERENCE,
        ("video", "end_frame"),
    ),
    BodyFlag(
        Flag(
            "--guide-frame",
            "Frame that guides an edit",
            VIDEO,
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
            VIDEO,
            "INDEX=REF",
            completion=Completion.KEYFRAME,
            repeatable=True,
        ),
        Kind.KEYFRAME,
    ),
    BodyFlag(
        Flag("--strength", "How much an edit may change", VIDEO, "LEVEL", STRENGTHS),
        Kind.TEXT,
        ("video", "edit", "strength"),
    ),
    BodyFlag(
        Flag("--auto-controls", "Let the model choose how to control the edit", VIDEO, switch=True),
        Kind.SWITCH,
        ("video", "edit", "auto_controls"),
    ),
    BodyFlag(
        Flag(
            "--video",
            "The whole `video` object as a mapping: `{duration: 5s}`",
            VIDEO,
            "YAML",
            completion=Completion.TEXT,
        ),
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
            Flag(f"--video.{name}", help_text, VIDEO, "BOOLEAN", ("true", "false", "null")),
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
            Flag(f"--video.{name}", help_text, VIDEO, "YAML", completion=Completion.TEXT),
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
            Flag(f"--video.{name}", help_text, VIDEO, "YAML", completion=Completion.TEXT),
            Kind.DOCUMENT,
            ("video", name.replace("-", "_")),
        )
        for name, help_text in (
            ("keyframes", "Keyframes, as a list of mappings"),
            ("keyframe-indexes", "Frame of each keyframe, as a list; 24 frames a second"),
        )
    ),
)
