"""From written copy to the fields of a page.

Copy is data: page → language (`zh`, `en`) → texts. A page of text has `title`, `introduction` and
any of `sections` (heading, paragraphs), `audiences` (heading, steps) and `questions`; one that lists
others has the first two; the home page has `title`, `headline`, `standfirst`, the buttons `primary` and
`secondary`, `examples` of a search, `ways_in`, and `sections` and `steps` for its body. Buttons name a
`Destination`.
"""

import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils.html import escape

Texts = Mapping[str, Any]
Copy = Mapping[str, Mapping[str, Texts]]
HOME = "home"
NEUTRAL: Copy = json.loads(
    (Path(__file__).parent.parent / "data" / "pages.json").read_text(encoding="utf-8")
)


def with_neutral(copy: Copy) -> dict[str, dict[str, Texts]]:
    """Return `copy` on top of the neutral copy; what it says of the home page is merged text by text."""
    pages = {**NEUTRAL, **copy}
    home = copy.get(HOME, {})
    pages[HOME] = {
        language: {**texts, **home.get(language, {})} for language, texts in NEUTRAL[HOME].items()
    }
    return {key: dict(languages) for key, languages in pages.items()}


def home_fields(texts: Texts) -> dict[str, Any]:
    """Return the values of the fields of a `HomePage`, its streams in raw form."""
    buttons = [texts[name] for name in ("primary", "secondary") if name in texts]
    return {
        "title": texts["title"],
        "headline": texts["headline"],
        "standfirst": texts["standfirst"],
        "links": [_block("link", _labelled_link(button)) for button in buttons],
        "search_examples": "\n".join(texts.get("examples", [])),
        "ways_in": [_block("way_in", _way_in(way)) for way in texts.get("ways_in", [])],
        "body": _story(texts),
    }


def index_fields(texts: Texts) -> dict[str, Any]:
    """Return the values of the fields of a page that lists others."""
    return {"title": texts["title"], "introduction": texts.get("introduction", "")}


def content_fields(texts: Texts) -> dict[str, Any]:
    """Return the values of the fields of a `ContentPage`, its body in raw form."""
    return {**index_fields(texts), "body": _story(texts)}


def _story(texts: Texts) -> list[dict[str, Any]]:
    blocks = []
    for section in texts.get("sections", []):
        html = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in section["paragraphs"])
        blocks += [_block("heading", section["heading"]), _block("text", html)]
    blocks += [_block("steps", _steps(audience)) for audience in texts.get("audiences", [])]
    if "steps" in texts:
        blocks.append(_block("steps", _steps(texts["steps"])))
    if "questions" in texts:
        blocks.append(_block("questions", {"heading": "", "questions": _questions(texts)}))
    return blocks


def _steps(copy: Texts) -> dict[str, Any]:
    steps = [_item({"title": step["title"], "text": step["text"]}) for step in copy["steps"]]
    return {"heading": copy["heading"], "steps": steps}


def _questions(texts: Texts) -> list[dict[str, Any]]:
    return [
        _item({"question": entry["question"], "answer": f"<p>{escape(entry['answer'])}</p>"})
        for entry in texts["questions"]
    ]


def _way_in(way: Texts) -> dict[str, Any]:
    links = [_item(_labelled_link(link)) for link in way["links"]]
    return {"title": way["title"], "text": way["text"], "links": links}


def _labelled_link(link: Texts) -> dict[str, Any]:
    target = {"page": None, "destination": link["target"], "address": ""}
    return {"label": link["label"], "link": target}


def _block(kind: str, value: Any) -> dict[str, Any]:
    return {"type": kind, "value": value}


def _item(value: Any) -> dict[str, Any]:
    return {**_block("item", value), "id": str(uuid.uuid4())}
