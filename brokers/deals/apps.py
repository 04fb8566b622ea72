from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "brokers.deals"
    label = "deals"

    def ready(self) -> None:
        from brokers.deals.reading import cases  # noqa: PLC0415  the models must be loaded
        from marketplace.listings.cases import Teller, tell_by  # noqa: PLC0415

        tell_by(Teller(cases.offered, cases.unnamed, cases.facts))
