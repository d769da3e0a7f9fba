"use strict";
// Files of what a leaderboard shows: loaded when somebody wants one. board.js hands over what it knows of the table.

// A text that a spreadsheet would take for a formula is preceded by an apostrophe; numbers stay as they are. The rule is
// that of pwc_bench/core/text_forms.py.
const csvField = (value) => {
  const text = (value ?? "").replace(/\r\n?/g, "\n");
  const isFormula = /^(?:[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]*[=+@\uff0b\uff0d\uff1d\uff20-]|[\t\n])/.test(text);
  const isNumber = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(text);
  const safe = isFormula && !isNumber ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
};

const saveBoard = (board, kind) => {
  const send = (blob) => {
    const link = document.createElement("a");
    link.download = `${location.pathname.split("/").slice(-2)[0] || "leaderboard"}.${kind}`;
    link.href = URL.createObjectURL(blob);
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  // ---- A line for each row, all of it text with the digits and words that the cells show.
  const plain = (text = "") => text.replace(/[,\u00b1]/g, "").replace("\u2212", "-");
  const common = (id) => document.querySelector(`[data-of="${id}"]`)?.innerText;
  const unitOf = (key) => document.querySelector(`th[data-key="${key}"]`).dataset.unit;
  const lines = () => board.shown().map(({ row }) => {
    const line = {};
    const textIn = (part, selector) => part.querySelector(selector)?.textContent;
    let reason;
    for (const { hidden, dataset: { id, key, column } } of board.heads) {
      const whole = row.cells[column];
      const text = board.textOf(whole);
      const cell = whole.firstElementChild?.matches("div") ? whole.firstElementChild : whole; // of several the one shown
      const [, half] = id.match(/-(claim|measured)$/) ?? [];
      if (half === "measured") {
        const value = text && cell.querySelector("a");
        // The same reason is said once for cells that stand side by side.
        reason = textIn(cell, ".absent") ?? (cell.firstChild ? undefined : reason);
        if (hidden) continue;
        const [low, high] = plain(textIn(cell, ".interval")).split("\u2013");
        const record = cell.querySelector("a")?.getAttribute("href");
        line[id] = plain(text);
        line[`${key}-unit`] = unitOf(key);
        line[`${key}-low`] = low;
        line[`${key}-high`] = high;
        line[`${key}-status`] = value ? textIn(cell, ".badge") ?? "complete" : reason;
        line[`${key}-setting`] = value
          && (textIn(cell, "span.sub") ?? common(id) ?? row.querySelector(`.records [href="${record}"]`)?.title);
        line[`${key}-difference`] = plain(textIn(cell, ".difference"));
        line[`${key}-verdict`] = cell.querySelector(".verdict")?.title;
        line[`${key}-record`] = record?.match(/record\/(\w+)/)?.[1];
      } else if (!hidden) {
        line[id] = text;
        if (!half) continue;
        line[`${id}-unit`] = text && (textIn(cell, ".own") ?? unitOf(key));
        line[`${id}-source`] = text && (textIn(cell, ".from") ?? textIn(row, ".in-paper .sub"));
        line[`${id}-conditions`] = text && (textIn(cell, ".sub:not(.from,.own)") ?? common(id));
      }
    }
    return line;
  });
  const csv = (found) => {
    const names = Object.keys(found[0] ?? {});
    return [names, ...found.map((line) => names.map((name) => line[name]))].map((line) => `${line.map(csvField).join()}\n`).join("");
  };
  // JSON has numbers, and beside a measured one its digits.
  const typed = (line) => Object.fromEntries(Object.entries(line).flatMap(([name, value]) => {
    const isNumber = /-(measured|low|high|difference)$/.test(name) && value && !Number.isNaN(Number(value));
    const entry = [name, isNumber ? Number(value) : value || null];
    return name.endsWith("-measured") ? [entry, [`${name}-text`, value || null]] : [entry];
  }));

  // ---- The drawing at the size and in the colours that it has in the window, without what is filtered away.
  const STYLES = "fill fill-opacity stroke stroke-width stroke-dasharray font-family font-size display visibility paint-order".split(" ");
  const drawing = () => {
    const { svg } = board;
    const { width, height } = svg.getBoundingClientRect();
    const box = getComputedStyle(svg);
    const sides = ["Left", "Top", "Right", "Bottom"].map((side) => parseFloat(box[`padding${side}`]));
    const plot = svg.cloneNode(true);
    const from = svg.querySelectorAll("*"), to = plot.querySelectorAll("*");
    to.forEach((element, index) => {
      const style = getComputedStyle(from[index]);
      for (const property of STYLES) element.style.setProperty(property, style.getPropertyValue(property));
    });
    // A link of the site leads nowhere from a file; what it is called stays.
    for (const link of plot.querySelectorAll("a")) {
      board.entitle(link);
      link.removeAttribute("href");
    }
    const set = (element, values) => {
      for (const key in values) element.setAttribute(key, values[key]);
    };
    set(plot, { x: sides[0], y: sides[1], width: width - sides[0] - sides[2], height: height - sides[1] - sides[3], overflow: "visible" });
    const whole = document.createElementNS(svg.namespaceURI, "svg");
    const ground = document.createElementNS(svg.namespaceURI, "rect");
    set(whole, { width, height });
    set(ground, { width, height });
    ground.style.fill = getComputedStyle(document.documentElement).getPropertyValue("--surface");
    whole.append(ground, plot);
    return { text: new XMLSerializer().serializeToString(whole), width, height };
  };

  const savers = {
    csv: () => send(new Blob([csv(lines())], { type: "text/csv" })),
    json: () => send(new Blob([JSON.stringify(lines().map(typed), null, 1)], { type: "application/json" })),
    svg: () => send(new Blob([drawing().text], { type: "image/svg+xml" })),
    png: () => {
      const { text, width, height } = drawing();
      const image = new Image();
      image.onload = () => {
        const canvas = document.createElement("canvas");
        canvas.width = 2 * width;
        canvas.height = 2 * height;
        canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
        canvas.toBlob(send);
      };
      image.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
    },
  };
  savers[kind]();
};
