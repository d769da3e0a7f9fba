"use strict";
// Sorting of tables that ask for it. Without this file every table is complete, in the order that the site chose.

const sortKey = (row, index) => row.cells[index]?.dataset.sort ?? row.cells[index]?.textContent.trim() ?? "";

const compareKeys = (a, b) => {
  const x = Number(a), y = Number(b);
  return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b, "en", { numeric: true }) : x - y;
};

const sortTable = (table, head, index) => {
  const first = head.dataset.first ?? "ascending";
  const other = first === "ascending" ? "descending" : "ascending";
  const direction = head.getAttribute("aria-sort") === first ? other : first;
  const sign = direction === "ascending" ? 1 : -1;
  for (const body of table.tBodies) {
    const rows = Array.from(body.rows, (row) => [sortKey(row, index), row]);
    // A cell without a value is not measured: it stays at the end in both directions.
    rows.sort(([a], [b]) => (a === "") - (b === "") || sign * compareKeys(a, b));
    body.append(...rows.map(([, row]) => row));
  }
  for (const cell of table.querySelectorAll("[aria-sort]")) cell.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", direction);
};

for (const table of document.querySelectorAll("table[data-sortable]")) {
  for (const head of table.querySelectorAll("thead th[data-column]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sortTable(table, head, Number(head.dataset.column)));
    head.append(button);
  }
}

// The machine that a reader has chosen stands in the address, and goes along to the site's other pages. What is asked
// comes in the order of a machine's words: "nvidia-h200+bf16+fused".
const MACHINE = ["hardware", "precision", "implementation"];
const askedOf = (query) => MACHINE.map((name) => query.get(name) ?? "");
const isMachine = (words, asked) => words.split("+").every((word, i) => !asked[i] || asked[i] === word);
const withMachine = (address) => {
  const url = new URL(address, location);
  const asked = askedOf(new URLSearchParams(location.search));
  MACHINE.forEach((name, i) => asked[i] && !url.searchParams.has(name) && url.searchParams.set(name, asked[i]));
  return url.href;
};
const machineAsked = askedOf(new URLSearchParams(location.search));
if (machineAsked.some(Boolean)) {
  for (const note of document.querySelectorAll("[data-machine-note]")) note.hidden = false;
  // Of a table with a row for each machine those of the chosen one are shown, if it has any.
  for (const table of document.querySelectorAll("table[data-machines]")) {
    const rows = [...table.querySelectorAll("[data-at]")];
    const fitting = rows.filter((row) => isMachine(row.dataset.at, machineAsked));
    for (const row of rows) row.hidden = fitting.length > 0 && !fitting.includes(row);
  }
}
for (const kind of ["click", "auxclick", "contextmenu"]) {
  document.addEventListener(kind, ({ target }) => {
    const link = target.closest?.("a[href]");
    if (link?.origin === location.origin && /(\/|\.html)$/.test(link.pathname)) link.href = withMachine(link.href);
  }, true);
}

// The search box; search.js, which does the searching, is loaded when somebody goes there. Without this file the link to
// the lists stays.
const searchPlace = document.querySelector(".search");
if (searchPlace) {
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const list = make("ul", { id: "search-list", className: "search-list", role: "listbox", ariaLabel: "Found", hidden: true });
  const said = make("p", { className: "visually-hidden", role: "status" });
  const input = make("input", {
    type: "text", className: "search-box", role: "combobox", placeholder: "Search", ariaLabel: "Search", autocomplete: "off",
    spellcheck: false, ariaExpanded: "false", ariaAutoComplete: "list",
  });
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-keyshortcuts", "/");
  input.addEventListener("focus", () => {
    document.head.append(make("script", { src: `${searchPlace.dataset.root}assets/search.js` }));
  }, { once: true });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
  searchPlace.replaceChildren(input, list, said);
  searchPlace.role = "search";
}
