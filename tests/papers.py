"""Reading papers back: their text, and where there is ink on a page."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import numpy as np
import pypdfium2


@dataclass(frozen=True)
class ReadPaper:
    """The text of all pages, and the first page as an array of grey values (0 is black)."""

    pages: int
    text: str
    grey: np.ndarray
    boxes: dict[str, tuple[float, float, float, float]]

    def ink(self, character: str) -> float:
        """Return the part of the box of the first `character` on page 1 that is dark."""
        left, bottom, right, top = self.boxes[character]
        height = self.grey.shape[0]
        box = self.grey[round(height - top) : round(height - bottom), round(left) : round(right)]
        return float((box < 160).mean())


@contextmanager
def _opened(content: bytes) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(content)
    try:
        yield document
    finally:
        document.close()


def text_of(content: bytes) -> str:
    """Return the text of all pages of the PDF `content`, empty where it is none that can be read."""
    with suppress(pypdfium2.PdfiumError), _opened(content) as document:
        return _text(document)
    return ""


def _text(document: pypdfium2.PdfDocument) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def read(content: bytes, *, scale: float = 3) -> ReadPaper:
    """Return what a reader sees in the PDF `content`."""
    with _opened(content) as document:
        first = document[0]
        characters = first.get_textpage()
        boxes: dict[str, tuple[float, float, float, float]] = {}
        for index in range(characters.count_chars()):
            character = characters.get_text_range(index, 1)
            box = tuple(scale * edge for edge in characters.get_charbox(index))
            boxes.setdefault(character, box)
        grey = np.array(first.render(scale=scale).to_pil().convert("L"))
        return ReadPaper(len(document), _text(document), grey, boxes)
