from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "cms"
    label = "cms"

    def ready(self) -> None:
        from cms import receivers  # noqa: PLC0415  the models must be loaded

        receivers.connect()
