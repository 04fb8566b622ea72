"""What machines ask for, and what stands in front of Wagtail's own addresses."""

from django.contrib.sitemaps import views as sitemap_views
from django.urls import include, path, re_path
from django.views.decorators.http import require_safe
from wagtail.documents import urls as documents_urls

from cms import views
from cms.sitemaps import SITEMAPS

urlpatterns = [
    path("robots.txt", views.robots, name="robots"),
    path(
        "sitemap.xml",
        require_safe(sitemap_views.index),
        {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap_section"},
        name="sitemap",
    ),
    path(
        "sitemap-<section>.xml",
        require_safe(sitemap_views.sitemap),
        {"sitemaps": SITEMAPS},
        name="sitemap_section",
    ),
    path("documents/", include(documents_urls)),
    re_path(r"^media/(?P<folder>images|avatar_images)/(?P<path>.+)$", views.picture),
    path("wagtail/login/", views.sign_in),
]
