"""Papers as PDF: the page frame, headings, paragraphs, facts and tables, in Chinese and English.

Invariant: the font is embedded, so a paper looks the same everywhere; what people typed is text only,
without control and direction characters, and no line begins with a closing mark.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from itertools import zip_longest
from typing import cast

import pylopdf_fonts_zh_cn
from django.utils.translation import get_language, gettext
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, TextMode
from fpdf.fonts import FontFace, TTFFont

from marketplace.bilingual import site_name

INK, QUIET, ACCENT, SHADE, HAIRLINE = "#142225", "#4d5b5e", "#005c61", "#f1f1ed", "#dbddd7"
"""The light theme of tokens.css: --ink, --muted, --accent, --sunken, --line."""
FAMILY, BODY, SMALL = "sans", 10, 8.5
MARGIN, LINE = 20, 5.6
"""Margins and the height of a line of body text, in millimetres."""
PADDING = 1.2
LINES_PER_ROW, MOST_OF_A_HEAD = 35, 80
"""How many lines of a cell, and how many characters of a table's head, surely fit on a page."""

_BREAK = "\u200b"
_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_OPENING, _CLOSING = "（〔《「『【“‘", "，。、；：？！）〕》」』】”’…·"
_BREAKABLE = re.compile(
    f"(?<=[{_HAN}{_CLOSING}])(?=[^{_CLOSING}\\s])|(?<=[^{_OPENING}\\s])(?=[{_HAN}{_OPENING}])"
)


