// A button that copies a field's text: data-copy="#field", and data-copied says so in its place for a moment.
import { $ } from "./dom.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  const field = button && $(button.dataset.copy);
  if (!field) return;
  field.select();
  // Without https there is no clipboard; the text is selected then, and the keys copy it.
  await navigator.clipboard?.writeText(field.value).catch(() => {});
  const before = [...button.childNodes];
  button.replaceChildren(button.dataset.copied);
  setTimeout(() => button.replaceChildren(...before), 2000);
});
