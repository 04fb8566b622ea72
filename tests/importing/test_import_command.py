import csv
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry, Revision

from marketplace.accounts.models import Membership, User
from marketplace.listings import lifecycle
from marketplace.listings.models import ResearchResult, TechnologyNeed
from tests.importing.files import write_csv, write_jsonl, write_xlsx

pytestmark = pytest.mark.django_db

ROWS = [
    {"external_id": "1", "title_zh": "石墨烯膜", "industry": "C17", "trl": "6"},
    {"external_id": "2", "title_zh": "石墨烯膜", "industry": "", "trl": ""},
]


@pytest.fixture
def file(tmp_path) -> Path:
    return write_csv(tmp_path / "results.csv", ROWS)


def stored() -> list[tuple[Any, ...]]:
    """All that an import may change: rows, revisions and the log of who did what."""
    return [
        row
        for model in (ResearchResult, Revision, ModelLogEntry)
        for row in model.objects.order_by("pk").values_list()
    ]


def test_the_rows_become_drafts_of_the_organisation(import_results, file, organisation, owner):
    ran = import_results(file)
    assert (ran.status, ran.err) == (0, "")
    assert "2 rows: 2 new, 0 changed, 0 unchanged, 0 bad" in ran.out
    assert "industry: stated in 1 of 2 rows" in ran.out
    assert "technology readiness level: stated in 1 of 2 rows" in ran.out
    first, second = ResearchResult.objects.order_by("external_id")
    assert (first.organisation, first.author, first.live) == (organisation, owner, False)
    assert (first.title_zh, first.industry_id, first.trl) == ("石墨烯膜", "C17", 6)
    assert (second.industry_id, second.trl) == (None, None)
    assert first.latest_revision.user == owner


@pytest.mark.parametrize("writer", [write_xlsx, write_jsonl])
def test_the_other_formats_say_the_same(import_results, tmp_path, writer):
    if writer is write_xlsx:
        path = write_xlsx(tmp_path / "a.xlsx", [list(ROWS[0]), *(list(r.values()) for r in ROWS)])
    else:
        path = write_jsonl(tmp_path / "a.jsonl", ROWS)
    assert import_results(path).status == 0
    assert list(
        ResearchResult.objects.order_by("external_id").values_list("title_zh", "industry", "trl")
    ) == [("石墨烯膜", "C17", 6), ("石墨烯膜", None, None)]


def test_needs_with_their_figures(import_results, tmp_path):
    row = {
        "external_id": "n",
        "title_en": "A battery",
        "budget_min": "1200.50",
        "deadline": "2099-12-31",
        "metrics": "energy: 180 Wh/kg",
    }
    path = write_csv(tmp_path / "needs.csv", [row])
    assert import_results(path, kind="needs").status == 0
    need = TechnologyNeed.objects.get()
    assert (need.title_en, need.budget_min, need.currency) == ("A battery", 120050, "CNY")
    assert [str(metric) for metric in need.metrics.all()] == ["energy: 180 Wh/kg"]


def test_a_second_run_changes_nothing(import_results, file, moderator):
    import_results(file, "--publish")
    before = stored()
    ran = import_results(file, "--publish")
    assert "0 new, 0 changed, 2 unchanged, 0 bad" in ran.out
    assert "published" not in ran.out
    assert stored() == before


def test_a_dry_run_changes_nothing_and_finds_the_faults(import_results, tmp_path, moderator):
    path = write_csv(tmp_path / "a.csv", [*ROWS, {**ROWS[0], "external_id": "3", "trl": "12"}])
    ran = import_results(path, "--dry-run", "--publish")
    assert ran.status == 1
    assert "row 4, trl: " in ran.err
    assert "3 rows: 2 new, 0 changed, 0 unchanged, 1 bad" in ran.out
    assert "nothing was changed" in ran.out
    assert not ResearchResult.objects.exists()


def test_bad_rows_are_told_by_row_field_and_reason_and_good_ones_kept(import_results, tmp_path):
    path = write_csv(
        tmp_path / "a.csv",
        [
            {"external_id": "1", "title_zh": "好", "details_zh": ""},
            {"external_id": "2", "title_zh": "", "details_zh": ""},
            {"external_id": "", "title_zh": "无号", "details_zh": ""},
            {"external_id": "4", "title_zh": "长" * 121, "details_zh": ""},
            {"external_id": "5", "title_zh": "长", "details_zh": "长" * 20_001},
            {"external_id": "6", "title_zh": "空\0字", "details_zh": ""},
            {"external_id": "1", "title_zh": "重复", "details_zh": ""},
            {"external_id": "x" * 129, "title_zh": "号", "details_zh": ""},
            {"external_id": "9", "title_zh": "也好", "details_zh": ""},
        ],
    )
    ran = import_results(path)
    assert ran.status == 1
    told = ran.err.splitlines()
    assert told[0] == "row 3: Give a title in Chinese or in English."
    assert told[1] == "row 4, external_id: The id is missing."
    assert told[2].startswith("row 5, title_zh: ")
    assert told[3] == "row 6, details_zh: The text has 20001 characters; 20000 are allowed."
    assert told[4] == "row 7, title_zh: The cell holds the character U+0000, which is no text."
    assert told[5] == "row 8, external_id: Row 2 has the same id."
    assert told[6] == "row 9, external_id: The id is longer than 128 characters."
    assert told[7] == "7 of 9 rows were left out."
    assert set(ResearchResult.objects.values_list("title_zh", flat=True)) == {"好", "也好"}


