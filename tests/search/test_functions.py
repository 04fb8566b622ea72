import pytest

from search.functions import Function, functions_of


@pytest.mark.parametrize(
    ("title", "functions"),
    [
        ("管道机器人检测装置", {Function.CONTROL, Function.MEASURE}),
        ("廢舊電池回收", {Function.RECYCLE, Function.GENERATE}),
        ("Recycling of spent batteries", {Function.RECYCLE, Function.GENERATE}),
        ("Wireless monitoring of cooling towers", {
            Function.COMMUNICATE, Function.MEASURE, Function.EXCHANGE_HEAT,
        }),
        ("一种新材料", set()),
        ("", set()),
    ],
)  # fmt: skip
def test_titles_name_functions_in_both_languages(title: str, functions: set[Function]) -> None:
    assert functions_of(title) == functions
