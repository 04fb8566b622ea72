from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    label = "search"
    verbose_name = _("search and matching")

    def ready(self) -> None:
        from search import receivers  # noqa: PLC0415  the models must be loaded

        receivers.connect()

    def preload(self) -> None:
        """Load the tables that every process of the web asks, before its first reader comes."""
        from search import demand, dictionary, sounds, vocabulary  # noqa: PLC0415  as above

        for load in (dictionary.cedict, demand.current, vocabulary.current, sounds.preload):
            load()
