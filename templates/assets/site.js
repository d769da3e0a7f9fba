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
