"""Reads pages as a browser would: what a form would send, which errors stand where."""

from typing import Any
from xml.etree import ElementTree as ET

from bs4 import BeautifulSoup, Tag
from django.test import Client

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
"""What the browser of a person calls itself."""
_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_LINK = "{http://www.w3.org/1999/xhtml}link"


def soup(response: Any) -> Any:
    """Return the parsed page."""
    return BeautifulSoup(response.content, "html.parser")


def text_of(response: Any) -> str:
    """Return what a reader sees of a page, blanks collapsed."""
    return soup(response).get_text(" ", strip=True)


def form_data(response: Any, *, containing: str) -> dict[str, Any]:
    """Return what the form of the page that has a field `containing` would send, buttons aside."""
    field = soup(response).find(attrs={"name": containing})
    form = field.find_parent("form") if isinstance(field, Tag) else None
    assert form is not None, f"no form on the page has a field {containing!r}"
    data: dict[str, list[str]] = {}
    for control in form.find_all(["input", "select", "textarea"]):
        name = control.get("name")
        if name and not control.has_attr("disabled"):
            data.setdefault(str(name), []).extend(_values(control))
    return {name: values for name, values in data.items() if values}


def _values(control: Any) -> list[str]:
    if control.name == "textarea":
        text = control.get_text()
        return [text[1:] if text.startswith("\n") else text]
    if control.name == "select":
        chosen = control.find_all("option", selected=True)
        if not chosen and not control.has_attr("multiple"):
            chosen = control.find_all("option")[:1]
        return [str(option.get("value", "")) for option in chosen]
    kind = str(control.get("type", "text"))
    if kind in ("checkbox", "radio") and not control.has_attr("checked"):
        return []
    if kind in ("submit", "button", "image", "file", "reset"):
        return []
    return [str(control.get("value", "on" if kind == "checkbox" else ""))]


def errors_at(response: Any, name: str) -> str:
    """Return the text of the errors that stand with the field `name`, "" if there are none."""
    control = soup(response).find(attrs={"name": name})
    assert isinstance(control, Tag), f"the page has no field {name!r}"
    field = control.find_parent(class_="field")
    found = field.find(class_="errorlist") if isinstance(field, Tag) else None
    return found.get_text(" ", strip=True) if isinstance(found, Tag) else ""


def sitemap(client: Client, section: str) -> dict[str, dict[str, str]]:
    """Return the addresses of a section of the sitemap, each with its alternates by language."""
    answer = client.get(f"/sitemap-{section}.xml")
    assert answer.status_code == 200
    return {
        url.findtext(f"{_SITEMAP}loc", ""): {
            link.attrib["hreflang"]: link.attrib["href"] for link in url.iter(_LINK)
        }
        for url in ET.fromstring(answer.content)  # noqa: S314  the site's own answer
    }
