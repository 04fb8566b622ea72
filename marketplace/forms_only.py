"""A page for who comes by link to an address that takes only forms, as after signing in for one."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

Answer = Callable[[HttpRequest], HttpResponse]


def forms_only(get_response: Answer) -> Answer:
    """Fill the empty answer "method not allowed" to a reader's GET, which browsers show as a fault."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 405 and request.method == "GET" and request.accepts("text/html"):
            response.content = render_to_string("405.html", {"request": request}).encode()
        return response

    return answer
