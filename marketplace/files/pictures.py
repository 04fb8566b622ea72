"""Pictures are drawn anew: what else their bytes carried (place, camera, comments) is gone."""

import io
import struct
import warnings

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

MAX_PIXELS = 40_000_000
FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG"}
_MODES = {"PNG": ("L", "LA", "RGB", "RGBA"), "JPEG": ("L", "RGB")}
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def redraw(content: bytes, content_type: str) -> bytes:
    """Return the picture as it is seen, in the same format, and nothing but the picture.

    Raises `ValidationError` when it cannot be read or has more than `MAX_PIXELS`.
    """
    image_format = FORMATS[content_type]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", category=UserWarning)
            warnings.simplefilter("error", category=Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[image_format]) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise ValidationError(_("This picture has too many pixels."), code="pixels")
                return _drawn(image, image_format)
    except _BROKEN as error:
        raise ValidationError(_("This picture cannot be read."), code="broken") from error


def _drawn(image: Image.Image, image_format: str) -> bytes:
    upright = ImageOps.exif_transpose(image)
    if upright.mode not in _MODES[image_format]:
        see_through = image_format == "PNG" and upright.has_transparency_data
        upright = upright.convert("RGBA" if see_through else "RGB")
    upright.info = {}
    drawn = io.BytesIO()
    upright.save(drawn, format=image_format, quality=90, optimize=True)
    return drawn.getvalue()
