import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from search import backends
from search.backends.base import Hit
from search.evaluation import agreement, judged, measures, runs

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def write(folder: Path, queries: str, docs: str, qrels: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "queries.jsonl").write_text(queries)
    (folder / "docs.jsonl").write_text(docs)
    (folder / "qrels.tsv").write_text(qrels)
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write(
        tmp_path / "set",
        '{"id": "q1", "title": "锂电池回收", "text": ""}\n{"id": "q2", "text": "风机"}\n'
        '{"id": "q3", "title": "nothing relevant"}\n',
        '{"id": "d1", "title": "电池回收", "text": ""}\n{"id": "d2", "text": "风机叶片"}\n'
        '{"id": "d3", "text": "Lithium battery recycling"}\n',
        "q1\td1\t3\nq1\td3\t2\nq2\td2\t2\nq3\td1\t1\nq3\td2\t0\n",
    )


def test_measures_follow_their_definitions() -> None:
    gains = {"a": 3, "b": 2, "c": 1}
    perfect = measures.of_ranking(["a", "b", "c"], gains, relevant_from=2)
    assert perfect == {"ndcg@10": 1, "recall@50": 1, "mrr@10": 1}
    found = measures.of_ranking(["x", "c", "b"], gains, relevant_from=2)
    assert found["mrr@10"] == pytest.approx(1 / 3)
    assert found["recall@50"] == 0.5
    assert found["ndcg@10"] == pytest.approx(
        (1 / 1.58496 + 2 / 2) / (3 + 2 / 1.58496 + 1 / 2), 1e-4
    )
    late = [f"x{n}" for n in range(10)] + ["a"]
    assert measures.of_ranking(late, gains, relevant_from=2)["mrr@10"] == 0


def test_graded_gains_from_zero_to_three_are_relevant_from_two(small: Path) -> None:
    found = judged.read(small)
    assert found.relevant_from == 2
    assert found.answerable() == ["q1", "q2"]
    assert judged.read(small, relevant_from=1).answerable() == ["q1", "q2", "q3"]


def test_other_gains_are_relevant_from_one() -> None:
    assert judged.read(DATA / "cranfield").relevant_from == 1
    assert judged.read(DATA / "bdci2019").relevant_from == 2
    assert len(judged.read(DATA / "bdci2019").answerable()) == 115


@pytest.mark.parametrize(
    "bad",
    [
        {"qrels": "q1 d1 1\n"},
        {"qrels": "q1\td1\tx\n"},
        {"docs": "{broken\n"},
        {"docs": '{"title": "no id"}\n'},
        {"queries": "[]\n"},
    ],
)
def test_a_broken_set_says_where(tmp_path: Path, bad: dict[str, str]) -> None:
    good = {"queries": '{"id": "q1"}\n', "docs": '{"id": "d1"}\n', "qrels": "q1\td1\t1\n"}
    folder = write(tmp_path / "bad", **{**good, **bad})
    with pytest.raises(judged.BadSetError, match="line 1"):
        judged.read(folder)


def test_the_command_prints_json(small: Path, each_engine: str) -> None:
    out = io.StringIO()
    call_command("search_evaluate", str(small), "--json", "--backend", each_engine, stdout=out)
    printed = json.loads(out.getvalue())
    assert printed["queries"] == 2
    assert set(printed["runs"]) == {"engine", "bm25_words", "bm25_pairs"}
    assert printed["runs"]["engine"] == {"ndcg@10": 1.0, "recall@50": 1.0, "mrr@10": 1.0}
    assert printed["runs"]["bm25_pairs"]["recall@50"] == 0.75, "cannot find the English document"


def test_the_command_prints_a_table(small: Path) -> None:
    out = io.StringIO()
    call_command("search_evaluate", str(small), stdout=out)
    assert "2 queries" in out.getvalue()
    assert "bm25_words" in out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nowhere"], "qrels.tsv"),
        ([str(DATA / "cranfield"), "--backend", "no-such-engine"], "invalid choice"),
        ([str(DATA / "cranfield"), "--backend", "elasticsearch"], "ELASTICSEARCH_URL is not set"),
    ],
)
def test_the_command_refuses_what_it_cannot_read(arguments: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("search_evaluate", *arguments)


@pytest.mark.usefixtures("elasticsearch")
@pytest.mark.parametrize("name", ["bdci2019", "cranfield"])
def test_both_engines_agree(name: str) -> None:
    found = agreement.measure(judged.read(DATA / name), (backends.EMBEDDED, backends.SERVER))
    assert found["ndcg@10 tantivy"] == pytest.approx(found["ndcg@10 elasticsearch"], abs=0.005)
    assert found["overlap@10"] >= 0.9
    assert found["largest difference"] < 0.002


def test_agreement_tells_engines_apart() -> None:
    hits = [Hit("a", 0.5), Hit("b", 0.4)]
    assert agreement.overlap(hits, hits) == 1
    assert agreement.overlap(hits, [Hit("c", 0.5), Hit("b", 0.4)]) == 0.5
    assert agreement.overlap(hits, []) == 0
    assert agreement.overlap([], []) == 1
    assert agreement.difference(hits, [Hit("b", 0.1), Hit("c", 0.9)]) == pytest.approx(0.3)


@pytest.mark.usefixtures("elasticsearch")
def test_the_agreement_command_prints_a_line_for_each_set(small: Path) -> None:
    out = io.StringIO()
    call_command("search_agreement", str(small), str(small), stdout=out)
    assert out.getvalue().count("set: ndcg@10 tantivy 1.0000") == 2
    assert "overlap@10 1.0000" in out.getvalue()


def test_the_engine_beats_keyword_search_on_public_sets() -> None:
    """The quick ones of the judged sets; docs/matching.md has all of them."""
    floors = {"cranfield": (0.54, 0.03), "ipc-zh-en": (0.83, 0.75), "ipc-en-zh": (0.84, 0.75)}
    for name, (floor, ahead) in floors.items():
        found = runs.evaluate(judged.read(DATA / name), backends.EMBEDDED)
        engine = found.pop("engine")["ndcg@10"]
        assert engine >= floor, name
        assert engine >= max(run["ndcg@10"] for run in found.values()) + ahead, name
