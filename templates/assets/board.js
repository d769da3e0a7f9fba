"use strict";
// A leaderboard's order, filters and columns, kept in the address, and files of exactly what is shown.
// Without this file the board is whole, in the order of its ranks. The form holds the state; everything follows from it.
(() => {
  const here = document.currentScript.src;
  const table = document.querySelector("table[data-board]");
  const form = document.querySelector("form[data-tools]");
  if (!form) return;
  const body = table.tBodies[0];
  const rest = table.tBodies[1] ?? table.createTBody();
  rest.hidden = true;
  const heads = Array.from(table.tHead.querySelectorAll("th[data-column]"));
  heads.sort((a, b) => a.dataset.column - b.dataset.column);
  const headOf = (id) => heads.find((head) => head.dataset.id === id);
  const boxes = Array.from(form.querySelectorAll("[data-shows]"));
  const choices = Array.from(form.elements).filter((e) => e.name);
  const optionOf = (e, value) => Array.from(e?.options ?? []).some((option) => option.value === value);
  const valueOf = (e) => (e.type !== "checkbox" || e.checked) && e.value;
  const hiddenKeys = () => boxes.filter((box) => !box.checked).map((box) => box.dataset.shows);
  const svg = document.querySelector("svg.plot");
  const more = form.querySelector("[data-more]");
  const none = document.querySelector("[data-none]");
  let order, sortedBy;

  // ---- What a cell says: a number where it is one, else its words; a dash is nothing.
  const textOf = (cell) => {
    const found = cell.querySelector(".num, .badge, a") ?? cell.firstChild;
    const text = (cell.tagName === "TH" ? cell.firstChild : found)?.textContent ?? "";
    return text.trim() === "\u2013" || cell.querySelector(".absent") ? "" : text.trim();
  };
  const keyOf = (cell) => {
    const text = cell.dataset.sort ?? textOf(cell);
    const number = parseFloat(text.replace(/,/g, ""));
    return text === "" || cell.matches(".elsewhere") ? null : Number.isNaN(number) || cell.tagName === "TH" ? text : number;
  };

  // Of a long board only so many rows are laid out at once, since a browser takes its time for a table of a thousand:
  // the others wait in a second body, where the page put them.
  const SOME = rest.rows.length ? body.rows.length : Infinity;
  const rows = [...body.rows, ...rest.rows].map((row, index) => ({ row, index, facets: ` ${row.dataset.f} ` }));
  let current;
  let listed = rows.slice(0, body.rows.length);
  let marks; // the chart's, with their rows

  // The chosen machine in full, "nvidia-h200+bf16+fused": the most usual one of what is chosen; "" without a choice.
  const machine = () => {
    const asked = MACHINE.map((name) => form.elements[name]?.value);
    if (!asked.some(Boolean)) return "";
    return form.dataset.machines.split(" ").find((words) => isMachine(words, asked)) ?? "none";
  };
  const isAt = (part) => part?.dataset.at && at.startsWith(part.dataset.at);
  let at, known;
  const seats = new Set(Array.from(document.querySelectorAll("[data-at]"), (part) => part.parentElement));
  for (const cell of seats) {
    cell.parts = Array.from(cell.children);
    cell.strange = cell.matches(".elsewhere");
  }
  // Of each number, and of each column's setting, the one of the chosen machine is shown; where there is none, the usual one, which then says its own.
  const seat = () => {
    known = { rank: rows.map(({ index }) => index) };
    for (const cell of seats) {
      const chosen = cell.parts.find(isAt), shown = chosen ?? cell.parts[0];
      for (const part of cell.parts) part.hidden = part !== shown;
      cell.prepend(shown);
      cell.classList.toggle("elsewhere", at ? !chosen : cell.strange);
    }
  };

  const letters = new Intl.Collator("en", { numeric: true });
  const sorted = () => {
    if (order.id === "rank" && order.direction === "ascending") return rows;
    const { column } = headOf(order.id).dataset;
    const sign = order.direction === "ascending" ? 1 : -1;
    const compare = (x, y) => (typeof x === "number" && typeof y === "number" ? x - y : letters.compare(x, y));
    const keys = (known[order.id] ??= rows.map(({ row }) => keyOf(row.cells[column])));
    // What was not measured stays at the end in both directions; equal ones stay in the order of their ranks.
    return rows.slice().sort(({ index: x }, { index: y }) => {
      const a = keys[x], b = keys[y];
      return (a === null) - (b === null) || (a !== null && sign * compare(a, b)) || x - y;
    });
  };

  const wanted = () => choices
    .filter((e) => valueOf(e) && ![...MACHINE, "view", "all"].includes(e.name))
    .map((e) => ` ${e.name}-${e.value} `)
    .concat(at ? ` ${at} ` : []);

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
    const first = heads.find(({ dataset: { id } }) => id.endsWith("-measured"))?.dataset.column;
    marks ??= Array.from(svg?.querySelectorAll("[data-r], a[href^='#m']") ?? [], (mark) => {
      const entry = rows[mark.dataset.r ?? mark.getAttribute("href").slice(2)];
      // A disc stands for the usual number.
      return { mark, entry, part: mark.matches(".chart-measured, .chart-tie") && entry.row.cells[first]?.parts?.[0] };
    });
  };

  const show = () => {
    if (at !== machine()) {
      at = machine();
      seat();
    }
    const by = `${order.id} ${order.direction} ${at}`;
    if (by !== sortedBy) [current, sortedBy] = [sorted(), by];
    const tokens = wanted();
    if (tokens.length) prepare();
    for (const entry of rows) entry.out = !tokens.every((token) => entry.facets.includes(token));
    const left = current.filter((entry) => !entry.out);
    const count = left.length;
    list(more.checked ? left : left.slice(0, SOME));
    more.parentElement.hidden = count <= SOME;
    none.hidden = count;
    svg?.classList.toggle("filtered", count < rows.length || !!at);
    for (const { mark, entry, part } of marks ?? []) mark.classList.toggle("out", entry.out || !!(at && part && !isAt(part)));
    for (const other of heads) other.removeAttribute("aria-sort");
    const head = headOf(order.id);
    head.setAttribute("aria-sort", order.direction);
    for (const note of form.querySelectorAll(".note")) note.hidden = !(note.dataset.note ? at : head.dataset.mixed);
    table.classList.toggle("compact", form.elements.view.value === "compact");
    const keys = hiddenKeys(), names = keys.join();
    if (names !== (table.dataset.hides ?? "")) {
      table.dataset.hides = names;
      for (const head of table.tHead.querySelectorAll("[data-key]")) {
        const { key, column } = head.dataset;
        head.hidden = keys.includes(key);
        if (column) for (const { row } of rows) row.cells[column].hidden = head.hidden;
      }
    }
    const models = `${rows.length} ${rows.length === 1 ? "model" : "models"}`;
    form.querySelector("output").textContent = count === rows.length ? models : `${count} of ${models}`;
  };

  // ---- The address holds the state: a link, a reload, back and forward give the same view.
  const write = () => {
    // What is chosen of a machine that this board has not stays in the address, for other pages.
    const query = new URLSearchParams(location.search);
    for (const name of [...query.keys()]) if (!MACHINE.includes(name) || optionOf(form.elements[name], query.get(name))) query.delete(name);
    for (const e of choices) if (valueOf(e)) query.set(e.name, e.value);
    if (hiddenKeys().length) query.set("hide", hiddenKeys());
    if (order.id !== "rank" || order.direction !== "ascending") query.set("sort", order.id), query.set("order", order.direction);
    const text = query.toString();
    if (text !== location.search.slice(1)) history.pushState(null, "", text ? `?${text}` : location.pathname);
    show();
  };
  const read = () => {
    const query = new URLSearchParams(location.search);
    for (const e of choices) {
      const value = query.get(e.name) ?? "";
      if (e.type === "checkbox") e.checked = value === e.value;
      else e.value = optionOf(e, value) ? value : "";
    }
    const hidden = (query.get("hide") ?? "").split(",");
    for (const box of boxes) box.checked = !hidden.includes(box.dataset.shows);
    const id = query.get("sort"), direction = query.get("order");
    order = { id: "rank", direction: "ascending" };
    if (headOf(id)) order = { id, direction: direction === "descending" ? direction : "ascending" };
    show();
  };

  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    button.addEventListener("click", () => {
      const { id, first = "ascending" } = head.dataset;
      const other = first === "ascending" ? "descending" : "ascending";
      order = { id, direction: order.id === id && order.direction === first ? other : first };
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
    saveBoard({ svg, heads, textOf, entitle, shown: () => current.filter((entry) => !entry.out) }, kind);
  };
  for (const button of form.querySelectorAll("[data-save]")) {
    const kind = button.dataset.save;
    if (!svg && (kind === "svg" || kind === "png")) button.remove();
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
  svg?.addEventListener("pointerover", (event) => entitle(event.target.closest("a")));

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
