// Makes a search box with data-suggestions a combobox (WAI-ARIA): htmx fills its list while the reader types;
// arrows move, Enter takes, Escape closes. Without this script it stays a plain search box.
const options = (list) => [...list.querySelectorAll("[role=option]")];

function take(input, option) {
  if (option.dataset.url) {
    location.assign(option.dataset.url);
    return;
  }
  input.value = option.dataset.term;
  input.form.requestSubmit();
}

function enhance(input) {
  const list = document.getElementById(input.dataset.suggestions);
  let current = -1;

  const mark = (index) => {
    const all = options(list);
    current = index;
    for (const [at, option] of all.entries()) option.setAttribute("aria-selected", String(at === index));
    all[index]?.scrollIntoView({ block: "nearest" });
    if (index < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", all[index].id);
  };

  const show = (isOpen) => {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    mark(-1);
  };

  const move = (step) => {
    const places = options(list).length + 1;
    mark(((current + 1 + step + places) % places) - 1);
  };

  const keys = {
    ArrowDown: () => (list.hidden ? show(options(list).length > 0) : move(1)),
    ArrowUp: () => move(-1),
    Escape: () => show(false),
    Enter: () => take(input, options(list)[current]),
  };

  Object.assign(input, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false" });
  input.setAttribute("aria-controls", list.id);
  input.autocomplete = "off";

  list.addEventListener("htmx:afterSwap", () => {
    for (const [at, option] of options(list).entries()) option.id = `${list.id}-${at}`;
    show(options(list).length > 0 && document.activeElement === input);
  });
  input.addEventListener("keydown", (event) => {
    const isUnused = event.isComposing || !(event.key in keys) || (list.hidden && event.key !== "ArrowDown");
    if (isUnused || (event.key === "Enter" && current < 0)) return;
    event.preventDefault();
    keys[event.key]();
  });
  input.addEventListener("blur", () => show(false));
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(input, option);
  });
}

for (const input of document.querySelectorAll("input[data-suggestions]")) enhance(input);
