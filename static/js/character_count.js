// Says how many characters are left in a field with a maxlength and data-count, politely and not at each key.
for (const field of document.querySelectorAll("[data-count][maxlength]")) {
  const counter = document.createElement("p");
  const spoken = document.createElement("p");
  counter.className = "character-count";
  counter.ariaHidden = "true";
  spoken.className = "visually-hidden";
  spoken.role = "status";
  field.after(counter, spoken);

  const text = () => field.dataset.count.replace("{}", String(field.maxLength - field.value.length));
  const show = () => { counter.textContent = text(); };
  let timer;
  field.addEventListener("input", () => {
    show();
    clearTimeout(timer);
    timer = setTimeout(() => { spoken.textContent = text(); }, 1000);
  });
  show();
}
