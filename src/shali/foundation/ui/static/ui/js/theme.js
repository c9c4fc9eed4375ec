// Before paint: the reader's own choice, or the system's wish (which tokens.css follows by itself).
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.bsTheme = chosen;
} catch {
  // A browser that refuses storage shows the system's theme.
}
document.documentElement.classList.remove("no-js");
