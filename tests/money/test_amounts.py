"""Amounts in forms, model columns and templates: messages at the field, exact values, locale."""

import pytest
from django import forms
from django.db import models
from django.template import Context, Template
from django.utils import translation

from marketplace.amounts import (
    CURRENCY_NAMES,
    AmountField,
    CurrencyField,
    MoneyField,
    PartsField,
    PercentField,
    money_property,
)
from marketplace.money import CURRENCIES, Money

REFUSED = [
    "-1", "-0", "1e2", "1_000", "١٢٣", "９９", "NaN", "Infinity", "5.005", str(2**63), str(10**13),
    "1,000", "", "0", "\x00", "<b>1</b>", "1" * 1_000_000,
]  # fmt: skip


class MilestoneForm(forms.Form):
    price = AmountField(currency="CNY")


class OfferForm(forms.Form):
    price = MoneyField()
    deposit = MoneyField(required=False, allow_zero=True)


@pytest.mark.parametrize("text", REFUSED)
def test_a_wrong_amount_is_an_error_at_its_field(text):
    form = MilestoneForm({"price": text})
    assert not form.is_valid()
    assert list(form.errors) == ["price"]
    assert len(form.errors["price"]) == 1
    assert "%(" not in form.errors["price"][0]


def test_the_message_names_the_currency_and_its_decimals():
    for currency, message in (
        ("CNY", "An amount in CNY has at most 2 decimals."),
        ("JPY", "An amount in JPY has no decimals."),
        ("KWD", "An amount in KWD has at most 3 decimals."),
    ):
        form = MilestoneForm({"price": "5.0055"})
        form.fields["price"].currency = currency
        with translation.override("en"):
            assert form.errors["price"] == [message]


def test_a_right_amount_cleans_to_money():
    form = MilestoneForm({"price": " 7409.70 "})
    assert form.is_valid()
    assert form.cleaned_data == {"price": Money(740_970, "CNY")}


def test_an_initial_amount_is_shown_as_it_would_be_typed():
    form = MilestoneForm({"price": "10.50"}, initial={"price": Money(1050, "CNY")})
    assert 'value="10.50"' in str(MilestoneForm(initial={"price": Money(1050, "CNY")}))
    assert not form.has_changed()


@pytest.mark.parametrize("text", REFUSED)
def test_a_wrong_amount_beside_a_currency_keeps_what_was_typed(text):
    form = OfferForm({"price": text, "price_currency": "USD"})
    assert list(form.errors) == ["price"]
    assert '<option value="USD" selected>' in str(form)


@pytest.mark.parametrize("currency", ["zzz", "usd ", "UGX", "", None])
def test_an_unknown_currency_is_an_error_at_the_field(currency):
    data = {"price": "5"} | ({} if currency is None else {"price_currency": currency})
    assert list(OfferForm(data).errors) == ["price"]


def test_amount_and_currency_clean_to_money():
    form = OfferForm(
        {"price": "5.5", "price_currency": "USD", "deposit": "0", "deposit_currency": "JPY"}
    )
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"price": Money(550, "USD"), "deposit": Money(0, "JPY")}
    assert OfferForm({"price": "5", "price_currency": "EUR"}).is_valid()


def test_percentages_and_parts_are_as_strict():
    assert PercentField().clean("12.5") == 1250
    assert PercentField().prepare_value(1250) == "12.5"
    assert PercentField().prepare_value(10_000) == "100"
    assert PartsField().clean("50") == 50
    for field in (PercentField(), PartsField()):
        for text in ("-1", "1e1", "１", "100.005", "1000001", ""):
            with pytest.raises(forms.ValidationError):
                field.clean(text)


def test_a_model_reads_and_writes_two_columns_as_one_amount():
    class Milestone(models.Model):
        amount_minor = models.BigIntegerField(null=True)
        currency = CurrencyField()
        amount = money_property("amount_minor")

        class Meta:
            app_label = "settlement"
            managed = False

        def __str__(self) -> str:
            return str(self.amount)

    row = Milestone(amount=Money(1234, "EUR"))
    assert (row.amount_minor, row.currency) == (1234, "EUR")
    row.amount_minor = 5
    assert row.amount == Money(5, "EUR")
    row.amount = None
    assert (row.amount, row.amount_minor, row.currency) == (None, None, "EUR")


def test_the_currency_column_keeps_its_choices_out_of_migrations():
    _, path, arguments, keywords = CurrencyField(null=True).deconstruct()
    assert (path, arguments, keywords) == ("marketplace.amounts.CurrencyField", [], {"null": True})


def test_every_currency_has_a_name():
    assert list(CURRENCY_NAMES) == list(CURRENCIES)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_templates_show_how_many_there_are_grouped(language):
    shown = Template("{% load money %}{{ few|counted }} {{ many|counted }}")
    with translation.override(language):
        assert shown.render(Context({"few": 0, "many": 1_234_567})) == "0 1,234,567"


@pytest.mark.parametrize(("language", "share"), [("en", "12.5 %"), ("zh-hans", "12.5%")])
def test_templates_show_amounts_grouped_with_their_currency(language, share):
    template = Template(
        "{% load money %}{{ a|amount }}|{{ b|amount_text }}|{{ c|amount }}|{{ p|percent }}"
    )
    context = Context(
        {"a": Money(-1_234_567_89, "CNY"), "b": Money(1_000_001, "JPY"), "c": None, "p": 1250}
    )
    with translation.override(language):
        shown = template.render(context)
    assert shown == (
        '<data class="amount" value="-1234567.89">−1,234,567.89 '
        f'<span class="amount-currency">CNY</span></data>|1,000,001 JPY||{share}'
    )


@pytest.mark.parametrize(
    ("field", "initial", "shown"),
    [
        (PartsField(), 1, "1"),
        (PercentField(), 1250, "12.5"),
        (AmountField(), Money(1050, "CNY"), "10.50"),
        (PartsField(required=False), None, ""),
    ],
)
def test_what_comes_back_as_it_was_shown_has_not_changed(field, initial, shown):
    assert not field.has_changed(initial, shown)
    assert field.has_changed(initial, "7")
