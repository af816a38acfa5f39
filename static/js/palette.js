// Ctrl-K: the server answers with <a role="option" href>; arrows, Enter, Ctrl-Enter for a new tab.
import { $, $$, isCommand } from "./dom.js";

const palette = $("#palette");
const field = palette && $("input", palette);
const options = () => $$("[role=option]", palette);

export function openPalette() {
  if (!palette || palette.open) return;
  field.value = "";
  palette.showModal();
  field.focus();
  window.htmx.trigger(field, "opened");
}

function mark(index) {
  const all = options();
  all.forEach((option, i) => {
    option.id ||= `palette-${i}`;
    option.tabIndex = -1;
    option.setAttribute("aria-selected", String(i === index));
  });
  const chosen = all[index];
  if (!chosen) return field.removeAttribute("aria-activedescendant");
  field.setAttribute("aria-activedescendant", chosen.id);
  chosen.scrollIntoView({ block: "nearest" });
}

function onKey(event) {
  const all = options();
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    mark((at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length);
  } else if (event.key === "Enter" && all[at]) {
    event.preventDefault();
    if (isCommand(event) && all[at].href) window.open(all[at].href, "_blank", "noopener");
    else all[at].click();
  }
}

if (palette) {
  palette.addEventListener("keydown", onKey);
  document.addEventListener("htmx:afterSwap", (event) => { if (event.target.id === "palette-list") mark(0); });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-open-palette]")) openPalette(); });
}
