"""The living page that shows every component, /styleguide/.

Its texts and figures are samples; it reads no database.
"""

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from marketplace.amounts import AmountField
from marketplace.figures import Contribution, Day, Step
from marketplace.money import Money

RESULTS = [
    {
        "lang": "zh-Hans",
        "title": "面向动力电池包的低温自加热控制方法",
        "summary": "在 −30 °C 环境下 90 秒内将电芯加热到 0 °C 以上，能耗低于电池容量的 3%，"
        "无需外部热源；已在 12 m 纯电动客车上完成两个冬季的实车验证。",
        "organisation": "样例大学（示例单位）",
        "region": "湖北 · 武汉",
        "industry": "电池制造",
        "trl": 7,
        "modes": ["许可", "合作开发"],
        "url": "#listing",
    },
    {
        "lang": "en",
        "title": "Recovery of lithium from low-grade brine with a titanium ion sieve",
        "summary": "Recovers 92 % of the lithium from brine with a magnesium to lithium ratio above "
        "40 and lowers the fresh water used per tonne by two thirds, shown in a pilot of "
        "20 m³ a day over seven months.",
        "organisation": "Sample Institute of Salt Lakes",
        "region": "Qinghai",
        "industry": "Basic chemicals",
        "trl": 5,
        "modes": ["Assignment", "Licence"],
        "url": "#listing",
    },
]
NEEDS = [
    {
        "lang": "zh-Hans",
        "title": "北方冬季物流车电池低温启动与快速升温",
        "summary": "要求 −25 °C 冷启动，升温时间不超过 2 分钟，整车增重不超过 8 kg，"
        "单车改造成本不高于 4,000 元。",
        "organisation": "",
        "region": "黑龙江",
        "industry": "汽车制造业",
        "url": "#listing",
    },
    {
        "lang": "en",
        "title": "Lithium from the by-product brine of a potash plant",
        "summary": "We discharge 3,000 m³ of brine a day with 180 mg/l lithium and look for a "
        "process that pays below CNY 60,000 per tonne of carbonate.",
        "organisation": "Sample Potash Group",
        "region": "Qinghai",
        "industry": "Mining",
        "url": "#listing",
    },
]
CONTRIBUTIONS = [
    Contribution(
        label=_("Text"), points=54.32, maximum=70, detail="低温 · 电池 · 加热 · cold start"
    ),
    Contribution(label=_("Industry"), points=9.0, maximum=10, detail="C3841 ↔ C3612"),
    Contribution(label=_("Maturity"), points=8.0, maximum=8, detail="TRL 7 ≥ 6"),
    Contribution(label=_("Price against budget"), points=2.5, maximum=5, is_stated=False),
    Contribution(label=_("Region"), points=1.24, maximum=4, detail="湖北 ↔ 黑龙江"),
    Contribution(label=_("Cooperation mode"), points=3.0, maximum=3),
]


def _cny(amount: int) -> Money:
    return Money(amount, "CNY")


