"use strict";
// A leaderboard's order, filters and columns, kept in the address, and files of exactly what is shown.
// Without this file the board is whole, in the order of its ranks. The form holds the state; everything follows from it.
(() => {
  const here = document.currentScript.src;
  const table = document.querySelector("table[data-board]");
  const form = document.querySelector("form[data-tools]");
  if (!table || !form) return;
  const body = table.tBodies[0];
  const rest = table.tBodies[1] ?? table.createTBody();
  rest.hidden = true;
  const heads = Array.from(table.tHead.querySelectorAll("th[data-column]"));
  heads.sort((a, b) => a.dataset.column - b.dataset.column);
  const boxes = Array.from(form.querySelectorAll("[data-shows]"));
  const facets = Array.from(form.elements).filter((e) => e.name && e.name !== "view" && e.name !== "all");
  // Of a long board only so many rows are laid out at once, since a browser takes its time for a table of a thousand:
  // the others wait in a second body, where the page put them.
  const SOME = 50;
  const more = form.querySelector("[data-more]");
  const none = document.querySelector("[data-none]");
  let order = { id: "rank", direction: "ascending" };
  let sortedBy = "rank ascending";

  // ---- What a cell says: a number where it is one, else its words; a dash is nothing.
  const textOf = (cell) => {
    const found = cell.querySelector(".num, .badge, a") ?? cell.firstChild;
    const text = (cell.tagName === "TH" ? cell.firstChild : found)?.textContent ?? "";
    return text.trim() === "\u2013" || cell.querySelector(".absent") ? "" : text.trim();
  };
  const keyOf = (cell) => {
    const text = cell.dataset.sort ?? textOf(cell);
    const number = parseFloat(text.replace(/,/g, ""));
    return text === "" ? null : Number.isNaN(number) || cell.tagName === "TH" ? text : number;
  };

  // What a row can be filtered by: its own words, and what its cells say.
  const columnOf = (id) => heads.find((head) => head.dataset.id === id)?.dataset.column;
  const millionsIn = ["parameters-measured", "parameters-claim"].map(columnOf).filter(Boolean);
  const yearIn = columnOf("year"), codeIn = columnOf("code");
  const sizes = Array.from(form.elements.size?.options ?? [], (option) => [option.value, ...option.value.split("-").map(Number)]);
  const facetsOf = (row) => {
    const { cells } = row;
    const millions = millionsIn.reduce((found, column) => found ?? keyOf(cells[column]), null);
    const size = sizes.find(([value, low, high]) => value && low < millions && millions <= (high || Infinity));
    const code = cells[codeIn].firstElementChild ? "code-1" : "";
    return ` ${row.dataset.f} size-${size?.[0]} year-${cells[yearIn].textContent} ${code} `;
  };
  const rows = [...body.rows, ...rest.rows].map((row, index) => ({ row, index, out: false }));
  let current = rows;
  let listed = rows.slice(0, body.rows.length);
  let marks; // the chart's, with their rows

  const known = {};
  const letters = new Intl.Collator("en", { numeric: true });
  const sorted = () => {
    const head = heads.find((h) => h.dataset.id === order.id);
    if (order.id === "rank" || !head) {
      const sign = order.direction === "ascending" ? 1 : -1;
      return rows.slice().sort((a, b) => sign * (a.index - b.index));
    }
    const column = Number(head.dataset.column);
    const sign = order.direction === "ascending" ? 1 : -1;
    const compare = (x, y) => (typeof x === "number" && typeof y === "number" ? x - y : letters.compare(x, y));
    const keys = (known[order.id] ??= rows.map(({ row }) => keyOf(row.cells[column])));
    // What was not measured stays at the end in both directions; equal ones stay in the order of their ranks.
    return rows.slice().sort(({ index: x }, { index: y }) => {
      const a = keys[x], b = keys[y];
      return (a === null) - (b === null) || (a !== null && sign * compare(a, b)) || x - y;
    });
  };

  const wanted = () => facets
    .filter((e) => (e.type === "checkbox" ? e.checked : e.value))
    .map((e) => ` ${e.name}-${e.value} `);

  // Only what changes is touched.
  const list = (entries) => {
    if (entries.length === listed.length && entries.every((entry, i) => entry === listed[i])) return;
    const kept = new Set(entries);
    rest.append(...listed.filter((entry) => !kept.has(entry)).map((entry) => entry.row));
    let at = body.firstElementChild;
    for (const { row } of entries) {
      if (at === row) at = at.nextElementSibling;
      else body.insertBefore(row, at);
    }
    listed = entries;
  };

  const prepare = () => {
    for (const entry of rows) entry.facets ??= facetsOf(entry.row);
    marks ??= Array.from(document.querySelectorAll("svg.plot [data-r], svg.plot a[href^='#m']"), (mark) => ({
      mark, entry: rows[mark.dataset.r ?? mark.getAttribute("href").slice(2)],
    }));
  };

  const show = () => {
    const by = `${order.id} ${order.direction}`;
    if (by !== sortedBy) [current, sortedBy] = [sorted(), by];
    for (const head of heads) {
      if (head.dataset.id === order.id) head.setAttribute("aria-sort", order.direction);
      else head.removeAttribute("aria-sort");
    }
    const tokens = wanted();
    if (tokens.length) prepare();
    for (const entry of rows) entry.out = !tokens.every((token) => entry.facets.includes(token));
    const left = current.filter((entry) => !entry.out);
    const count = left.length;
    list(more.checked ? left : left.slice(0, SOME));
    more.parentElement.hidden = count <= SOME;
    none.hidden = count;
    for (const svg of document.querySelectorAll("svg.plot")) svg.classList.toggle("filtered", count < rows.length);
    for (const { mark, entry } of marks ?? []) mark.classList.toggle("out", entry.out);
    table.classList.toggle("compact", form.elements.view.value === "compact");
    const hidden = new Set(boxes.filter((box) => !box.checked).map((box) => box.dataset.shows));
    const names = Array.from(hidden).join();
    if (names !== (table.dataset.hides ?? "")) {
      table.dataset.hides = names;
      for (const head of table.tHead.querySelectorAll("[data-key]")) head.hidden = hidden.has(head.dataset.key);
      for (const head of heads) {
        for (const { row } of rows) row.cells[head.dataset.column].hidden = hidden.has(head.dataset.key);
      }
    }
    form.querySelector("output").textContent = `${count === rows.length ? "" : `${count} of `}${rows.length} ${rows.length === 1 ? "model" : "models"}`;
  };

  // ---- The address holds the state: a link, a reload, back and forward give the same view.
  const write = () => {
    const query = new URLSearchParams();
    for (const e of facets) if (e.type === "checkbox" ? e.checked : e.value) query.set(e.name, e.value);
    if (form.elements.view.value) query.set("view", form.elements.view.value);
    if (more.checked) query.set("all", "1");
    const hidden = boxes.filter((box) => !box.checked).map((box) => box.dataset.shows);
    if (hidden.length) query.set("hide", hidden.join());
    if (order.id !== "rank" || order.direction !== "ascending") query.set("sort", order.id), query.set("order", order.direction);
    const text = query.toString();
    if (text !== location.search.slice(1)) history.pushState(null, "", text ? `?${text}` : location.pathname);
    show();
  };
  const read = () => {
    const query = new URLSearchParams(location.search);
    for (const e of [...facets, form.elements.view]) {
      const value = query.get(e.name) ?? "";
      if (e.type === "checkbox") e.checked = value === e.value;
      else e.value = Array.from(e.options).some((option) => option.value === value) ? value : "";
    }
    more.checked = query.get("all") === "1";
    const hidden = (query.get("hide") ?? "").split(",");
    for (const box of boxes) box.checked = !hidden.includes(box.dataset.shows);
    const id = query.get("sort");
    const exists = heads.some((head) => head.dataset.id === id);
    order = { id: exists ? id : "rank", direction: exists && query.get("order") === "descending" ? "descending" : "ascending" };
    show();
  };

  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    button.addEventListener("click", () => {
      const first = head.dataset.first ?? "ascending";
      const other = first === "ascending" ? "descending" : "ascending";
      order = { id: head.dataset.id, direction: order.id === head.dataset.id && order.direction === first ? other : first };
      write();
    });
    head.append(button);
  }

  // ---- Files of what is shown: save.js makes them.
  let loading;
  const save = async (kind) => {
    loading ??= new Promise((onload) => {
      document.head.append(Object.assign(document.createElement("script"), { src: here.replace(/board\.js/, "save.js"), onload }));
    });
    await loading;
    saveBoard({ heads, textOf, entitle, shown: () => current.filter((entry) => !entry.out) }, kind);
  };
  for (const button of form.querySelectorAll("[data-save]")) {
    const kind = button.dataset.save;
    if ((kind === "svg" || kind === "png") && !document.querySelector("svg.plot")) button.remove();
    else button.addEventListener("click", () => save(kind));
  }

  // Where a chart's points are too many to name themselves, their rows do.
  const entitle = (mark) => {
    if (!mark?.matches("a[href^='#m']:not(:has(title))")) return;
    const { cells } = rows[mark.getAttribute("href").slice(2)].row;
    const kind = mark.classList.contains("chart-claim") ? "claim" : "measured";
    const title = document.createElementNS(mark.namespaceURI, "title");
    const value = textOf(cells[heads.find((head) => head.dataset.id.endsWith(`-${kind}`)).dataset.column]);
    title.textContent = `${textOf(cells[1])}, ${kind}: ${value}`;
    mark.append(title);
  };
  document.querySelector("svg.plot")?.addEventListener("pointerover", (event) => entitle(event.target.closest("a")));

  const popup = form.querySelector("details");
  popup.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !popup.open) return;
    popup.open = false;
    popup.firstElementChild.focus();
  });

  // An address of a row that is not listed, a chart's point for one, lists them all.
  const reveal = () => {
    const entry = rows[location.hash.match(/^#m(\d+)$/)?.[1]];
    if (!entry || entry.out || listed.includes(entry)) return;
    more.checked = true;
    show();
    entry.row.scrollIntoView();
  };
  addEventListener("hashchange", reveal);

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", write);
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    if (location.search) history.pushState(null, "", location.pathname);
    read();
  });
  addEventListener("popstate", read);
  addEventListener("beforeprint", () => {
    list(current.filter((entry) => !entry.out));
  });
  addEventListener("afterprint", show);
  form.hidden = false;
  read();
  reveal();
  (self.requestIdleCallback ?? setTimeout)(prepare); // so that the first filter is as quick as the next
})();
