"use strict";
// Search by name over everything that has a page. site.js loads this file when somebody goes to the search box; the index
// comes as scripts, so that it works from a disk too.
{
  const KINDS = ["Task", "Leaderboard", "Dataset", "Model", "Method", "Paper", "Claimed model"];
  const MOST = 12;
  const place = document.querySelector(".search");
  const root = place.dataset.root;
  const entries = [];
  const words = new Map(); // word -> the entries that hold it

  // Accents and apostrophes do not count; a plus does, because it tells ConViT-S+ from ConViT-S.
  const plain = (text) => text.normalize("NFKD").replace(/[\p{M}'\u2019]/gu, "").toLowerCase();
  const split = (text) => plain(text).match(/[\p{L}\p{N}]+|\+/gu) ?? [];
  // As the site's builder makes addresses from titles.
  const slug = (text) => text.replaceAll("+", " plus ").normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase()
    .replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");

  const add = (line) => {
    const [kind, title, folder, further = ""] = line.split("\t");
    const number = entries.push({ kind: KINDS[kind], title, folder, name: split(title).join() }) - 1;
    for (const word of new Set(split(`${title} ${further}`))) {
      const found = words.get(word);
      if (found) found.push(number);
      else words.set(word, [number]);
    }
  };

  const load = (path) => {
    const script = document.createElement("script");
    script.src = root + path;
    document.head.append(script);
  };

  globalThis.pwcSearch = (lines, following) => {
    if (lines) lines.split("\n").forEach(add);
    if (following) load(following);
    if (input.value) show();
  };

  // How many letters must change, be left out, put in or swapped until `a` begins `b`; more than `most` is Infinity.
  const distance = (a, b, most) => {
    const end = Math.min(b.length, a.length + most);
    let before = [], row = Array.from({ length: end + 1 }, (_, j) => j);
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= end; j++) {
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]));
        if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
      }
      if (Math.min(...next) > most) return Infinity;
      [before, row] = [row, next];
    }
    return Math.min(...row);
  };

  // Every entry that holds a word like `asked`, with how well it fits: a whole word 4, its beginning 3, a part 2, a slip 1.
  const fitting = (asked, loosely) => {
    const found = new Map();
    const most = asked.length > 7 ? 2 : 1;
    for (const [word, numbers] of words) {
      let fit = word === asked ? 4 : word.startsWith(asked) ? 3 : asked.length > 2 && word.includes(asked) ? 2 : 0;
      if (!fit && loosely && word.length >= asked.length - most && distance(asked, word, most) <= most) fit = 1;
      if (fit) for (const number of numbers) if (!(found.get(number) >= fit)) found.set(number, fit);
    }
    return found;
  };

  const search = (text) => {
    let scores;
    for (const asked of new Set(split(text))) {
      let found = fitting(asked, false);
      if (!found.size && asked.length > 3) found = fitting(asked, true);
      const before = scores;
      scores = new Map();
      for (const [number, fit] of found) {
        if (!before || before.has(number)) scores.set(number, fit + (before?.get(number) ?? 0));
      }
    }
    const name = split(text).join();
    const exactly = (number) => entries[number].name === name;
    return [...(scores ?? [])]
      .sort(([a, x], [b, y]) => exactly(b) - exactly(a) || y - x || entries[a].name.length - entries[b].name.length || a - b)
      .slice(0, MOST).map(([number]) => entries[number]);
  };

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const [input, list, said] = place.children;
  let chosen = -1;

  const choose = (number) => {
    chosen = number;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", i === number));
    if (number < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[number].id);
    list.children[number].scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    list.hidden = true;
    input.ariaExpanded = "false";
    choose(-1);
  };
  const show = () => {
    const found = search(input.value);
    list.replaceChildren(...found.map((entry, i) => {
      const folder = entry.folder.replace(/\*$/, () => slug(entry.title));
      // A model that is only claimed has no page: its row, among all of the board, by its name (in which a
      // dash would part words that stand before).
      const row = entry.kind[0] === "C" ? `?all=1#:~:text=${encodeURIComponent(entry.title).replaceAll("-", "%2D")}` : "";
      const option = make("li", { id: `found-${i}`, role: "option" },
        make("span", {}, entry.title), " ", make("span", { className: "search-kind" }, entry.kind));
      option.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
      option.addEventListener("click", () => location.assign(withMachine(`${root}${folder}/index.html${row}`)));
      return option;
    }));
    said.textContent = input.value.trim() ? `${found.length || "Nothing"} found` : "";
    close();
    if (!found.length) return;
    list.hidden = false;
    input.ariaExpanded = "true";
    choose(0);
  };

  input.addEventListener("input", show);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "Escape") {
      if (list.hidden) input.value = "";
      close();
    } else if (event.key === "ArrowDown" && !count && input.value) show();
    else if (event.key === "ArrowDown" && count) choose((chosen + 1) % count);
    else if (event.key === "ArrowUp" && count) choose((chosen + count - 1) % count);
    else if (event.key === "Enter" && count) list.children[Math.max(0, chosen)].click();
    else return;
    event.preventDefault();
  });
  load("assets/search-index.js");
}
