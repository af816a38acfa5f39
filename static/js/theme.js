// Light or dark at once, kept on the server so that the next page comes without a flash.
import { post } from "./dom.js";

const root = document.documentElement;
const isDark = () =>
  root.dataset.theme === "dark" || (root.dataset.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-toggle]");
  if (!button) return;
  const theme = isDark() ? "light" : "dark";
  root.dataset.theme = theme;
  if (button.dataset.themeToggle) post(button.dataset.themeToggle, { theme, density: root.dataset.density || "default" }).catch(() => null);
});
