from django.urls import path

from marketplace.notifications import stop_views, views

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read/", views.read_all, name="read_all"),
    path("preferences/", views.choose_mail, name="preferences"),
    path("stop/<str:token>/", stop_views.stop, name="stop"),
    path("<int:pk>/", views.open_notification, name="open"),
    path("<int:pk>/read/", views.read, name="read"),
]
