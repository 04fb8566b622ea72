import tracemalloc
from datetime import date, datetime

import pytest
from django.utils import translation

from marketplace.listings.importing.faults import ImportRefusedError
from marketplace.listings.importing.rows import LONGEST_LINE
from marketplace.listings.importing.tables import open_table
from tests.importing.files import replace_in_xlsx, write_csv, write_jsonl, write_xlsx

SHEET = "xl/worksheets/sheet1.xml"


def cells(path):
    return [row.cells for row in open_table(path).rows()]


def reasons(path):
    return [(row.number, row.reasons) for row in open_table(path).rows() if row.reasons]


def refusal(path):
    with pytest.raises(ImportRefusedError) as refused:
        open_table(path)
    return str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_each_encoding_and_with_each_delimiter(tmp_path, encoding, delimiter):
    row = {"external_id": "1", "title_zh": "石墨烯，“膜”\n第二行"}
    path = write_csv(tmp_path / "a.csv", [row], encoding=encoding, delimiter=delimiter)
    table = open_table(path)
    assert table.columns == ("external_id", "title_zh")
    assert table.size == 1
    assert [r.cells for r in table.rows()] == [row]


def test_rows_carry_the_numbers_of_a_spreadsheet_and_blank_ones_are_skipped(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('id,title\n1,"a\nb"\n,\n3,c\n')
    assert [(row.number, row.cells["id"]) for row in open_table(path).rows()] == [
        (2, "1"),
        (4, "3"),
    ]


def test_a_row_with_too_many_or_too_few_columns_is_told_apart_from_the_good_ones(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,title\n1\n2,b\n3,c,d\n4,e,,\n")
    assert [row.cells.get("id") for row in open_table(path).rows()] == [None, "2", None, "4"]
    with translation.override("en"):
        assert reasons(path) == [
            (2, (("", "The row has 1 columns, the header has 2."),)),
            (4, (("", "The row has 3 columns, the header has 2."),)),
        ]


def test_a_quotation_mark_left_open_costs_its_rows_only(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('id,title\n1,a\n2,"b"x\n3,c\n4,"d\n')
    rows = list(open_table(path).rows())
    assert [row.cells.get("id") for row in rows] == ["1", None, "3", None]
    assert "3" in rows[1].reasons[0][1]


def test_a_cell_or_line_longer_than_any_listing_is_one_bad_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"id,title\n1,{'x' * 1_000_000}\n2,b\n3,{'y' * (LONGEST_LINE + 5)}\n4,d\n")
    rows = list(open_table(path).rows())
    assert [row.cells.get("id") for row in rows] == [None, "2", None, "4"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"PK\x03\x04rest of a workbook"),
        ("a.csv", b"%PDF-1.7 a document"),
        ("a.jsonl", b"%PDF-1.7 a document"),
        ("a.xlsx", b"%PDF-1.7 a document"),
        ("a.xlsx", b"external_id,title_zh\n1,a\n"),
        ("a.xlsx", b"PK\x03\x04rest of no workbook"),
        ("a.csv", b"\xff\xfei\x00d\x00"),
        ("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(30)),
        ("a.csv", "id,标题\n1,\xff".encode("latin-1", "replace") + b"\xff\xff\xfe"),
        ("a.csv", b""),
        ("a.csv", b" \n \n"),
        ("a.csv", b"external_id,title_zh\n"),
        ("a.csv", b"external_id,,title_zh\n1,2,3\n"),
        ("a.csv", b"external_id,external_id\n1,2\n"),
        ("a.jsonl", b"\n\n"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.txt", b"external_id,title_zh\n1,a\n"),
        ("a", b"external_id,title_zh\n1,a\n"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    assert refusal(path)


def test_a_workbook_named_csv_is_refused_by_its_content(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [["id"], ["1"]]).rename(tmp_path / "b.csv")
    assert ".csv" in refusal(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    assert refusal(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    assert refusal(tmp_path / "folder.csv")


def test_a_damaged_utf8_file_is_not_read_as_gb18030(tmp_path):
    path = tmp_path / "a.csv"
    content = "external_id,title_zh\n1,石墨烯复合膜的制备方法\n".encode()
    path.write_bytes(content.replace("膜".encode(), b"\xe8\x86"))
    assert "UTF-8" in refusal(path)


def test_the_cells_of_a_workbook_are_read_as_texts(tmp_path):
    row = [
        "1",
        "石墨烯",
        5,
        1.5,
        True,
        date(2026, 5, 1),
        datetime.fromisoformat("2026-05-01T08:30"),
        None,
    ]
    path = write_xlsx(tmp_path / "a.xlsx", [[*"abcdefgh"], row, [None] * 8, [2, "x"]])
    assert cells(path) == [
        dict(
            zip(
                "abcdefgh",
                ["1", "石墨烯", "5", "1.5", "true", "2026-05-01", "2026-05-01 08:30:00", ""],
                strict=True,
            )
        ),
        dict(zip("abcdefgh", ["2", "x", *[""] * 6], strict=True)),
    ]


def test_formulas_and_errors_in_a_workbook_are_faults_of_their_cells(tmp_path):
    path = write_xlsx(
        tmp_path / "a.xlsx", [["id", "title"], ["1", "=A1"], ["2", "#REF!"], ["3", "c"]]
    )
    rows = list(open_table(path).rows())
    assert [(row.number, [column for column, _ in row.reasons]) for row in rows] == [
        (2, ["title"]),
        (3, ["title"]),
        (4, []),
    ]


def test_a_workbook_that_unpacks_to_far_too_much_is_refused_unread(tmp_path):
    path = replace_in_xlsx(
        write_xlsx(tmp_path / "bomb.xlsx", [["id"], ["1"]]), SHEET, bytes(60_000_000)
    )
    assert path.stat().st_size < 200_000
    tracemalloc.start()
    message = refusal(path)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "60 MB" in message
    assert peak < 5_000_000


@pytest.mark.parametrize(
    "sheet",
    [
        b"<worksheet><sheetData><row><c><v>1</v></c>",
        b"not XML at all",
        b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>',
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>'
        b'<row r="99999999"><c r="A99999999"><v>1</v></c></row></sheetData></worksheet>',
    ],
)
def test_a_damaged_sheet_is_refused(tmp_path, sheet):
    path = write_xlsx(tmp_path / "a.xlsx", [["id"], ["1"]])
    assert refusal(replace_in_xlsx(path, SHEET, sheet))


def test_a_workbook_without_its_parts_is_refused(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [["id"], ["1"]])
    path.write_bytes(path.read_bytes()[:-200])
    assert refusal(path)


@pytest.mark.parametrize("dimension", ["A1", "A1:XFD1048576"])
def test_a_workbook_that_lies_about_its_size_is_read_by_its_rows(tmp_path, dimension):
    path = write_xlsx(tmp_path / "a.xlsx", [["id"], ["1"]])
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<dimension ref="' + dimension.encode() + b'"/><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>'
        b'<row r="2"><c r="A2"><v>7</v></c></row></sheetData></worksheet>'
    )
    table = open_table(replace_in_xlsx(path, SHEET, sheet))
    assert (table.size, [row.cells for row in table.rows()]) == (1, [{"id": "7"}])


def test_json_values_are_read_as_texts(tmp_path):
    path = write_jsonl(
        tmp_path / "a.jsonl", [{"a": "x", "b": 5, "c": None, "d": True, "e": ["y", 2]}]
    )
    assert cells(path) == [{"a": "x", "b": "5", "c": "", "d": "true", "e": "y; 2"}]


def test_each_broken_json_line_is_one_bad_row(tmp_path):
    path = tmp_path / "a.jsonl"
    lines = [
        '{"id": "1"}',
        "{",
        "[1]",
        "7",
        '{"id": {"a": 1}}',
        "[" * 100_000,
        "1" * 10_000,
        '{"id": "' + "x" * LONGEST_LINE + '"}',
        '{"id": "2"}',
    ]
    path.write_text("\n".join(lines))
    rows = list(open_table(path).rows())
    assert [row.number for row in rows if not row.reasons] == [1, 9]
    assert [row.number for row in rows if row.reasons] == [2, 3, 4, 5, 6, 7, 8]


def test_a_hundred_thousand_rows_are_read_in_little_memory(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("external_id,title_zh,details_zh\n")
        for number in range(100_000):
            file.write(f"{number},成果{number},{'石墨烯复合膜' * 40}\n")
    tracemalloc.start()
    table = open_table(path)
    read = sum(1 for row in table.rows() if not row.reasons)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert table.size == read == 100_000
    assert peak < 20_000_000
