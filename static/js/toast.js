// Says what happened and offers to take it back. Server: HX-Trigger {"toast": {"text", "undo"}}, or a Django message.
import { $, $$, post } from "./dom.js";

const SECONDS = 8;
const AT_MOST = 3;
const box = $("#toasts");

export function toast({ text, undo = "" }) {
  if (!box || !text) return;
  const line = document.createElement("div");
  line.className = "toast";
  line.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (undo) line.dataset.undoUrl = undo;
  box.append(line);
  $$(".toast", box).slice(0, -AT_MOST).forEach((old) => old.remove());
  live(line);
}

export const failed = () => toast({ text: box?.dataset.failed });

function live(line) {
  let clock;
  const wait = () => { clock = setTimeout(() => line.remove(), SECONDS * 1000); };
  const hold = () => clearTimeout(clock);
  line.addEventListener("mouseenter", hold);
  line.addEventListener("focusin", hold);
  line.addEventListener("mouseleave", wait);
  line.addEventListener("focusout", wait);
  if (line.dataset.undoUrl) line.append(undoButton(line));
  wait();
}

function undoButton(line) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: box.dataset.undo });
  button.addEventListener("click", async () => {
    button.disabled = true;
    const answer = await post(line.dataset.undoUrl).catch(() => null);
    line.remove();
    if (answer?.ok) location.reload();
    else failed();
  });
  return button;
}

document.addEventListener("toast", (event) => toast(event.detail));
if (box) $$("[data-toast]", box).forEach(live);
