"""The flags that set fields of a generation request, each declared once."""

from __future__ import annotations

from luma_cli.body.body_flag import BodyFlag, Kind
from luma_cli.body.video_flags import VIDEO_FLAGS
from luma_cli.flags import Completion, Flag
from luma_cli.rules.constants import (
    ASPECT_RATIOS,
    DEFAULT_MODEL,
    DEFAULT_TYPE,
    LAYERING_RESOLUTIONS,
    MODELS,
    OUTPUT_FORMATS,
    STYLES,
    TYPES,
)

_COMMON, _REFERENCES, _LAYERING = "Common", "References", "Layering"
# The fields of a reference, each a flag under the name of its holder: `--source.url`.
_REFERENCE_FIELDS = (
    ("url", "URL of {}", "URL", Completion.NOTHING),
    ("data", "Bytes of {} in base64", "TEXT", Completion.TEXT),
    ("media-type", "MIME type of {}", "MIME-TYPE", Completion.NOTHING),
    ("generation-id", "Id of the generation that made {}", "ID", Completion.GENERATION),
    ("file-id", "Id of {} as an uploaded file", "FILE-ID", Completion.NOTHING),
)


GENERATION_FLAGS: tuple[BodyFlag, ...] = (
    BodyFlag(
        Flag(
            "--prompt",
            "What to make; only a layering works without a prompt",
            _COMMON,
            completion=Completion.TEXT,
        ),
        Kind.TEXT,
        ("prompt",),
    ),
    BodyFlag(
        Flag(
            "--prompt-file",
            "Read the prompt from a file, `-` for stdin",
            _COMMON,
            "PATH",
            completion=Completion.FILES,
        ),
        Kind.TEXT_FILE,
        ("prompt",),
    ),
    BodyFlag(
        Flag("--model", "Model", _COMMON, "MODEL", MODELS, default=DEFAULT_MODEL),
        Kind.TEXT,
        ("model",),
    ),
    BodyFlag(
        Flag("--type", "Type of job", _COMMON, "TYPE", TYPES, default=DEFAULT_TYPE),
        Kind.TEXT,
        ("type",),
    ),
    BodyFlag(
        Flag(
            "--aspect-ratio",
            "Width to height; required for a reframe, otherwise chosen by the model",
            _COMMON,
            "RATIO",
            ASPECT_RATIOS,
        ),
        Kind.NULLABLE_TEXT,
        ("aspect_ratio",),
    ),
    BodyFlag(
        Flag("--style", "Style of an image", _COMMON, "STYLE", STYLES, default=STYLES[0]),
        Kind.TEXT,
        ("style",),
    ),
    BodyFlag(
        Flag(
            "--output-format",
            "File format of an image; chosen by the model if omitted",
            _COMMON,
            "FORMAT",
            OUTPUT_FORMATS,
        ),
        Kind.NULLABLE_TEXT,
        ("output_format",),
    ),
    BodyFlag(
        Flag("--web-search", "Let the model search the web for images", _COMMON, switch=True),
        Kind.SWITCH,
        ("web_search",),
    ),
    BodyFlag(
        Flag(
            "--user-id",
            "Opaque id of your end user, for abuse reports",
            _COMMON,
            completion=Completion.TEXT,
        ),
        Kind.NULLABLE_TEXT,
        ("user_id",),
    ),
    BodyFlag(
        Flag(
            "--param",
            "Any other field of the request; KEY may have dots, VALUE is YAML",
            _COMMON,
            "KEY=VALUE",
            repeatable=True,
        ),
        Kind.PARAMETER,
    ),
    BodyFlag(
        Flag(
            "--ref",
            "Reference image: an https URL, gen:ID, file:ID, a path, `-`, or a mapping",
            _REFERENCES,
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
            _REFERENCES,
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
                _REFERENCES,
                metavar,
                completion=completion,
                repeatable=True,
            ),
            Kind.ELEMENT_FIELD,
            ("image_ref", name.replace("-", "_")),
        )
        for name, help_text, metavar, completion in _REFERENCE_FIELDS
    ),
    BodyFlag(
        Flag(
            "--source",
            "Image or video to edit, reframe or separate into layers",
            _REFERENCES,
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
                _REFERENCES,
                metavar,
                completion=completion,
            ),
            Kind.NULLABLE_TEXT,
            ("source", name.replace("-", "_")),
        )
        for name, help_text, metavar, completion in _REFERENCE_FIELDS
    ),
    BodyFlag(
        Flag(
            "--layering",
            "Options of a layering as a mapping: `{resolution: 2k}`",
            _LAYERING,
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
            _LAYERING,
            "SIZE",
            LAYERING_RESOLUTIONS,
        ),
        Kind.TEXT,
        ("layering", "resolution"),
    ),
    *VIDEO_FLAGS,
)
