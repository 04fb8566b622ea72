"""The form of what is mailed: one choice for each topic about which the reader has one."""

from typing import Any

from django import forms

from marketplace.notifications import preferences
from marketplace.notifications.topics import DESCRIPTIONS, FREQUENCIES, Topic, chosen_by


class MailForm(forms.Form):
    def __init__(self, data: Any = None, *, reader: Any) -> None:
        super().__init__(data, initial=preferences.of(reader))
        for topic in chosen_by(reader):
            self.fields[topic] = forms.ChoiceField(
                label=topic.label,
                help_text=DESCRIPTIONS[topic],
                choices=[(one.value, one.label) for one in FREQUENCIES[topic]],
            )

    @property
    def mail(self) -> dict[Topic, str]:
        """How often the reader wants mail about each topic, once the form is valid."""
        return {Topic(name): frequency for name, frequency in self.cleaned_data.items()}
