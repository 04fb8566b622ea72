"""Views that end mail for whoever holds an address from it, without signing in (RFC 8058).

Opening the address changes nothing, since mail scanners open it too; the button on the page and the
mail program's own button send a POST, which needs no cookie and so no CSRF token.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

View = Callable[[HttpRequest, str], HttpResponse]


def one_click(view: View) -> View:
    """Return `view`, which gets a signed token, as mail programs and people call it."""
    return csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(view))
