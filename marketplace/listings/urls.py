"""The addresses of listings; included below the language prefix."""

from django.urls import path, register_converter
from django.views.decorators.http import require_safe

from marketplace.listings.kinds import KindConverter
from marketplace.listings.views import (
    actions,
    editing,
    experts,
    files,
    mine,
    organisations,
    previews,
    readers,
    reading,
)
from marketplace.listings.views.feeds import ListingFeed

app_name = "listings"
register_converter(KindConverter, "listing_kind")

OWN = "listings/<listing_kind:kind>/<int:pk>"
urlpatterns = [
    path("results/", reading.index, {"kind": "result"}, name="results"),
    path("results/feed/", require_safe(ListingFeed("result")), name="result_feed"),
    path("results/<int:pk>-<str:slug>/", reading.detail, {"kind": "result"}, name="result"),
    path("results/<int:pk>/", reading.detail, {"kind": "result"}),
    path("needs/", reading.index, {"kind": "need"}, name="needs"),
    path("needs/feed/", require_safe(ListingFeed("need")), name="need_feed"),
    path("needs/<int:pk>-<str:slug>/", reading.detail, {"kind": "need"}, name="need"),
    path("needs/<int:pk>/", reading.detail, {"kind": "need"}),
    path("organisations/", organisations.index, name="organisations"),
    path("organisations/<slug:slug>/", organisations.detail, name="organisation"),
    path("experts/", experts.index, name="experts"),
    path("experts/me/", experts.own, name="own_expert"),
    path("experts/me/<slug:name>/", experts.act, name="expert_action"),
    path("experts/<int:pk>/", experts.detail, name="expert"),
    path("listings/<listing_kind:kind>/<int:pk>/code.svg", reading.code, name="code"),
    path("listings/<listing_kind:kind>/<int:pk>/opened.svg", readers.opened, name="opened"),
    path("listings/mine/", mine.mine, name="mine"),
    path("listings/<listing_kind:kind>/new/", editing.create, name="create"),
    path(f"{OWN}/edit/", editing.edit, name="edit"),
    path(f"{OWN}/preview/", previews.preview, name="preview"),
    path(f"{OWN}/readers/", readers.readers, name="readers"),
    path(f"{OWN}/submit/", actions.submit, name="submit"),
    path(f"{OWN}/recall/", actions.recall, name="recall"),
    path(f"{OWN}/withdraw/", actions.withdraw, name="withdraw"),
    path(f"{OWN}/confirm/", actions.confirm, name="confirm"),
    path(f"{OWN}/discard/", actions.discard, name="discard"),
    path(f"{OWN}/files/<uuid:file>/", files.attachment, name="attachment"),
]
