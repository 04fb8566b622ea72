"""Django with one view and nothing else, which answers the bytes of the file `ANSWER`."""

import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import re_path

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[], SECRET_KEY="bare")
BODY = Path(os.environ["ANSWER"]).read_bytes()


def view(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(BODY, headers={"Content-Encoding": "gzip"})


urlpatterns = [re_path("", view)]
application = get_wsgi_application()
