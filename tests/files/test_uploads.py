"""What may be uploaded: judged by its bytes, pictures drawn anew, names made harmless."""

import io
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from marketplace.files import pictures, uploads
from tests import factories


def check(name: str, content: bytes) -> uploads.Upload:
    return uploads.check(SimpleUploadedFile(name, content, content_type="application/pdf"))


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(ValidationError) as refused:
        check(name, content)
    return str(refused.value.code)


def office(*parts: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as document:
        for part in parts:
            document.writestr(part, "<xml/>")
    return archive.getvalue()


def picture(image_format: str = "PNG", size: tuple[int, int] = (4, 3), **kwargs: Any) -> bytes:
    drawn = io.BytesIO()
    mode = kwargs.pop("mode", "RGB")
    Image.new(mode, size).save(drawn, image_format, **kwargs)
    return drawn.getvalue()


def workbook() -> bytes:
    saved = io.BytesIO()
    Workbook().save(saved)
    return saved.getvalue()


CONTENT = "[Content_Types].xml"
GOOD = {
    "a.pdf": b"%PDF-1.7\n%\xe2\xe3\n",
    "a.PDF": b"%PDF-1.4\n",
    "a.xlsx": workbook(),
    "wps.docx": office("word/document.xml", "docProps/app.xml", CONTENT),
    "a.pptx": office(CONTENT, "ppt/presentation.xml"),
    "a.txt": "中文".encode(),
    "gb.txt": "中文".encode("gb18030"),
    "a.csv": b"a,b\n1,2\n",
    "a.png": picture(),
    "a.jpg": picture("JPEG"),
    "a.jpeg": picture("JPEG"),
}


@pytest.mark.parametrize("name", GOOD)
def test_honest_files_are_accepted(name: str) -> None:
    assert check(name, GOOD[name]).content_type != "application/pdf" or "pdf" in name.lower()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"", "empty"),
        ("a.pdf", b"plain", "lying_extension"),
        ("a.pdf", picture(), "lying_extension"),
        ("a.png", b"%PDF-1.7", "lying_extension"),
        ("a.png", picture("JPEG"), "lying_extension"),
        ("a.jpg", picture("PNG"), "lying_extension"),
        ("a.docx", workbook(), "lying_extension"),
        ("a.xlsx", office(CONTENT, "word/document.xml"), "lying_extension"),
        ("a.docx", b"PK\x03\x04 broken", "lying_extension"),
        ("a.docx", office("word/document.xml"), "lying_extension"),
        ("a.docx", office(CONTENT, "word/document.xml", "word/vbaProject.bin"), "lying_extension"),
        ("a.txt", b"\x00\x01", "lying_extension"),
        ("a.txt", b"%PDF-1.7", "lying_extension"),
        ("a.csv", b"\x7fELF\x02", "lying_extension"),
        ("a.txt", b"\xff\xff\xff\xff", "lying_extension"),
        ("a.html", b"<script>", "type"),
        ("a.svg", b"<svg/>", "type"),
        ("a.exe", b"MZ", "type"),
        ("a.pdf.exe", b"%PDF-1.7", "type"),
        ("pdf", b"%PDF-1.7", "type"),
        ("", b"%PDF-1.7", "type"),
        ("a.docm", office(CONTENT, "word/document.xml"), "type"),
        ("a.gif", picture("GIF"), "type"),
        ("a.png", picture()[:40], "broken"),
    ],
)
def test_lying_and_strange_files_are_refused(name: str, content: bytes, code: str) -> None:
    file: Any = SimpleUploadedFile("x", content)
    file._name = name
    with pytest.raises(ValidationError) as refused:
        uploads.check(file)
    assert refused.value.code == code


def test_too_large() -> None:
    assert refusal("a.txt", b"x" * (uploads.MAX_BYTES + 1)) == "too_large"
    assert check("a.txt", b"x" * uploads.MAX_BYTES)


@pytest.mark.parametrize("size", [(8000, 5001), (60_000, 60_000)])
def test_a_picture_with_too_many_pixels_is_never_unpacked(
    size: tuple[int, int], monkeypatch: Any
) -> None:
    header = bytearray(picture())
    header[16:24] = size[0].to_bytes(4, "big") + size[1].to_bytes(4, "big")
    header[29:33] = zlib.crc32(bytes(header[12:29])).to_bytes(4, "big")
    monkeypatch.setattr(Image.Image, "load", lambda _self: pytest.fail("unpacked"))
    assert refusal("a.png", bytes(header)) in ("pixels", "broken")


def test_pictures_lose_what_else_their_bytes_carry() -> None:
    note = PngInfo()
    note.add_text("Author", "canary")
    exif = Image.Exif()
    exif[0x010E] = "canary"
    exif[0x0112] = 6
    carried = {
        "a.png": picture(pnginfo=note) + b"canary",
        "a.jpg": picture("JPEG", exif=exif, comment=b"canary") + b"<script>canary</script>",
    }
    for name, content in carried.items():
        assert b"canary" in content
        assert b"canary" not in check(name, content).content


def test_pictures_stay_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    drawn = check("a.jpg", picture("JPEG", size=(8, 4), exif=exif)).content
    assert Image.open(io.BytesIO(drawn)).size == (4, 8)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pictures_of_every_mode_are_drawn(mode: str) -> None:
    drawn = check("a.png", picture(mode=mode)).content
    with Image.open(io.BytesIO(drawn)) as image:
        assert image.size == (4, 3)
        assert image.mode in ("L", "LA", "RGB", "RGBA")


def test_pictures_for_print_are_drawn() -> None:
    assert check("a.jpg", picture("JPEG", mode="CMYK")).content


@given(st.data())
def test_damaged_pictures_are_refused_or_drawn(data: st.DataObject) -> None:
    name, good = data.draw(st.sampled_from([("a.png", GOOD["a.png"]), ("a.jpg", GOOD["a.jpg"])]))
    damaged = bytearray(good)
    for place in data.draw(st.lists(st.integers(8, len(good) - 1), max_size=6)):
        damaged[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(12, len(good)))
    content_type = "image/png" if name.endswith("png") else "image/jpeg"
    with suppress(ValidationError):
        assert pictures.redraw(bytes(damaged[:cut]), content_type)


@given(st.text())
@example("../../etc/passwd")
@example("C:\\Windows\\a.pdf")
@example("a\u202efdp.exe")
@example("." * 300)
@example(". ")
@example("a" * 300 + ".pdf")
def test_names_are_harmless(name: str) -> None:
    safe = uploads.safe_name(name)
    assert 0 < len(safe) <= 120
    assert safe == Path(safe).name
    assert safe.isprintable() or not any(ord(c) < 32 or c in "\u202e\u200b" for c in safe)


@pytest.mark.django_db
def test_a_stored_file_keeps_its_bytes_under_a_name_of_its_own() -> None:
    person = factories.make_user()
    stored = factories.make_file("../报告.txt", "内容".encode(), uploaded_by=person)
    assert stored.name == "报告.txt"
    assert str(stored.file.name).startswith("files/")
    assert "报告" not in str(stored.file.name)
    with stored.file.open("rb") as file:
        assert file.read() == "内容".encode()
    assert (stored.size, stored.content_type) == (6, "text/plain")
    assert len(stored.sha256) == 64
    assert stored.uploaded_by == person
    assert not stored.provisional