# Worked example A of the design: 10,000.00 received, 7,409.70 net, split 70/20/10.
WATERFALL = [
    Step(label=_("Received"), amount=_cny(1_000_000), kind="total", note="2026-03-12"),
    Step(label=_("Payment fee"), amount=_cny(29_030), kind="deduction"),
    Step(label=_("Tax"), amount=_cny(60_000), kind="deduction"),
    Step(label=_("Patent costs"), amount=_cny(120_000), kind="deduction", url="#waterfall"),
    Step(label=_("Appraisal"), amount=_cny(30_000), kind="deduction"),
    Step(label=_("Platform fee"), amount=_cny(20_000), kind="deduction"),
    Step(label=_("Net income"), amount=_cny(740_970), kind="subtotal"),
    Step(label=_("Research team"), amount=_cny(518_679), kind="share", url="#waterfall"),
    Step(label="张 · Zhang", amount=_cny(259_339), kind="part"),
    Step(label="李 · Li", amount=_cny(155_604), kind="part"),
    Step(label="王 · Wang", amount=_cny(103_736), kind="part"),
    Step(label=_("Institution"), amount=_cny(148_194), kind="share"),
    Step(label=_("Broker"), amount=_cny(74_097), kind="share"),
]
STAGES = [
    {"label": _("Introduced"), "state": "done", "date": date(2026, 1, 8)},
    {"label": _("Confidentiality"), "state": "done", "date": date(2026, 1, 21)},
    {"label": _("Evaluating"), "state": "done", "date": date(2026, 2, 17)},
    {"label": _("Negotiating"), "state": "current", "note": _("waiting for two signatures")},
    {"label": _("Agreed"), "state": "to_come"},
    {"label": _("Performing"), "state": "to_come"},
    {"label": _("Completed"), "state": "to_come"},
]
STOPPED = [*STAGES[:3], {"label": _("Declined"), "state": "stopped", "date": date(2026, 3, 2)}]
STEPS = [
    {"name": "what", "title": _("What it is"), "is_filled": True},
    {"name": "proof", "title": _("How good and how mature"), "is_current": True, "missing": [1, 2]},
    {"name": "terms", "title": _("Cooperation and price"), "is_wrong": True},
    {"name": "files", "title": _("Files")},
]
DAYS = [Day(date(2026, 3, 1 + n), n * n % 13) for n in range(30)]
FILES = [
    {"name": "技术说明书.pdf", "size": 1_482_331, "tier": 0, "url": "#files"},
    {"name": "pilot-report-2025.xlsx", "size": 88_120, "tier": 1, "url": "#files"},
    {
        "name": "中试数据与工艺参数.zip",
        "size": 48_102_772,
        "tier": 2,
        "note": _("sign the agreement to open it"),
    },
    {"name": "cost-model.xlsx", "size": 21_004, "tier": 3, "url": "#files"},
]
EVENTS = [
    {
        "at": datetime(2026, 2, 17, 9, 30, tzinfo=UTC),
        "text": _("Moved to negotiating"),
        "actor": "陈 · Chen",
    },
    {
        "at": datetime(2026, 1, 21, 6, 5, tzinfo=UTC),
        "text": _("Both parties signed the NDA"),
        "actor": "",
    },
    {
        "at": datetime(2026, 1, 8, 2, 0, tzinfo=UTC),
        "text": _("Introduction made"),
        "actor": "陈 · Chen",
    },
]
TILES = [
    {"label": _("Research results"), "value": "2,797", "url": "#tiles"},
    {"label": _("Open needs"), "value": "1,725", "url": "#tiles"},
    {"label": _("Signed this year"), "value": "CNY 48.2", "unit": _("million"), "url": "#tiles"},
    {"label": _("Median days to a signature"), "value": "74"},
]
TABS = [
    {"title": _("Overview"), "url": "#tabs", "is_current": True},
    {"title": _("Papers"), "url": "#files", "count": 4},
    {"title": _("Money"), "url": "#waterfall", "waiting": 2},
    {"title": _("History"), "url": "#timeline"},
]
PAYMENTS = [
    {
        "label": "里程碑一：样机交付",
        "date": date(2026, 3, 12),
        "amount": _cny(1_000_000),
        "state": "success",
    },
    {
        "label": "Milestone 2: acceptance test",
        "date": date(2026, 6, 30),
        "amount": _cny(25_000_000),
        "state": "",
    },
    {"label": _("Refund"), "date": date(2026, 7, 4), "amount": _cny(-333_333), "state": "warning"},
]
COLOURS = [
    "paper", "surface", "sunken", "ink", "muted", "line", "edge", "accent", "accent-strong",
    "on-accent", "tint", "tint-line", "deep", "on-deep", "on-deep-muted", "success", "success-tint",
    "warning", "warning-tint", "danger", "danger-tint", "mark",
]  # fmt: skip
SIZES = ["text-4xl", "text-3xl", "text-2xl", "text-xl", "text-l", "text-m", "text-s", "text-xs"]
SPACES = ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"]
ICONS = [
    "result", "need", "search", "theme", "user", "inbox", "check", "cross", "info", "warning",
    "file", "lock", "download", "arrow", "down", "feed", "filter", "language",
]  # fmt: skip


