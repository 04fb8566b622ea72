"""What every page stands on: no inline code, colours that contrast, a light and accessible whole."""

import re
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from marketplace import styleguide
from tests.browser import accessibility_violations, chromium
from tests.factories import make_user

ROOT = settings.BASE_DIR
CSS = ROOT / "static" / "css"
COMPONENTS = ROOT / "marketplace" / "templates" / "components"
LANGUAGES = ("zh-hans", "en")
# The loopback gateway is another site, of a payment provider; mail programs know no style sheets.
OWN_TEMPLATES = [
    path
    for app in ("marketplace", "search", "brokers", "cms")
    for path in (ROOT / app).rglob("*.html")
    if "loopback" not in path.parts and path.name != "mail.html"
]
INLINE = {
    "style element": re.compile(r"<style\b", re.I),
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=\s*[\"']", re.I),
    "event handler": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']", re.I),
    "javascript: address": re.compile(r"[\"']\s*javascript:", re.I),
    "inline script": re.compile(
        r"<script\b(?![^>]*\bsrc=)(?![^>]*type=[\"']application/(?:ld\+)?json)", re.I
    ),
}
TEXT_ON = {
    "ink": ("paper", "surface", "sunken", "tint", "mark"),
    "muted": ("paper", "surface", "sunken", "tint"),
    "accent": ("paper", "surface", "tint"),
    "accent-strong": ("paper", "surface", "tint"),
    "on-accent": ("accent", "accent-strong"),
    "on-deep": ("deep",),
    "on-deep-muted": ("deep",),
    "success": ("paper", "surface", "success-tint"),
    "warning": ("paper", "surface", "warning-tint"),
    "danger": ("paper", "surface", "danger-tint"),
    "surface": ("danger",),
}
SHAPE_ON = {"edge": ("paper", "surface"), "accent": ("line", "paper", "surface")}


def _render(source, **context):
    request = RequestFactory().get(context.pop("path", "/en/"))
    with translation.override("en"):
        return engines["django"].from_string(source).render(context, request)


def _parsed(html: str | bytes) -> Any:
    return BeautifulSoup(html, "html.parser")


def _soup(source, **context):
    return _parsed(_render(source, **context))


def _tokens(selector):
    """Return the colour tokens that the block at `selector` of tokens.css sets."""
    css = (CSS / "tokens.css").read_text()
    block = css[css.index(selector + " {") :].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


THEMES = {
    "light": _tokens(":root"),
    "dark": _tokens(':root[data-theme="dark"]'),
}


