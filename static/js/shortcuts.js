// Keys of the whole page. Single letters never fire while typing and can be switched off in the preferences.
import { $, $$, isCommand, isTyping } from "./dom.js";
import { open } from "./dialog.js";
import { openPalette } from "./palette.js";

const WAIT = 900;
const singles = !document.documentElement.hasAttribute("data-no-single-keys");
let goUntil = 0;

function use(control) {
  control.focus();
  if (control.matches("input, textarea, select")) control.select?.();
  else control.click();
}

function go(key) {
  const link = $$("[data-go]").find((entry) => entry.dataset.go === key);
  if (link) location.assign(link.href);
}

document.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase();
  if (isCommand(event) && key === "k") { event.preventDefault(); return openPalette(); }
  if (isCommand(event) && key === "enter") {
    const form = event.target.closest?.("form");
    if (form) { event.preventDefault(); form.requestSubmit(); }
    return;
  }
  if (!singles || isTyping(event.target) || isCommand(event) || event.altKey || $("dialog[open]")) return;
  if (Date.now() < goUntil) { goUntil = 0; event.stopImmediatePropagation(); return go(key); }
  if (key === "g") { goUntil = Date.now() + WAIT; return; }
  if (event.key === "?") { event.preventDefault(); return open("shortcuts"); }
  const control = $$("[data-hotkey]").find((candidate) => candidate.dataset.hotkey === key && candidate.checkVisibility());
  if (control) { event.preventDefault(); use(control); }
});
