"""The media type of a file from its first bytes: its name may be wrong.

Sources: ISO/IEC 14496-12 4.3 (file type box) with the brands of https://mp4ra.org; ISO/IEC 23008-12
and AVIF 1.1 for images in that container; the QuickTime File Format for movies without the box;
RFC 9559 for Matroska, of which WebM is one document type.
"""

from __future__ import annotations

import struct

from luma_cli.url_credentials import without_query

LONGEST_SIGNATURE_BYTES = 4096

_PREFIXES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\xff\x0a", "image/jxl"),
)
_TYPES_OF_BRANDS = {
    "image/heic": "heic heix heim heis",
    "image/heic-sequence": "hevc hevx hevm hevs",
    "image/avif": "avif avis",
    "image/jxl": "jxl",
    "image/jp2": "jp2 jpx jpm",
    "image/x-canon-cr3": "crx",
    "audio/mp4": "M4A M4B M4P F4A F4B",
    "video/quicktime": "qt mqt",
    "video/3gpp": "3gp1 3gp2 3gp3 3gp4 3gp5 3gp6 3gp7 3gp8 3gp9 3gg6 3gg9 3gr6 3gr9 3gs6 3gs9 3ge6",
    "video/3gpp2": "3g2a 3g2b 3g2c",
    "video/mp4": "isom iso2 iso3 iso4 iso5 iso6 iso7 iso8 iso9 isoa isob isoc mp41 mp42 mp71 avc1"
    " hvc1 hev1 av01 M4V M4VH M4VP f4v F4V MSNV mmp4 dash msdh msix cmfc cmf2 piff isml ccff dby1"
    " XAVC CAEP NDSC NDSH NDSM NDSP NDSS NDXC NDXH NDXM NDXP NDXS nvr1 niko pana ROSS KDDI MGSV",
    # These say only that there are images; a brand beside them says which.
    "image/heif": "mif1 mif2 miaf",
    "image/heif-sequence": "msf1",
}
_BRANDS = {
    brand.ljust(4).encode(): media_type
    for media_type, brands in _TYPES_OF_BRANDS.items()
    for brand in brands.split()
}
_VAGUE = ("image/heif", "image/heif-sequence")
_SIGNATURE_BOXES = (b"\0\0\0\x0cJXL \r\n\x87\n", b"\0\0\0\x0cjP  \r\n\x87\n")
# What a movie may begin with that is older than the file type box.
_QUICKTIME_ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_EBML, _DOCUMENT_TYPE = b"\x1aE\xdf\xa3", b"\x42\x82"
_DOCUMENT_TYPES = {b"webm": "video/webm", b"matroska": "video/x-matroska"}


def sniff(head: bytes) -> str | None:
    """Return the media type of an image, video or sound from its beginning, `None` if unknown.

    `head` is the first `LONGEST_SIGNATURE_BYTES`, or all of a shorter file.
    """
    for prefix, media_type in _PREFIXES:
        if head.startswith(prefix):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(_EBML):
        return _document_type(head)
    if head.startswith(_SIGNATURE_BOXES):
        return _of_brands(head[12:])
    if head[4:8] == b"ftyp":
        return _of_brands(head)
    return "video/quicktime" if _is_old_movie(head) else None


def _of_brands(box: bytes) -> str | None:
    """Return the media type of a file type box: of its major brand, or the first known one."""
    if box[4:8] != b"ftyp":
        return None
    size = int.from_bytes(box[:4], "big")
    brands = box[8 : size if size >= 16 else None]
    # four bytes of version stand between the major brand and the others
    names = [brands[:4], *(brands[at : at + 4] for at in range(8, len(brands) - 3, 4))]
    types = [_BRANDS[name] for name in names if name in _BRANDS]
    if not types:
        return None
    if types[0] in _VAGUE:
        clear = (each for each in types if each.startswith("image/") and each not in _VAGUE)
        return next(clear, types[0])
    return types[0]


def _is_old_movie(head: bytes) -> bool:
    if head[4:8] not in _QUICKTIME_ATOMS or len(head) < 8:
        return False
    (size,) = struct.unpack(">I", head[:4])
    # Words may stand there, too, as in `Feel free`: letters would be a size of half a gigabyte.
    return size in (0, 1) or (size >= 8 and (size < 0x2000_0000 or head[4:8] == b"mdat"))


def _document_type(head: bytes) -> str | None:
    """Return the document type in a Matroska header; the byte before it is its length."""
    at = head.find(_DOCUMENT_TYPE, 4, 128)
    if at < 0 or len(head) < at + 3:
        return None
    length = head[at + 2] & 0x7F
    return _DOCUMENT_TYPES.get(head[at + 3 : at + 3 + length].rstrip(b"\0"))


_VIDEO_EXTENSIONS = {
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
}


def video_type_of_url(url: str) -> str | None:
    """Return the video type of the URL's extension, `None` for any other."""
    path = without_query(url)
    return _VIDEO_EXTENSIONS.get(path.rsplit(".", 1)[-1].lower())
