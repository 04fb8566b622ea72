from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "brokers.payments"
    label = "payments"