class Paper:
    """A paper that is written from top to bottom; `content` returns it.

    The name of the site and `title` stand on top of the first page; the name and `reference` (such
    as a number) at the foot of every page.
    """

    def __init__(self, *, title: str, reference: str = "") -> None:
        self._sheet = _Sheet(title=_clean(title), reference=_clean(reference))
        self._sheet.add_page()
        self._write(site_name(), size=SMALL, color=QUIET)
        self._sheet.ln(LINE / 2)
        self._write(title, size=20, color=ACCENT, strong=True)
        if reference:
            self._write(reference, color=QUIET)
        self._sheet.ln(LINE / 2)

    def heading(self, text: str) -> None:
        """Begin a section; it starts on the next page where only its heading would fit here."""
        if self._sheet.will_page_break(5 * LINE):
            self._sheet.add_page()
        self._sheet.ln(LINE)
        self._write(text, size=13, strong=True)
        self._sheet.ln(LINE / 4)

    def text(self, text: str, *, quiet: bool = False) -> None:
        """Write a paragraph; line breaks in it stay."""
        self._write(text, color=QUIET if quiet else INK, size=SMALL if quiet else BODY)
        self._sheet.ln(LINE / 3)

    def facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Write names and values side by side."""
        rows = [(name, value) for name, value in facts]
        self._grid(rows, widths=(3, 7), names=True)

    def table(
        self,
        head: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        widths: Sequence[float] | None = None,
        numeric: Collection[int] = (),
        totals: int = 0,
    ) -> None:
        """Write a table whose head comes again on each page.

        `widths` are relative; the columns of the indices `numeric` are aligned to the right; the
        last `totals` rows are set off as sums.
        """
        self._grid(list(rows), head=head, widths=widths, numeric=numeric, totals=totals)

    def content(self) -> bytes:
        """Finish the paper and return it as the bytes of a PDF; nothing is written after that."""
        font = self._sheet.font
        font.missing_glyphs = [glyph for glyph in font.missing_glyphs if glyph != ord(_BREAK)]
        written = bytes(self._sheet.output())
        font.close()
        return written

    def _write(
        self, text: str, *, size: float = BODY, color: str = INK, strong: bool = False
    ) -> None:
        sheet = self._sheet
        sheet.set_font(FAMILY, size=size)
        sheet.set_text_color(color)
        sheet.set_draw_color(color)
        mode = TextMode.FILL_STROKE if strong else TextMode.FILL
        with sheet.local_context(text_mode=mode, line_width=size / 120):
            height = LINE * size / BODY
            sheet.multi_cell(0, height, _clean(text), align="L", new_x="LMARGIN", new_y="NEXT")

    def _grid(
        self,
        rows: Sequence[Sequence[str]],
        *,
        head: Sequence[str] = (),
        widths: Sequence[float] | None = None,
        numeric: Collection[int] = (),
        totals: int = 0,
        names: bool = False,
    ) -> None:
        if not rows:
            return
        sheet = self._sheet
        sheet.set_font(FAMILY, size=BODY if names else SMALL)
        sheet.set_text_color(INK)
        sheet.set_draw_color(HAIRLINE)
        sheet.set_line_width(0.2)
        quiet = FontFace(color=QUIET)
        with sheet.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=None if widths is None else tuple(widths),
            first_row_as_headings=bool(head),
            headings_style=FontFace(color=QUIET, fill_color=SHADE),
            line_height=LINE if names else LINE * 0.9,
            padding=PADDING,
            text_align=["RIGHT" if i in numeric else "LEFT" for i in range(len(rows[0]))],
            v_align="TOP",
        ) as table:
            if head:
                table.row([_clean(cell)[:MOST_OF_A_HEAD] for cell in head])
            for number, cells in enumerate(rows):
                is_total = number >= len(rows) - totals
                for part in self._parts(cells, widths):
                    row = table.row(style=FontFace(fill_color=SHADE) if is_total else None)
                    for column, cell in enumerate(part):
                        row.cell(cell, style=quiet if names and column == 0 else None)
        sheet.ln(LINE / 2)

    def _parts(
        self, cells: Sequence[str], widths: Sequence[float] | None
    ) -> Iterable[Sequence[str]]:
        """Yield `cells`, as several rows where they would not fit on a page."""
        shares = widths or [1] * len(cells)
        unit = self._sheet.epw / sum(shares)
        columns = [
            self._pieces(_clean(cell), unit * share - 3 * PADDING)
            for cell, share in zip(cells, shares, strict=True)
        ]
        return zip_longest(*columns, fillvalue="")

    def _pieces(self, text: str, width: float) -> list[str]:
        if len(text) < LINES_PER_ROW and "\n" not in text:
            return [text]
        lines = cast(
            "list[str]",
            self._sheet.multi_cell(width, text=text, align="L", dry_run=True, output="LINES"),
        )
        starts = range(0, len(lines), LINES_PER_ROW)
        return ["\n".join(lines[start : start + LINES_PER_ROW]) for start in starts]


class _Sheet(FPDF):
    """A4 pages with the reference and the number of the page at the foot."""

    def __init__(self, *, title: str, reference: str) -> None:
        super().__init__(format="A4", unit="mm")
        self.reference = reference
        self.set_margin(MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN + LINE)
        self.set_title(title)
        self.set_lang(get_language() or "")
        self.add_font(FAMILY, fname=pylopdf_fonts_zh_cn.sans_path())
        self.font.cw[ord(_BREAK)] = 0

    @property
    def font(self) -> TTFFont:
        font = self.fonts[FAMILY]
        if not isinstance(font, TTFFont):
            raise TypeError(font)
        return font

    def footer(self) -> None:
        self.set_y(-MARGIN + LINE / 2)
        self.set_font(FAMILY, size=SMALL)
        self.set_text_color(QUIET)
        foot = " · ".join(filter(None, (_clean(site_name()), self.reference)))
        self.cell(self.epw / 2, LINE, foot)
        page = gettext("Page %(page)s of %(pages)s") % {
            "page": self.page_no(),
            "pages": self.str_alias_nb_pages,
        }
        self.cell(self.epw / 2, LINE, page, align="R")


def _clean(text: str) -> str:
    """Return `text` without what is no text, and with the places where a line may break."""
    lines = str(text).expandtabs(4).splitlines()
    kept = ("".join(c for c in line if unicodedata.category(c)[0] != "C") for line in lines)
    return "\n".join(_BREAKABLE.sub(_BREAK, line) for line in kept)
