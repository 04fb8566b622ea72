from django.urls import path

from brokers.profiles import views

app_name = "profiles"
urlpatterns = [
    path("brokers/", views.brokers, name="brokers"),
    path("brokers/me/", views.own_profile, name="own"),
    path("brokers/<int:pk>/", views.broker, name="broker"),
    path("brokers/<int:pk>/brokerage/", views.brokerage, name="brokerage"),
    path("brokers/<int:pk>/certificate/", views.certificate, name="certificate"),
]
