"""Pictures are painted anew before they are kept: where and when they were taken stays with who took them."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import BinaryIO, cast

from grants.documents.fields import MOST_PIXELS, PICTURES, Kind
from grants.documents.rules import BROKEN, UNPACKS, Refused

LONGEST_SIDE = 4096
QUALITY = 88


def repainted(file: BinaryIO, kind: Kind) -> BinaryIO:
    """The same picture, upright, without position, camera, comments or further frames.

    Larger ones are scaled to 4,096 pixels a side. Raises Refused when it is damaged or a trap.
    """
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # we look at the size ourselves, before a pixel is read
    file.seek(0)
    try:
        with Image.open(file, formats=[PICTURES[kind]]) as image:
            _not_a_trap(image.width * image.height)
            return _painted(image, PICTURES[kind])
    except Refused:
        raise
    except Exception:  # noqa: BLE001 - a damaged picture may fail in any way its decoder knows
        raise Refused(BROKEN) from None


def _not_a_trap(pixels: int) -> None:
    if pixels > MOST_PIXELS:
        raise Refused(UNPACKS)


def _painted(image: object, format_: str) -> BinaryIO:
    from PIL import Image, ImageOps

    source = cast("Image.Image", image)
    source.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(source)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    colours = upright.info.get("icc_profile")
    transparent = upright.info.get("transparency")
    upright.info = {}
    options = {"quality": QUALITY} if format_ in {"JPEG", "WEBP"} else {}
    if transparent is not None and format_ in {"PNG", "GIF"}:
        options["transparency"] = transparent
    fresh = cast("BinaryIO", TemporaryFile())  # noqa: SIM115 - handed on, and closed by who keeps it
    upright.save(fresh, format=format_, icc_profile=colours, **options)
    return fresh
