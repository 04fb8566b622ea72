// The reader's choice of light or dark, kept in a cookie so that the server sets it before the first paint.
// Choosing what the system already shows forgets the choice: the page follows the system again.
const root = document.documentElement;
const systemDark = matchMedia("(prefers-color-scheme: dark)");

const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : systemDark.matches);

function remember(theme) {
  const age = theme ? 31536000 : 0;
  document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax`;
}

for (const button of document.querySelectorAll("[data-theme-switch]")) {
  const show = () => button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    const isSystem = (theme === "dark") === systemDark.matches;
    if (isSystem) delete root.dataset.theme;
    else root.dataset.theme = theme;
    remember(isSystem ? "" : theme);
    show();
  });
  systemDark.addEventListener("change", show);
  show();
  button.hidden = false;
}
