// A refused form leads to its first wrong field; a sent one can't be sent twice.
import { $, $$ } from "./dom.js";

const toFirstError = (root) => $("[aria-invalid=true]", root)?.focus();

document.addEventListener("htmx:afterSwap", (event) => {
  if ([409, 422].includes(event.detail.xhr?.status)) toFirstError(event.target);
  // A form that came into a dialog takes the keys that follow.
  else if (event.target.matches("dialog *")) $("textarea, select, input:not([type=hidden], [type=radio])", event.target)?.focus();
});
toFirstError($("#main") || document);

// Where only the words beside a field are brought, the field is marked by what they say.
document.addEventListener("htmx:oobAfterSwap", ({ detail }) => {
  const words = detail.target.id && document.getElementById(detail.target.id);
  const field = words && $(`select[aria-describedby="${words.id}"]`);
  if (field) field.setAttribute("aria-invalid", String(Boolean($(".field-error", words))));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.matches("[hx-post], [hx-patch], [data-download]")) return;
  // After this turn, so that the pressed button's own value still travels.
  setTimeout(() => $$("button:not([type=button])", form).forEach((button) => { button.disabled = true; }));
});

// Coming back by the Back button brings the page as it was left.
addEventListener("pageshow", (event) => {
  if (event.persisted) $$("form button:disabled").forEach((button) => { button.disabled = false; });
});
