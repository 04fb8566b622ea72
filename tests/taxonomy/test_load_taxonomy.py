import time
from collections import Counter
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import translation

from marketplace.taxonomy.loading import load_taxonomy
from marketplace.taxonomy.models import Industry, IpcClass, IpcSection, Region

pytestmark = pytest.mark.django_db

TABLES = (Industry, Region, IpcSection, IpcClass)


def run() -> str:
    out = StringIO()
    with translation.override("en"):
        call_command("load_taxonomy", stdout=out)
    return out.getvalue()


def contents() -> list[list[tuple[Any, ...]]]:
    return [list(model.objects.values_list()) for model in TABLES]


@pytest.fixture
def _loaded():
    load_taxonomy()


@pytest.mark.usefixtures("_loaded")
def test_the_industries_are_those_of_the_2017_edition():
    # GB/T 4754-2017: 20 sections, 97 divisions, 473 groups; its table of codes has 1,381 classes
    # (announced as 1,380; 1,382 after Amendment No. 1 of 2019).
    assert Counter(Industry.objects.values_list("level", flat=True)) == {
        Industry.Level.SECTION: 20,
        Industry.Level.DIVISION: 97,
        Industry.Level.GROUP: 473,
        Industry.Level.CLASS: 1381,
    }


@pytest.mark.usefixtures("_loaded")
def test_the_regions_include_hong_kong_macao_and_taiwan():
    assert Counter(Region.objects.values_list("level", flat=True)) == {
        Region.Level.PROVINCE: 34,
        Region.Level.CITY: 342,
        Region.Level.AREA: 2978,
    }
    assert set(
        Region.objects.filter(code__in=["71", "81", "82"]).values_list("name_zh", flat=True)
    ) == {
        "台湾省",
        "香港特别行政区",
        "澳门特别行政区",
    }


@pytest.mark.usefixtures("_loaded")
def test_the_patent_classes_hang_on_the_eight_sections():
    assert "".join(IpcSection.objects.values_list("code", flat=True)) == "ABCDEFGH"
    assert IpcClass.objects.count() == 132
    assert all(row.section_id == row.code[0] for row in IpcClass.objects.all())


@pytest.mark.usefixtures("_loaded")
@pytest.mark.parametrize("model", [Industry, Region])
def test_every_parent_exists_and_is_one_level_above(model):
    rows = {row.code: row for row in model.objects.all()}
    for row in rows.values():
        if row.level == 1:
            assert row.parent_id is None
        else:
            assert row.code.startswith(row.parent_id)
            assert rows[row.parent_id].level == row.level - 1


@pytest.mark.usefixtures("_loaded")
@pytest.mark.parametrize("model", TABLES)
def test_every_row_has_a_tidy_chinese_name(model):
    for name in model.objects.values_list("name_zh", flat=True):
        assert name
        assert name == "".join(name.split())


@pytest.mark.usefixtures("_loaded")
def test_english_names_reach_as_far_as_promised():
    assert not Industry.objects.filter(level__lte=2, name_en="").exists()
    assert not Region.objects.filter(level__lte=2, name_en="").exists()
    assert not IpcSection.objects.filter(name_en="").exists()
    assert not IpcClass.objects.filter(name_en="").exists()


@pytest.mark.usefixtures("_loaded")
@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("61", "Shaanxi"),
        ("14", "Shanxi"),
        ("6101", "Xi'an"),
        ("5401", "Lhasa"),
        ("1501", "Hohhot"),
        ("6501", "Ürümqi"),
        ("4111", "Luohe"),
        ("2113", "Chaoyang"),
        ("1404", "Changzhi"),
    ],
)
def test_english_place_names_are_the_usual_ones(code, name):
    assert Region.objects.get(code=code).name_en == name


def test_a_second_load_changes_nothing_and_says_so():
    first = run()
    before = contents()
    second = run()
    assert "1971 added" in first
    assert "Nothing to change." not in first
    assert "0 added, 0 corrected, 1971 unchanged" in second
    assert second.endswith("Nothing to change.\n")
    assert contents() == before


@pytest.mark.usefixtures("_loaded")
def test_a_load_mends_what_was_changed_and_leaves_the_rest():
    before = contents()
    Industry.objects.filter(code="C35").update(name_zh="错", parent_id=None)
    Region.objects.filter(code="330106").delete()
    mended = {table.model: table for table in load_taxonomy()}
    assert (mended[Industry].added, mended[Industry].corrected) == (0, 1)
    assert (mended[Region].added, mended[Region].corrected) == (1, 0)
    assert contents() == before


def test_a_load_is_quick():
    start = time.process_time()
    load_taxonomy()
    assert time.process_time() - start < 3
