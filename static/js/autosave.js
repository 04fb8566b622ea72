// Around a form that htmx saves while its author types: puts errors at their fields without moving the focus, says
// what became of the save, tries again when the site did not answer, and lets nobody leave with unsaved text.
const form = document.querySelector("form[data-autosave]");

function describe(control, id, isWrong) {
  const ids = new Set((control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  ids[isWrong ? "add" : "delete"](id);
  if (ids.size) control.setAttribute("aria-describedby", [...ids].join(" "));
  else control.removeAttribute("aria-describedby");
  if (isWrong) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
}

const controlOf = (list) => document.getElementById(list.id.replace(/_error$/, ""));

function showErrors(lists) {
  for (const old of form.querySelectorAll(".field .errorlist")) {
    const control = controlOf(old);
    if (control) describe(control, old.id, false);
    old.closest(".field").classList.remove("field--invalid");
    old.remove();
  }
  for (const list of lists) {
    const control = controlOf(list);
    const field = control?.closest(".field");
    if (!field) continue;
    const above = [...field.querySelectorAll(".field__label, .field__hint")].at(-1);
    if (above) above.after(list);
    else field.prepend(list);
    field.classList.add("field--invalid");
    describe(control, list.id, true);
  }
}

function keepSaving() {
  const spoken = document.getElementById("save-spoken");
  let isSaving = false;
  let isLeaving = false;
  let typed = 0;
  let kept = 0;
  let retry;

  const state = () => document.getElementById("save-state");
  const say = (text) => { if (spoken.textContent !== text) spoken.textContent = text; };

  form.addEventListener("input", () => { typed += 1; });
  form.addEventListener("htmx:beforeRequest", (event) => {
    if (isLeaving) event.preventDefault();
    else {
      isSaving = true;
      form.dataset.sent = String(typed);
      clearTimeout(retry);
    }
  });
  form.addEventListener("htmx:beforeSwap", (event) => {
    event.detail.shouldSwap = event.detail.serverResponse.includes('id="save-state"');
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    isSaving = false;
    const said = state().querySelector("[data-said], .notice__title");
    if (!event.detail.xhr.responseText.includes('id="save-state"')) {
      said.textContent = form.dataset.failed;
      retry = setTimeout(() => form.dispatchEvent(new Event("input")), 10000);
    } else {
      if (event.detail.successful) kept = Number(form.dataset.sent);
      showErrors(state().querySelectorAll("[data-errors] > .errorlist"));
    }
    say(said.textContent.trim());
  });

  // A press on a button waits for a save that is on its way: it would go over the version that this one makes.
  form.addEventListener("submit", (event) => {
    isLeaving = true;
    if (!isSaving) return;
    event.preventDefault();
    form.addEventListener("htmx:afterRequest", () => form.requestSubmit(event.submitter), { once: true });
  });
  addEventListener("pageshow", () => { isLeaving = false; });
  addEventListener("beforeunload", (event) => {
    if (typed > kept && !isLeaving) event.preventDefault();
  });
}

if (form) keepSaving();
