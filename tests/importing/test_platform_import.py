"""The mapping for exchanges, over the whole real data of one: every row of it must import."""

import json
from collections import Counter
from pathlib import Path

import pytest

from marketplace.listings.importing.headings import FIELD_OF_HEADING
from marketplace.listings.importing.platform import PlatformMapping, mend
from marketplace.listings.models import ResearchResult, TechnologyNeed
from marketplace.taxonomy.loading import load_taxonomy
from tests.importing.files import write_jsonl

pytestmark = pytest.mark.django_db

PLATFORM = Path(__file__).resolve().parents[3] / "shared" / "data" / "platform"
RESULT = {
    "id": "z1",
    "title": "高强Al-Zn\x02Mg合金",
    "text": "\xa0\xa0应用领域：航空。摘要 强度达到10<sup>9</sup>帕。",
    "scope": "汽车",
    "industry": "制造业——有色金属冶炼和压延加工业",
    "field": "新材料-金属材料",
    "maturity": "通过中试",
    "ip": "发明专利",
    "coop": "完全转让许可转让合作生产",
    "date": "2020-03-20",
}
NEED = {"id": "r1", "title": "", "text": "", "industry": "", "coop": "", "date": "2019-12-28"}


@pytest.fixture
def _taxonomy():
    load_taxonomy()


def read(kind, record):
    mapping = PlatformMapping(kind)
    return mapping.read({name: mapping.tidy(cell) for name, cell in record.items()})


@pytest.mark.usefixtures("_taxonomy")
def test_a_result_of_an_exchange():
    entry = read("results", RESULT)
    assert entry.external_id == "z1"
    assert entry.values == {
        "title_zh": "高强Al-Zn-Mg合金",
        "industry_id": "C32",
        "cooperation_modes": ["assignment", "licence"],
        "application_zh": "汽车\n航空。",
        "summary_zh": "强度达到10⁹帕。",
        "problem_zh": "",
        "advantage_zh": "",
        "details_zh": "",
        "keywords_zh": "金属材料、新材料",
        "trl": 6,
    }
    assert entry.related == {"ip_rights": [{"type": "invention_patent"}]}
    assert entry.unmapped == (("coop", "合作生产"),)


def test_what_cannot_be_mapped_stays_unstated_and_is_counted():
    entry = read("results", RESULT | {"industry": "魔法", "maturity": "快了", "ip": "非专利技术"})
    assert (entry.values["industry_id"], entry.values["trl"]) == (None, None)
    assert entry.related == {"ip_rights": []}
    assert set(entry.unmapped) == {
        ("industry", "魔法"),
        ("maturity", "快了"),
        ("ip", "非专利技术"),
        ("coop", "合作生产"),
    }


def test_a_row_without_a_title_takes_the_beginning_of_its_text():
    assert read("needs", NEED | {"text": "求购" * 100}).values["title_zh"] == "求购" * 30


def test_a_row_that_says_nothing_is_kept_as_a_draft(run, organisation, moderator, tmp_path):
    path = write_jsonl(tmp_path / "needs.jsonl", [NEED, NEED | {"id": "r2", "title": "电池"}])
    ran = run(path, "--kind", "needs", "--organisation", "institute", "--publish")
    assert ran.status == 0
    assert "1 row says nothing but its id" in ran.out
    assert dict(TechnologyNeed.objects.values_list("title_zh", "live")) == {
        "r1": False,
        "电池": True,
    }


TEXTS = ("summary_zh", "problem_zh", "advantage_zh", "application_zh", "details_zh")
OF_HEADINGS = set("".join(FIELD_OF_HEADING)) | set("0123456789一二三四五六七八九十：:、.．")


def bare(text):
    """The text as it is meant, without blanks."""
    return "".join(mend(text).split())


def records(name):
    with (PLATFORM / name).open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@pytest.mark.usefixtures("_taxonomy")
def test_all_real_results_import_and_a_second_run_changes_nothing(run, organisation):
    arguments = (PLATFORM / "results.jsonl", "--kind", "results", "--organisation", "institute")
    ran = run(*arguments)
    assert (ran.status, ran.err) == (0, "")
    assert "2797 rows: 2797 new, 0 changed, 0 unchanged, 0 bad" in ran.out
    assert "industry: stated in 2797 of 2797 rows" in ran.out
    assert "technology readiness level: stated in 2797 of 2797 rows" in ran.out
    assert "ways of working together: stated in 471 of 2797 rows" in ran.out

    results = ResearchResult.objects.all()
    assert results.filter(industry__level=2).count() == 2797
    assert results.filter(ip_rights__type="invention_patent").count() == 880
    assert results.filter(trl=6).count() == 3
    assert results.get(external_id="z1138").title_zh.startswith("一种高强Al-Zn-Mg-Cu")
    kept = {
        result.external_id: Counter(bare("".join(getattr(result, name) for name in TEXTS)))
        for result in results
    }
    for record in records("results.jsonl"):
        assert (Counter(bare(record["text"])) - kept[record["id"]]).keys() <= OF_HEADINGS

    ran = run(*arguments)
    assert "0 new, 0 changed, 2797 unchanged, 0 bad" in ran.out


@pytest.mark.usefixtures("_taxonomy")
def test_all_real_needs_import(run, organisation):
    ran = run(PLATFORM / "needs.jsonl", "--kind", "needs", "--organisation", "institute")
    assert (ran.status, ran.err) == (0, "")
    assert "1725 rows: 1725 new, 0 changed, 0 unchanged, 0 bad" in ran.out
    assert "industry: stated in 1724 of 1725 rows" in ran.out
    assert "ways of working together: stated in 1074 of 1725 rows" in ran.out
    texts = {
        need.external_id: need.summary_zh + need.problem_zh for need in TechnologyNeed.objects.all()
    }
    for record in records("needs.jsonl"):
        assert bare(texts[record["id"]]) == bare(record["text"])
