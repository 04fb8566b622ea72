from django.apps import AppConfig


class SettlementConfig(AppConfig):
    name = "brokers.settlement"
    label = "settlement"