def test_a_lone_surrogate_and_a_megabyte_of_text_are_faults(import_results, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"external_id": "1", "title_zh": "\\ud800"}\n'
        '{"external_id": "2", "title_zh": "b", "details_zh": "' + "x" * 1_000_000 + '"}\n'
        '{"external_id": "3", "title_zh": "c", "unheard_of": "x"}\n'
        '{"title_zh": "d"}\n'
    )
    ran = import_results(path)
    assert ran.status == 1
    assert "row 1, title_zh: " in ran.err
    assert "row 2, details_zh: The text has 1000000 characters" in ran.err
    assert "row 3, unheard_of: This field is not known." in ran.err
    assert "row 4, external_id: This field is missing." in ran.err
    assert not ResearchResult.objects.exists()


def test_publishing_goes_through_the_lifecycle(import_results, file, moderator):
    ran = import_results(file, "--publish")
    assert "published: 2" in ran.out
    for result in ResearchResult.objects.all():
        assert result.live
        assert result.first_published_at is not None
        assert result.verified_on == timezone.localdate()
        assert result.expires_on > timezone.localdate()
        assert not result.has_unpublished_changes
        assert lifecycle.status(result) == lifecycle.Status.LIVE


def test_drafts_of_an_earlier_run_are_published_by_a_later_one(import_results, file, moderator):
    import_results(file)
    ran = import_results(file, "--publish")
    assert "2 unchanged" in ran.out
    assert "published: 2" in ran.out
    assert ResearchResult.objects.filter(live=True).count() == 2


def test_a_changed_row_is_a_new_revision_and_live_only_when_published(
    import_results, file, moderator, tmp_path
):
    import_results(file, "--publish")
    changed = [{**ROWS[0], "title_zh": "新膜", "trl": ""}, ROWS[1]]
    path = write_csv(tmp_path / "changed.csv", changed)

    ran = import_results(path)
    assert "0 new, 1 changed, 1 unchanged" in ran.out
    result = ResearchResult.objects.get(external_id="1")
    assert (result.title_zh, result.trl) == ("石墨烯膜", 6)
    draft = lifecycle.working_copy(result)
    assert (draft.title_zh, draft.trl) == ("新膜", None)

    again = write_csv(tmp_path / "again.csv", [{**changed[0], "title_zh": "更新的膜"}, ROWS[1]])
    ran = import_results(again, "--publish")
    assert "published: 1" in ran.out
    result.refresh_from_db()
    assert (result.title_zh, result.trl, result.live) == ("更新的膜", None, True)
    assert ResearchResult.objects.count() == 2


def test_an_unchanged_row_does_not_undo_what_people_edited(import_results, file, owner, tmp_path):
    import_results(file)
    result = ResearchResult.objects.get(external_id="1")
    edited = lifecycle.working_copy(result)
    edited.title_zh = "作者改的题目"
    lifecycle.save_draft(edited, author=owner)

    ran = import_results(write_csv(tmp_path / "b.csv", [ROWS[0], {**ROWS[1], "trl": "2"}]))
    assert "1 changed, 1 unchanged" in ran.out
    result.refresh_from_db()
    assert lifecycle.working_copy(result).title_zh == "作者改的题目"


def test_a_column_that_the_file_lacks_keeps_its_value(import_results, file, tmp_path):
    import_results(file)
    path = write_csv(tmp_path / "b.csv", [{"external_id": "1", "title_zh": "新"}])
    import_results(path)
    draft = lifecycle.working_copy(ResearchResult.objects.get(external_id="1"))
    assert (draft.title_zh, draft.industry_id, draft.trl) == ("新", "C17", 6)


def test_a_withdrawn_listing_is_not_published_again(
    import_results, file, owner, moderator, tmp_path
):
    import_results(file, "--publish")
    lifecycle.withdraw(ResearchResult.objects.get(external_id="1"), author=owner)
    changed = write_csv(tmp_path / "b.csv", [{**row, "trl": "9"} for row in ROWS])
    ran = import_results(changed, "--publish")
    assert "2 changed" in ran.out
    assert "published: 1" in ran.out
    assert not ResearchResult.objects.get(external_id="1").live


