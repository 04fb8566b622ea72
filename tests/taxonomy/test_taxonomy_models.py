import pytest
from django.utils import translation

from marketplace.taxonomy.loading import load_taxonomy
from marketplace.taxonomy.models import Industry, IpcSection, Region

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _loaded():
    load_taxonomy()


def test_the_name_is_in_the_readers_language():
    textiles = Industry.objects.get(code="C17")
    with translation.override("zh-hans"):
        assert str(textiles) == textiles.name == "纺织业"
    with translation.override("en"):
        assert str(textiles) == textiles.name == "Manufacture of textiles"


def test_a_class_without_an_english_name_has_the_one_of_its_division():
    spinning = Industry.objects.get(code="C1711")
    with translation.override("zh-hans"):
        assert spinning.name == "棉纺纱加工"
    with translation.override("en"):
        assert spinning.name == "Manufacture of textiles"


def test_a_name_missing_in_english_is_given_in_chinese():
    with translation.override("en"):
        assert Region.objects.get(code="330102").name == "上城区"


def test_the_industries_sort_by_code():
    codes = list(Industry.objects.values_list("code", flat=True))
    assert codes == sorted(codes)


def test_within_is_the_node_and_all_below():
    codes = set(Industry.objects.within("C17").values_list("code", flat=True))
    assert {"C17", "C171", "C1711"} <= codes
    assert all(code.startswith("C17") for code in codes)
    assert Region.objects.within("33").count() > Region.objects.within("3301").count() > 1


def test_ancestors_and_children_agree():
    spinning = Industry.objects.get(code="C1711")
    assert spinning.ancestor_codes == ("C", "C17", "C171")
    assert spinning in Industry.objects.get(code="C171").children.all()


def test_a_region_knows_its_six_digits():
    assert Region.objects.get(code="33").official_code == "330000"
    assert Region.objects.get(code="330106").official_code == "330106"


def test_sections_know_their_classes():
    assert IpcSection.objects.get(code="F").classes.filter(code="F16").exists()
