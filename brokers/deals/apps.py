from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "brokers.deals"
    label = "deals"
