from django.apps import AppConfig


class SettlementConfig(AppConfig):
    name = "brokers.settlement"
    label = "settlement"

    def ready(self) -> None:
        from brokers.settlement import checks, permissions  # noqa: F401, PLC0415
