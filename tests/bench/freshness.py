"""How long it takes until a published edit, and then a withdrawal, shows in search."""

import time

import requests

from tests.serving import Site

WORD = "zyxqvut"
RESULT = "/en/results/"
_AS_AUTHOR = """
import time
from marketplace.accounts.models import User
from marketplace.listings import lifecycle
from marketplace.listings.models import ResearchResult
listing = ResearchResult.objects.filter(live=True).earliest("pk")
{act}
print(time.time())
"""
_PUBLISH = f"""
listing = lifecycle.working_copy(listing)
listing.title_en = "Edited {WORD}"
lifecycle.save_draft(listing, author=listing.author)
lifecycle.publish(listing, moderator=User.objects.get(email="moderator@example.org"))
"""
_WITHDRAW = "lifecycle.withdraw(listing, author=listing.author)"


def measure(site: Site) -> None:
    """Print the seconds from the commit until the search page follows, the worker running."""
    for name, act, is_found in (("edit", _PUBLISH, True), ("withdrawal", _WITHDRAW, False)):
        committed = float(site.manage("shell", "--verbosity=0", "-c", _AS_AUTHOR.format(act=act)))
        while (RESULT in _hits(site)) is not is_found:
            time.sleep(0.05)
        print(f"{name:<24}{time.time() - committed:>10.2f} s")


def _hits(site: Site) -> str:
    page = requests.get(f"{site.url}/en/search/?q={WORD}", timeout=60).text
    return page.partition("<main")[2]
