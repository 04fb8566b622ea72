import pytest

from search.dictionary import Dictionary, build, cedict, glosses_of
from search.query import Statistics
from search.translation import Translator

NOTHING = Statistics(0)


@pytest.mark.parametrize(
    ("definition", "glosses"),
    [
        ("to recycle", ["recycl"]),
        ("(electronics) a heat exchanger", ["heat exchang"]),
        ("battery, accumulator", ["batteri", "accumul"]),
        ("to separate or purify", ["separ", "purifi"]),
        ("CL:個|个[ge4]", []),
        ("variant of 電池|电池[dian4 chi2]", []),
        ("surname Li", []),
        ("a very long explanation of what the word means", []),
        ("", []),
        ("café", []),
    ],
)
def test_glosses_are_senses_without_remarks(definition: str, glosses: list[str]) -> None:
    assert list(glosses_of(definition)) == glosses


def test_a_dictionary_reads_both_ways(small_dictionary: Dictionary) -> None:
    assert [r.text for r in small_dictionary.to_english("蓄电池")] == ["accumul", "batteri"]
    assert set(small_dictionary.to_chinese("batteri")) == {(0, "电池"), (1, "蓄电池")}
    assert small_dictionary.to_english("无") == []


def test_chinese_is_cut_by_longest_match_from_both_ends(small_dictionary: Dictionary) -> None:
    translator = Translator(small_dictionary)
    assert translator.words("锂电池回收，LED 灯", "zh") == ["锂电池", "回收", "led"]


def test_english_is_cut_by_longest_match_and_keeps_unknown_names(
    small_dictionary: Dictionary,
) -> None:
    translator = Translator(small_dictionary)
    assert translator.words("the heat exchangers of PLC-7", "en") == ["heat exchang", "plc", "7"]


def test_a_word_with_many_translations_counts_more_but_not_many_times_more() -> None:
    translator = Translator(build([("一", ["only"]), ("二", ["one", "two", "three", "four"])]))
    one = sum(translator.terms("一", "zh", NOTHING).values())
    four = sum(translator.terms("二", "zh", NOTHING).values())
    assert one < four < 2.5 * one


def test_english_prefers_the_chinese_word_that_documents_use(small_dictionary: Dictionary) -> None:
    seen = Statistics(100, {"电池": 60, "蓄电": 0})
    weights = Translator(small_dictionary).terms("batteri", "en", seen)
    assert weights["电池"] > weights["蓄电"] > 0


def test_own_terms_come_before_the_dictionary(small_dictionary: Dictionary) -> None:
    own = build([("电池", ["energi cell"])])
    weights = Translator(small_dictionary, own).terms("电池", "zh", NOTHING)
    assert weights["cell"] > weights["batteri"] > 0


def test_a_name_stands_for_itself(small_dictionary: Dictionary) -> None:
    assert Translator(small_dictionary).terms("plc", "zh", NOTHING) == {"plc": 1.0}


def test_cedict_knows_technical_words() -> None:
    assert "batteri" in [r.text for r in cedict().to_english("电池")]
    assert "电池" in [r.text for r in cedict().to_chinese("batteri")]
    assert len(cedict().chinese) > 100_000


def test_neighbours_are_looked_for_where_their_translations_meet(
    small_dictionary: Dictionary,
) -> None:
    translator = Translator(small_dictionary)
    [cut] = translator.cut("锂电池的回收", "zh")
    assert list(cut.neighbours()) == [("锂电池", "回收")]
    assert "batteri_recycl" in translator.joints(("锂电池", "回收"), "zh", NOTHING)
    [cut] = translator.cut("recycling of batteries", "en")
    assert list(cut.neighbours()) == [("recycl", "batteri")]
    assert "收电" in translator.joints(("recycl", "batteri"), "en", NOTHING)


def test_names_without_translation_meet_nothing(small_dictionary: Dictionary) -> None:
    assert Translator(small_dictionary).joints(("plc", "batteri"), "en", NOTHING) == {}
