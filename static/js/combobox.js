// <c-combobox>: asks the server for what matches, so that no page carries all of a workspace's names.
import { $, $$ } from "./dom.js";

const DELAY = 120;
const timers = new WeakMap();
const parts = (box) => ({ field: $("[role=combobox]", box), list: $("[role=listbox]", box), hidden: $("input[type=hidden]", box) });
const options = (box) => $$("[role=option]", box);

async function ask(box) {
  const { field, list } = parts(box);
  const asked = field.value.trim();
  const url = new URL(box.dataset.combobox, location.href);
  url.searchParams.set("q", asked);
  const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || field.value.trim() !== asked || document.activeElement !== field) return;
  list.innerHTML = await answer.text();
  options(box).forEach((option, i) => { option.id = `${list.id}-${i}`; });
  show(box, true);
  mark(box, 0);
}

function show(box, on) {
  const { field, list } = parts(box);
  list.hidden = !on;
  field.setAttribute("aria-expanded", String(on));
  if (!on) field.removeAttribute("aria-activedescendant");
}

function mark(box, index) {
  const { field } = parts(box);
  options(box).forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
  const chosen = options(box)[index];
  if (!chosen) return;
  field.setAttribute("aria-activedescendant", chosen.id);
  chosen.scrollIntoView({ block: "nearest" });
}

function choose(box, option) {
  const { field, hidden } = parts(box);
  field.value = option.dataset.text || option.textContent.trim();
  field.dataset.chosen = field.value;
  show(box, false);
  setValue(hidden, option.dataset.value);
}

function setValue(hidden, value) {
  if (hidden.value === value) return;
  hidden.value = value;
  hidden.dispatchEvent(new Event("change", { bubbles: true }));
}

function leave(box) {
  const { field, hidden } = parts(box);
  show(box, false);
  if (!field.value.trim()) { field.dataset.chosen = ""; setValue(hidden, ""); }
  else field.value = field.dataset.chosen ?? field.defaultValue;
}

const boxOf = (event) => event.target.closest?.("[data-combobox]");

document.addEventListener("input", (event) => {
  const box = boxOf(event);
  if (!box || !event.target.matches("[role=combobox]")) return;
  clearTimeout(timers.get(box));
  timers.set(box, setTimeout(() => ask(box), DELAY));
});

document.addEventListener("keydown", (event) => {
  const box = boxOf(event);
  if (!box) return;
  const isOpen = !parts(box).list.hidden;
  const at = options(box).findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!isOpen) return ask(box);
    const count = options(box).length;
    mark(box, (at + (event.key === "ArrowDown" ? 1 : -1) + count) % count);
  } else if (event.key === "Enter" && isOpen && at >= 0) {
    event.preventDefault();
    choose(box, options(box)[at]);
  } else if (event.key === "Escape" && isOpen) {
    event.preventDefault();
    event.stopPropagation();
    leave(box);
  }
});

document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest("[data-combobox] [role=option]");
  if (!option) return;
  event.preventDefault();
  choose(option.closest("[data-combobox]"), option);
});

document.addEventListener("focusout", (event) => { const box = boxOf(event); if (box) leave(box); });
