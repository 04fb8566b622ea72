"""Every URL of the site. Public pages carry the language as prefix; machines' end points do not."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from marketplace.styleguide import StyleguideView

urlpatterns = [
    path("wagtail/", include(wagtailadmin_urls)),
]

urlpatterns += i18n_patterns(
    path("accounts/", include("allauth.urls")),
    path("styleguide/", StyleguideView.as_view(), name="styleguide"),
    path("", include(wagtail_urls)),
)
