"""People without a mouse: every stop is reached by Tab alone, and shows that it has the focus."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page

from tests.journeys.people import Person

MOST_STOPS = 250
MOST_CHOICES = 40
FOCUSED = "element => document.activeElement === element"
ITS_GROUP_FOCUSED = "element => document.activeElement.name === element.name"
SEEN = """element => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" || style.boxShadow !== "none";
}"""


class Typist(Person):
    """Does with keys alone what a person does with the pages of the site."""

    def use(self, link_or_button: Locator) -> None:
        reach(self.page, link_or_button)
        enter(self.page)

    def unfold(self, summary: Locator) -> None:
        reach(self.page, summary)
        self.page.keyboard.press("Enter")

    def check(self, box: Locator) -> None:
        """Tick a box by Space; choose one of several by the arrows, which Tab reaches as a whole."""
        if box.is_checked():
            return
        if box.get_attribute("type") == "checkbox":
            reach(self.page, box)
            self.page.keyboard.press("Space")
        else:
            reach(self.page, box, ITS_GROUP_FOCUSED)
            self._turn("ArrowDown", box.is_checked)
        assert box.is_checked()

    def select(self, field: Locator, value: str) -> None:
        reach(self.page, field)
        self.page.keyboard.press("Home")
        self._turn("ArrowDown", lambda: field.input_value() == value)

    def type(self, field: Locator, text: str) -> None:
        reach(self.page, field)
        if field.get_attribute("type") == "date":
            year, month, day = text.split("-")
            self.page.keyboard.type(month + day + year)
        else:
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text)
        assert field.input_value() == text

    def _turn(self, key: str, is_done: Callable[[], bool]) -> None:
        for _turn in range(MOST_CHOICES):
            if is_done():
                return
            self.page.keyboard.press(key)
        raise AssertionError(self.text())


def reach(page: Page, wanted: Locator, focused: str = FOCUSED) -> None:
    """Press Tab until `wanted` has the focus; the focus is to be seen there.

    It is looked for anew at each stop: a draft that saves itself meanwhile draws its steps again.
    """
    for _stop in range(MOST_STOPS):
        if wanted.evaluate(focused):
            break
        page.keyboard.press("Tab")
    else:
        raise AssertionError(f"{wanted} is not reached by Tab")
    assert page.evaluate(f"({SEEN})(document.activeElement)"), f"{wanted} does not show its focus"


def enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")
