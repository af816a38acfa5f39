// Native dialogs: data-open="id" opens, data-close closes, so does HX-Trigger: close-dialog.
import { $$ } from "./dom.js";

const isDirty = (dialog) =>
  $$("textarea, input:not([type=hidden], [type=search], [type=checkbox], [type=radio])", dialog).some((field) => field.value !== field.defaultValue);

export function open(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) return open(opener.dataset.open);
  const dialog = event.target.closest("dialog");
  if (!dialog) return;
  const onBackdrop = event.target === dialog && dialog.matches("[data-dialog], .palette");
  if (event.target.closest("[data-close]") || (onBackdrop && !isDirty(dialog))) dialog.close();
});

// The first Escape with unsaved text is kept from closing; a second one in a row means it.
let warned = null;
document.addEventListener("cancel", (event) => {
  const dialog = event.target;
  if (!dialog.matches?.("[data-dialog]") || !isDirty(dialog) || warned === dialog) { warned = null; return; }
  event.preventDefault();
  warned = dialog;
}, true);

document.addEventListener("close-dialog", () => $$("dialog[open]").forEach((dialog) => dialog.close()));
