"""The addresses of searching, matches and watches; included below the language prefix."""

from django.urls import path

from search import views
from search.alerts import stop_views
from search.alerts import views as alerts
from search.decisions import views as decisions

app_name = "search"
urlpatterns = [
    path("search/", views.results, name="results"),
    path("search/suggest/", views.suggest, name="suggest"),
    path("search/like/<listing_kind:kind>/<int:pk>/", views.similar, name="similar"),
    path("search/save/", alerts.save, name="save"),
    path("matches/", decisions.mine, name="decisions"),
    path("matches/<int:need>-<int:result>/", decisions.decide, name="decide"),
    path("matches/<int:pk>/take-back/", decisions.take_back, name="take_back"),
    path("watches/", alerts.mine, name="watches"),
    path("watches/<int:pk>/", alerts.change, name="watch"),
    path("watches/<int:pk>/delete/", alerts.forget, name="forget"),
    path("watches/<listing_kind:kind>/<int:pk>/", alerts.watch_listing, name="watch_listing"),
    path("watches/stop/<str:token>/", stop_views.stop, name="stop"),
    path("alerts/<int:pk>/", alerts.alert, name="alert"),
]
