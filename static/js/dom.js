// The few words that every module here uses.
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

export const isTyping = (target) =>
  target instanceof Element && target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

export const isCommand = (event) => event.ctrlKey || event.metaKey;

// The same header that htmx sends: it stands on <body>.
export const post = (url, values = {}) =>
  fetch(url, {
    method: "POST",
    headers: { ...JSON.parse(document.body.getAttribute("hx-headers") || "{}"), "HX-Request": "true" },
    body: new URLSearchParams(values),
  });
