"""The languages of the pages, and the site that serves them."""

from urllib.parse import urlsplit

from django.conf import settings
from wagtail.models import Locale, Page, Site

PORTS = {"http": 80, "https": 443}


def ensure_locales() -> list[Locale]:
    """Return the locales of the site's languages, the default one first."""
    codes = sorted(dict(settings.LANGUAGES), key=lambda code: code != settings.LANGUAGE_CODE)
    return [Locale.objects.get_or_create(language_code=code)[0] for code in codes]


def ensure_site(home: Page) -> Site:
    """Serve `home` at `settings.SITE_URL` as the default site, and drop Wagtail's welcome page."""
    address = urlsplit(settings.SITE_URL)
    wanted = {
        "hostname": address.hostname or "localhost",
        "port": address.port or PORTS.get(address.scheme, 80),
        "site_name": settings.SITE_NAME,
        "root_page_id": home.pk,
    }
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    if any(getattr(site, field) != value for field, value in wanted.items()):
        for field, value in wanted.items():
            setattr(site, field, value)
        site.save()
    welcome = Page.objects.filter(depth=2, slug="home", content_type__model="page").first()
    if welcome is not None:
        welcome.delete()
    return site
