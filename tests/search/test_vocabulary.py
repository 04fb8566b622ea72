from search import vocabulary
from search.shaping import Text
from search.vocabulary import Vocabulary


def test_words_of_two_listings_are_kept_with_their_number() -> None:
    texts = [
        [Text("锂电池回收", "用于储能"), Text("Recycling of spent cells", "Batteries")],
        [Text("鋰電池回收", "储能电站")],
        [Text("Recycling", "spent, 12 and 2.5 kWh")],
    ]
    fitted = vocabulary.fit(texts)
    assert dict(fitted.words) == {
        "锂电池": 2, "回收": 2, "锂电池回收": 2, "储能": 2, "recycling": 2, "spent": 2,
    }  # fmt: skip
    assert fitted.sounds["锂电池"] == "li dian chi"


def test_one_listing_alone_gives_no_word_however_often_it_says_it() -> None:
    assert not vocabulary.fit([[Text("暗号 暗号", "暗号"), Text("codeword codeword")]]).words


def test_neighbours_make_a_phrase_in_titles_only_and_not_across_a_comma() -> None:
    twice = [[Text("Heat pumps, solar cells", "waste heat")]] * 2
    words = vocabulary.fit(twice).words
    assert {"heat pumps", "solar cells"} <= words.keys()
    assert not {"pumps solar", "waste heat"} & words.keys()


def test_completions_come_by_frequency() -> None:
    known = Vocabulary({"电池": 3, "电池组": 5, "电机": 9, "传感器": 1}, {"电池": "dian chi"})
    assert known.completions("电池", 5) == ["电池组", "电池"]
    assert known.completions("电", 2) == ["电机", "电池组"]
    assert known.completions("x", 5) == []
    assert known.spelled("dianc", 5) == ["电池"]
    assert known.sounding("dian chi") == "电池"
    assert known.written_in_pinyin("dian") == ""


def test_a_crowd_of_words_seen_once_is_forgotten(monkeypatch: object) -> None:
    many = [[Text(" ".join(f"word{n}x{k}" for k in range(50)))] for n in range(10)]
    crowded, vocabulary.CROWDED = vocabulary.CROWDED, 100
    try:
        assert dict(vocabulary.fit([*many, [Text("last")], [Text("last")]]).words) == {"last": 2}
    finally:
        vocabulary.CROWDED = crowded


def test_what_was_saved_comes_back() -> None:
    assert vocabulary.current().words == {}
    vocabulary.save(Vocabulary({"电池": 2}, {"电池": "dian chi"}))
    assert vocabulary.current().words == {"电池": 2}
    assert vocabulary.current().sounding("dian chi") == "电池"
