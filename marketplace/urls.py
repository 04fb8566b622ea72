"""Every URL of the site. Public pages carry the language as prefix; machines' end points do not."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_safe
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

import cms.views
from cms.feeds import NewsFeed
from marketplace.dashboard import dashboard
from marketplace.styleguide import StyleguideView

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("brokers.payments.urls")),
    path("", include("cms.urls")),
    path("wagtail/", include(wagtailadmin_urls)),
]

urlpatterns += i18n_patterns(
    path("accounts/", include("allauth.urls")),
    path("desk/", dashboard, name="dashboard"),
    path("inbox/", include("marketplace.notifications.urls")),
    path("", include("marketplace.accounts.urls")),
    path("", include("marketplace.listings.urls")),
    path("", include("search.urls")),
    path("", include("brokers.profiles.urls")),
    path("", include("brokers.deals.urls")),
    path("styleguide/", StyleguideView.as_view(), name="styleguide"),
    path("featured/", cms.views.featured, name="featured"),
    path("pairings/<int:pk>/<listing_kind:kind>/", cms.views.follow, name="pairing"),
    path("news.atom", require_safe(NewsFeed()), name="news_feed"),
    path("_util/login/", cms.views.sign_in),
    path("", include(wagtail_urls)),
)