class SampleForm(forms.Form):
    """Every kind of field, sent to nowhere."""

    title = forms.CharField(
        label=_("Title"),
        help_text=_("What it is and what for, in one line."),
        widget=forms.TextInput(attrs={"class": "wide"}),
    )
    problem = forms.CharField(
        label=_("Problem solved"),
        max_length=500,
        required=False,
        help_text=_("In the words of those who have the problem. Give figures."),
        widget=forms.Textarea(attrs={"rows": 4, "data-count": _("{} characters left")}),
    )
    trl = forms.ChoiceField(
        label=_("Technology readiness level"), choices=[(n, f"TRL {n}") for n in range(1, 10)]
    )
    price = AmountField(label=_("Price expectation"), required=False)
    named = forms.ChoiceField(
        label=_("Who may see your organisation"),
        widget=forms.RadioSelect,
        choices=[("named", _("Everyone")), ("anonymous", _("Nobody: show the need as anonymous"))],
    )
    modes = forms.MultipleChoiceField(
        label=_("Cooperation"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose all that you would accept."),
        choices=[("licence", _("licence")), ("assignment", _("assignment of rights"))],
    )
    until = forms.DateField(label=_("Open until"), widget=forms.DateInput(attrs={"type": "date"}))
    file = forms.FileField(label=_("File"), required=False, help_text=_("PDF, at most 20 MB."))
    confirm = forms.BooleanField(
        label=_("I may publish this"),
        help_text=_("Your organisation stays responsible for the content."),
    )


class FilterForm(forms.Form):
    """Sample of a filter panel."""

    industry = forms.ChoiceField(
        label=_("Industry"),
        required=False,
        choices=[("", _("All")), ("C38", "C38 电气机械和器材制造业")],
    )
    trl = forms.ChoiceField(
        label=_("Lowest TRL"), required=False, choices=[("", _("Any")), ("6", "TRL 6")]
    )
    modes = forms.MultipleChoiceField(
        label=_("Cooperation"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("licence", _("licence")), ("equity", _("technology as equity"))],
    )


class StyleguideView(TemplateView):
    """Shows the components with sample values."""

    template_name = "styleguide.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wrong = SampleForm(
            {
                "wrong-trl": "7",
                "wrong-price": "1,000",
                "wrong-named": "named",
            },
            prefix="wrong",
        )
        return super().get_context_data(
            results=RESULTS,
            needs=NEEDS,
            pairs=list(zip(RESULTS, NEEDS, strict=True)),
            contributions=CONTRIBUTIONS,
            waterfall_steps=WATERFALL,
            stages=STAGES,
            stopped=STOPPED,
            steps=STEPS,
            days=DAYS,
            files=FILES,
            events=EVENTS,
            tiles=TILES,
            tabs=TABS,
            payments=PAYMENTS,
            colours=COLOURS,
            sizes=SIZES,
            spaces=SPACES,
            icons=ICONS,
            form=SampleForm(prefix="fresh"),
            wrong=wrong,
            filter_form=FilterForm(prefix="filter"),
            applied=[
                {"label": "TRL ≥ 6", "remove_url": "#filters"},
                {"label": "C38", "remove_url": "#filters"},
            ],
            listed_page=Paginator(range(470), 20).get_page(7),
            trail=[
                (_("Home"), "#breadcrumb"),
                (_("Research results"), "#breadcrumb"),
                (RESULTS[0]["title"], ""),
            ],
            facts=[
                (_("Organisation"), RESULTS[0]["organisation"]),
                (_("Patent"), "ZL 2023 1 0123456.7"),
                (_("Price expectation"), None),
            ],
            payments_total=_cny(25_666_667),
            examples=[("低温电池", "#hero"), ("lithium brine", "#hero")],
            sections=SECTIONS,
            **kwargs,
        )


SECTIONS = [
    ("colours", _("Colours")),
    ("type", _("Typography")),
    ("spacing", _("Spacing")),
    ("buttons", _("Buttons")),
    ("tags", _("Tags")),
    ("notices", _("Notices")),
    ("pairing", _("Featured pairing")),
    ("listing", _("Listing")),
    ("match", _("Match and reasons")),
    ("tiles", _("Statistics")),
    ("empty", _("Empty state")),
    ("stages", _("Stages of a deal")),
    ("stepper", _("Stepper")),
    ("waterfall", _("Waterfall")),
    ("columns", _("Columns")),
    ("table", _("Table")),
    ("facts", _("Facts")),
    ("files", _("Files")),
    ("timeline", _("Timeline")),
    ("tabs", _("Tabs")),
    ("breadcrumb", _("Breadcrumb")),
    ("filters-sample", _("Filters")),
    ("pagination", _("Pagination")),
    ("form", _("Form")),
]