def test_children_and_patent_classes_are_replaced_by_those_of_the_file(
    import_results, tmp_path, moderator
):
    row = {"external_id": "1", "title_zh": "膜", "ipc": "A61", "ip_rights": "invention_patent 1"}
    import_results(write_csv(tmp_path / "a.csv", [row]), "--publish")
    result = ResearchResult.objects.get()
    assert [right.number for right in result.ip_rights.all()] == ["1"]
    assert [ipc.code for ipc in result.ipc.all()] == ["A61"]
    changed = row | {"ipc": "", "ip_rights": "utility_model 2; design"}
    import_results(write_csv(tmp_path / "a.csv", [changed]), "--publish")
    result = ResearchResult.objects.get()
    assert [right.type for right in result.ip_rights.all()] == ["utility_model", "design"]
    assert not result.ipc.exists()


def test_the_tiers_of_the_file_hold_from_the_first_moment(import_results, tmp_path, moderator):
    row = {"external_id": "1", "title_zh": "膜", "details_zh": "密", "tier_details": "nda"}
    import_results(write_csv(tmp_path / "a.csv", [row]), "--publish")
    assert ResearchResult.objects.get().tiers == {"details": 2}


def test_two_sources_may_use_the_same_ids(import_results, file):
    import_results(file)
    import_results(file, "--source", "another system")
    assert ResearchResult.objects.count() == 4


@pytest.mark.parametrize(
    ("header", "column"),
    [("title_zh", "external_id"), ("external_id,tittle", "tittle")],
)
def test_a_missing_or_unknown_column_makes_the_file_unusable(
    import_results, tmp_path, header, column
):
    path = tmp_path / "a.csv"
    path.write_text(f"{header}\na,b\n" if "," in header else f"{header}\na\n")
    ran = import_results(path)
    assert ran.status == 2
    assert f"“{column}”" in ran.err
    assert not ResearchResult.objects.exists()


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"PK\x03\x04", b"", b"\x00" * 100])
def test_an_unusable_file_is_status_2_and_no_traceback(import_results, tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    ran = import_results(path)
    assert ran.status == 2
    assert ran.err
    assert not ResearchResult.objects.exists()


def test_whoever_is_named_must_exist_and_be_allowed(import_results, run, file, moderator):
    User.objects.create_user("stranger@example.org", "secret")
    refused = [
        run(),
        run(file, "--kind", "results"),
        run(file, "--kind", "results", "--organisation", "nobody"),
        import_results(file, "--author", "nobody@example.org"),
        import_results(file, "--author", "stranger@example.org"),
        import_results(file, "--publish", "--moderator", "owner@example.org"),
        import_results(file.with_name("missing.csv")),
    ]
    assert [ran.status for ran in refused] == [2] * len(refused)
    assert all(ran.err for ran in refused)
    assert not ResearchResult.objects.exists()


def test_without_an_owner_or_a_moderator_nothing_is_guessed(import_results, file):
    assert import_results(file, "--publish").status == 2
    Membership.objects.update(role=Membership.Role.MEMBER)
    assert import_results(file).status == 2
    assert import_results(file, "--author", "owner@example.org").status == 0


def test_the_terminal_says_it_in_its_own_language(import_results, tmp_path):
    path = write_csv(tmp_path / "a.csv", [{"external_id": "1", "title_zh": "膜", "trl": "x"}])
    assert "Enter a whole number." in import_results(path, language="en_GB.UTF-8").err
    assert "输入整数。" in import_results(path, language="zh_CN.UTF-8").err
    assert "Enter a whole number." in import_results(path, language="C").err


@pytest.mark.parametrize("kind", ["results", "needs"])
def test_the_template_is_a_header_that_imports(run, import_results, tmp_path, kind):
    ran = run("--template", kind)
    (header,) = csv.reader(StringIO(ran.out.removeprefix("\N{BYTE ORDER MARK}")))
    assert ran.status == 0
    path = tmp_path / "a.csv"
    path.write_text(ran.out + ",".join(["1", "题目", *[""] * (len(header) - 2)]) + "\n")
    assert header[:2] == ["external_id", "title_zh"]
    assert import_results(path, kind=kind).status == 0


def test_a_real_process_ends_with_the_status(tmp_path):
    environment = os.environ | {"VAR_DIR": str(tmp_path), "LC_ALL": "C.UTF-8"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "manage.py", "import_listings"]
    root = Path(__file__).resolve().parents[2]
    ended = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert "Give a FILE" in ended.stderr
    assert "Traceback" not in ended.stderr
