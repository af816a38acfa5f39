// A form whose rows the server lays out anew: what was typed since it was asked isn't lost with the old rows.
// [data-keeps-typed] is the form, [data-row] a row by its name, [data-was] the name it had when it was sent.
import { $, $$ } from "./dom.js";

const FIELDS = "input:not([type=hidden], [type=submit]), select, textarea";
const nameOf = (field) => field.name || field.id.replace(/^id_/, "");
const isTick = (field) => field.matches("[type=checkbox], [type=radio]");
const stateOf = (field) => (isTick(field) ? field.checked : field.value);

let sent = new Map();
let typed = [];
let reader = null;
let asking = null;

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const form = detail.target?.closest?.("[data-keeps-typed]");
  // What brings no fields, such as the preview, takes none away.
  if (form && $(FIELDS, detail.target)) sent = new Map($$(FIELDS, form).map((field) => [field, stateOf(field)]));
});

// By its row and what it is called there, since rows are numbered by their place.
function kept(field) {
  const row = field.closest("[data-row]")?.dataset.row ?? "";
  const rest = nameOf(field).slice(row.length);
  return { row, rest, state: stateOf(field), choice: isTick(field) ? field.value : null };
}

document.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
  if (!detail.shouldSwap || !target.closest?.("[data-keeps-typed]")) return;
  const fields = $$(FIELDS, target);
  typed = fields.filter((field) => sent.has(field) && sent.get(field) !== stateOf(field)).map(kept);
  const focused = fields.find((field) => field === document.activeElement);
  reader = focused ? { ...kept(focused), from: focused.selectionStart, to: focused.selectionEnd } : null;
});

// A row around what was swapped is the one that it was.
function found({ row, rest, choice }, target) {
  const root = row ? $$("[data-was]", target).find((each) => each.dataset.was === row) ?? target.closest(`[data-row="${row}"]`) : document;
  const name = root && `${row ? root.dataset.row : ""}${rest}`;
  const fields = root ? $$(FIELDS, root).filter((field) => nameOf(field) === name) : [];
  return choice === null ? fields[0] : fields.find((field) => field.value === choice);
}

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const target = detail.target?.id && document.getElementById(detail.target.id);
  if (!target?.closest("[data-keeps-typed]")) return;
  const again = [];
  for (const one of typed) {
    const field = found(one, target);
    if (!field) continue;
    if (isTick(field)) field.checked = one.state;
    else field.value = one.state;
    if (field.matches("[hx-post]")) again.push(field);
    if (field.matches("[role=combobox]")) field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  typed = [];
  follow(target);
  if (again.length) asking = { field: again[0], at: target.id };
});

// The server laid out what was said before: as soon as htmx listens there again, it is asked anew.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (!asking || detail.target?.id !== asking.at) return;
  const { field } = asking;
  asking = null;
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

function follow(target) {
  const field = reader && found(reader, target);
  if (field && reader.from !== null && reader.from !== undefined) {
    field.focus();
    field.setSelectionRange(reader.from, reader.to);
  } else field?.focus();
  reader = null;
}
