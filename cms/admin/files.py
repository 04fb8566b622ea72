"""Pictures and documents of the pages, as editors are offered them.

Invariant: an editor meets those that the choosers offer, which are none for moderators. Wagtail asks
for no permission where it places a picture in a text, nor in the API of its own pages.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.documents.permissions import permission_policy as documents
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.images.permissions import permission_policy as pictures
from wagtail.images.views.chooser import ImageSelectFormatView, viewset


def close() -> None:
    """Have Wagtail ask where it places a picture in a text."""
    viewset.select_format_view_class = SelectFormat


def close_api(router: WagtailAPIRouter) -> None:
    router.register_endpoint("images", Pictures)
    router.register_endpoint("documents", Documents)


class SelectFormat(ImageSelectFormatView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not _offered(pictures, request).filter(pk=kwargs["image_id"]).exists():
            raise PermissionDenied("this editor chooses no such picture")
        return super().dispatch(request, *args, **kwargs)


class Pictures(ImagesAdminAPIViewSet):
    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(pk__in=_offered(pictures, self.request))


class Documents(DocumentsAdminAPIViewSet):
    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(pk__in=_offered(documents, self.request))


def _offered(policy: Any, request: HttpRequest) -> QuerySet[Any]:
    return policy.instances_user_has_permission_for(request.user, "choose")
