"""What an administrator may type behind an address of Wagtail gives a page or "bad request"."""

from typing import Any

import pytest
from django.test import Client

from tests.factories import make_result

ODD = ["abc", "9" * 30, "%00", "-1", "0", "2026-13-45", "", "%F0%28", "x" * 3000]
PATHS = [
    "choose-page/chosen-multiple/?id={}",
    "images/chooser/chosen/{}/",
    "documents/chooser/chosen/{}/",
    "snippets/choose/listings/researchresult/chosen/{}/",
    "snippets/choose/listings/technologyneed/chosen-multiple/?id={}",
    "snippets/choose/accounts/organisation/?q={}&p={}",
    "snippets/listings/researchresult/?p={}&organisation={}&region={}&live={}&ordering={}&q={}",
    "snippets/listings/researchresult/edit/{}/",
    "snippets/listings/researchresult/history/1/?user={}&timestamp_from={}&action={}",
    "snippets/accounts/membership/?role={}&organisation={}",
    "pages/?q={}&owner={}&site={}&locale={}",
    "reports/site-history/?user={}&object_type={}&action={}&timestamp_from={}",
    "workflows/edit/1/?p={}",
]


@pytest.mark.parametrize("path", PATHS)
def test_odd_addresses(administrator_client: Client, caplog: Any, path: str) -> None:
    make_result(live=True)
    for odd in ODD:
        answer = administrator_client.get("/wagtail/" + path.replace("{}", odd))
        assert answer.status_code in {200, 302, 400, 403, 404}, odd


def test_what_reads_addresses_has_no_say_in_our_own_views(
    client: Client, monkeypatch: Any, db: Any
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr("marketplace.listings.views.reading.live_for", fail)
    with pytest.raises(ValueError, match="a fault of ours"):
        client.get("/en/results/")