def _luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other):
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("path", OWN_TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_hold_no_inline_code(path):
    source = path.read_text()
    assert [name for name, pattern in INLINE.items() if pattern.search(source)] == []


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_colour_reads_on_its_grounds(theme):
    colours = THEMES[theme]
    too_weak = [
        f"{text} on {ground}"
        for pairs, least in ((TEXT_ON, 4.5), (SHAPE_ON, 3))
        for text, grounds in pairs.items()
        for ground in grounds
        if _contrast(colours[text], colours[ground]) < least
    ]
    assert too_weak == []


def test_no_control_hides_a_method_that_scripts_call_on_its_form():
    """A form's control is found under its name before the form's own method of that name."""
    names = {
        name
        for path in OWN_TEMPLATES
        for name in re.findall(
            r"<(?:input|select|textarea|button)[^>]*\sname=\"(\w+)\"", path.read_text()
        )
    }
    assert "q" in names
    assert not names & {"matches", "closest", "getAttribute", "submit", "contains", "querySelector"}


def test_the_two_dark_themes_are_one():
    assert _tokens(':root:not([data-theme="light"])') == THEMES["dark"]
    assert THEMES["dark"].keys() == THEMES["light"].keys()


def test_paper_takes_nothing_from_the_dark_theme():
    """What is dark on a screen would be pale on paper; only what is hovered needs no ink."""
    light, dark = THEMES["light"], THEMES["dark"]
    of_a_theme = {name for name in light if light[name] != dark[name]}
    on_paper = set(re.findall(r"--([\w-]+):", (CSS / "print.css").read_text()))
    assert of_a_theme - on_paper == {"accent-strong"}


def test_colours_are_named_in_the_tokens_only():
    """Two grounds are not the reader's to choose: paper, and what a camera must read."""
    for sheet in CSS.glob("*.css"):
        literals = re.findall(r"#[0-9a-f]{3,8}\b|rgb\(|hsl\(|oklch\(", sheet.read_text())
        if sheet.name not in {"tokens.css", "print.css"}:
            assert literals in ([], ["#fff"]), sheet.name


def test_every_custom_property_in_use_is_set():
    css = "".join(sheet.read_text() for sheet in CSS.glob("*.css"))
    used = set(re.findall(r"var\((--[\w-]+)\)", css))
    assert used - set(re.findall(r"(--[\w-]+):", css)) == set()


def test_what_every_page_loads_stays_light():
    linked = re.findall(r"css/\w+\.css", (COMPONENTS / "stylesheets.html").read_text())
    assert sum((ROOT / "static" / sheet).stat().st_size for sheet in linked) < 40_000
    assert sum(path.stat().st_size for path in (ROOT / "static/js").glob("*.js")) < 30_000


def test_every_icon_that_is_named_is_drawn():
    drawn = set(re.findall(r'<symbol id="(\w+)"', (ROOT / "static/img/icons.svg").read_text()))
    sources = "".join(path.read_text() for path in OWN_TEMPLATES)
    assert set(re.findall(r"{% icon [\"'](\w+)[\"'] %}", sources)) <= drawn
    assert set(styleguide.ICONS) == drawn


def test_the_style_guide_shows_every_token():
    tokens = (CSS / "tokens.css").read_text()
    drawn = (CSS / "styleguide.css").read_text()
    named = {
        "": THEMES["light"].keys(),
        "text-": re.findall(r"--(text-\w+):", tokens),
        "s": re.findall(r"--(s\d):", tokens),
    }
    shown = {"": styleguide.COLOURS, "text-": styleguide.SIZES, "s": styleguide.SPACES}
    for kind, names in named.items():
        assert set(shown[kind]) == set(names), kind
        assert not [name for name in names if f"--{name} {{" not in drawn]


def test_no_component_lies_unused():
    code = (ROOT / "marketplace").rglob("*.py")
    sources = "".join(path.read_text() for path in (*code, *OWN_TEMPLATES))
    names = {str(path.relative_to(COMPONENTS.parent)) for path in COMPONENTS.rglob("*.html")}
    assert {name for name in names if f'"{name}"' not in sources} == set()


def test_vendored_code_has_its_licence_beside_it():
    for folder in (ROOT / "static/vendor").iterdir():
        assert (folder / "LICENSE").is_file(), folder.name


@pytest.mark.parametrize("name", ["400", "403_csrf", "405", "413", "429", "500"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_plain_error_pages_need_neither_request_nor_database(name, language):
    with translation.override(language):
        page = _parsed(render_to_string(f"{name}.html"))
    assert page.html["lang"] == language
    assert page.title.get_text(strip=True).startswith(page.h1.get_text(strip=True))
    assert page.select_one("main a.button[href]"), "there is a way on"


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_page_says_so_in_the_readers_language(client, language):
    response = client.get(f"/{language}/nothing-here/")
    page = _parsed(response.content)
    assert response.status_code == 404
    assert page.html["lang"] == language
    assert page.select_one(f'.tools a[hreflang]:not([hreflang="{language}"])')


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_for_forms_leads_on(client, language):
    client.force_login(make_user())
    response = client.get(f"/{language}/inbox/read/")
    page = _parsed(response.content)
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert page.html["lang"] == language
    assert page.select_one("main a.button[href]")
    assert client.get("/webhooks/stripe/", headers={"accept": "application/json"}).content == b""


@pytest.mark.django_db
def test_the_style_guide_begins_at_its_top(client):
    """A form that came back with errors takes the focus; a sample of one does not."""
    page = client.get("/en/styleguide/").content.decode()
    assert "error-summary" in page
    assert "autofocus" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cookie", "shown"), [("dark", "dark"), ("light", "light"), ('"><script>', None), ("", None)]
)
def test_only_a_known_theme_reaches_the_page(client, cookie, shown):
    client.cookies["theme"] = cookie
    page = _parsed(client.get("/en/styleguide/").content)
    assert page.html.get("data-theme") == shown


@pytest.mark.django_db
def test_each_page_links_itself_in_the_other_language(client):
    page = _parsed(client.get("/en/styleguide/?q=%E7%94%B5").content)
    links = {link["hreflang"]: link["href"] for link in page.select(".site-footer a[hreflang]")}
    assert links == {
        "zh-hans": "/zh-hans/styleguide/?q=%E7%94%B5",
        "en": "/en/styleguide/?q=%E7%94%B5",
    }
    assert page.select_one(".site-footer [aria-current]")["hreflang"] == "en"


def test_pagination_keeps_the_other_parameters():
    page = Paginator(range(470), 20).get_page(7)
    soup = _soup("{% load components %}{% pagination page %}", page=page, path="/en/?q=a&page=7")
    assert soup.select_one('[rel="next"]')["href"] == "?q=a&page=8"
    assert soup.select_one('[aria-current="page"]').get_text() == "7"


def test_a_single_page_has_no_pagination():
    page = Paginator(range(3), 20).get_page(1)
    assert not _soup("{% load components %}{% pagination page %}", page=page).find("nav")


@pytest.mark.parametrize(
    ("path", "current"), [("/en/needs/", "page"), ("/en/needs/3/", "true"), ("/en/", None)]
)
def test_navigation_marks_where_the_reader_is(path, current):
    source = '{% load components %}{% navigation_item "/en/needs/" "Needs" %}'
    assert _soup(source, path=path).a.get("aria-current") == current


def test_the_home_page_is_current_only_on_itself():
    source = '{% load components %}{% navigation_item "/en/" "Home" %}'
    assert _soup(source, path="/en/needs/").a.get("aria-current") is None


def _wrong_form():
    return styleguide.SampleForm({"price": "1,000", "trl": "7"}, prefix="")


def test_an_error_stands_at_its_field_and_in_the_summary():
    soup = _soup("{{ form }}", form=_wrong_form())
    price = soup.find(id="id_price")
    assert price["aria-invalid"] == "true"
    error = soup.find(id=price["aria-describedby"].split()[-1])
    assert "separators" in error.get_text()
    assert "Price expectation" in soup.select_one('.error-summary a[href="#id_price"]').get_text()


def test_every_described_field_names_texts_that_exist():
    soup = _soup("{{ form }}", form=_wrong_form())
    for element in soup.select("[aria-describedby]"):
        for target in element["aria-describedby"].split():
            assert soup.find(id=target), target


def test_every_summary_link_leads_somewhere():
    form = _wrong_form()
    soup = _soup("{{ form }}", form=form)
    links = soup.select(".error-summary a")
    assert len(links) == len(form.errors) == 6
    assert all(soup.find(id=link["href"][1:]) for link in links)


def test_an_error_of_the_whole_form_has_no_link():
    form = _wrong_form()
    form.add_error(None, "The two contradict each other.")
    summary = _soup("{{ form }}", form=form).select_one(".error-summary")
    last = summary.select("li")[-1]
    assert last.get_text(strip=True) == "The two contradict each other."
    assert last.a is None


def test_a_right_form_has_no_summary():
    assert not _soup("{{ form }}", form=styleguide.SampleForm()).select(".error-summary")


def test_optional_fields_say_so_and_required_ones_do_not():
    soup = _soup("{{ form }}", form=styleguide.SampleForm())
    labels = {
        label["for"]: label.get_text(" ", strip=True) for label in soup.select("label.field__label")
    }
    assert labels["id_price"] == "Price expectation (optional)"
    assert labels["id_title"] == "Title"


def test_an_anonymous_need_names_no_organisation():
    need = next(need for need in styleguide.NEEDS if not need["organisation"])
    source = '{% include "components/listing.html" with kind="need" %}'
    assert "Anonymous organisation" in _soup(source, **need).get_text()


def test_reasons_show_unstated_facts_as_such():
    soup = _soup("{% load components %}{% reasons items %}", items=styleguide.CONTRIBUTIONS)
    row = next(row for row in soup.select("tbody tr") if "Price" in row.get_text())
    assert "Not stated" in row.get_text()
    assert soup.select_one("tfoot").get_text(" ", strip=True) == "Score 78.1 of 100"


def test_the_waterfall_is_a_table_that_reads_without_the_picture():
    soup = _soup("{% load components %}{% waterfall steps %}", steps=styleguide.WATERFALL)
    cells = {
        row.th.get_text(" ", strip=True): [
            cell.get_text(strip=True) for cell in row.select(".number")
        ]
        for row in soup.select("tbody tr")
    }
    assert cells["Tax"] == ["−600.00", "6.0 %"]
    assert cells["Net income"] == ["7,409.70", "74.1 %"]
    assert cells["Research team"] == ["5,186.79", "70.0 %"]
    assert all(svg["aria-hidden"] == "true" for svg in soup.select("svg"))


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("language", "width"), [("zh-hans", 360), ("en", 1280)])
def test_the_style_guide_is_accessible_and_fits(live_server, theme, language, width):
    complaints = []
    with chromium() as browser:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce"
        )
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        response = page.goto(f"{live_server.url}/{language}/styleguide/")
        violations = accessibility_violations(page)
        scroll = page.evaluate("document.documentElement.scrollWidth")
    assert response
    assert response.status == 200
    assert "style-src 'self'" in response.headers["content-security-policy"]
    assert violations == []
    assert complaints == []
    assert scroll == width


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.django_db(transaction=True)
def test_the_theme_switch_remembers_and_forgets(live_server):
    with chromium() as browser:
        page = browser.new_context(color_scheme="light").new_page()
        page.goto(f"{live_server.url}/en/styleguide/")
        switch = page.get_by_role("banner").get_by_role("button", name="Dark theme")
        switch.click()
        page.reload()
        remembered = page.locator("html").get_attribute("data-theme")
        pressed = switch.get_attribute("aria-pressed")
        switch.click()
        page.reload()
        forgotten = page.locator("html").get_attribute("data-theme")
    assert (remembered, pressed, forgotten) == ("dark", "true", None)


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.django_db(transaction=True)
def test_without_javascript_nothing_dead_is_shown(live_server):
    with chromium() as browser:
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(f"{live_server.url}/en/styleguide/")
        switches = page.locator("[data-theme-switch]:visible").count()
        page.get_by_text("Why this match").first.click()
        opened = page.locator("details.match__more .reasons:visible").count()
    assert switches == 0
    assert opened == 1


def test_the_sprite_and_the_mark_are_files_without_script():
    for path in Path(ROOT / "static/img").glob("*.svg"):
        assert "<script" not in path.read_text()
