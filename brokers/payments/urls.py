from django.urls import path

from brokers.payments import views

app_name = "payments"

urlpatterns = [
    path("webhooks/stripe/", views.webhook, {"gateway": "stripe"}, name="stripe_webhook"),
    path("payments/<slug:kind>/<uuid:entry>/evidence/", views.evidence, name="evidence"),
]
