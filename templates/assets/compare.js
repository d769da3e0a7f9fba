"use strict";
// Any two models beside each other, from the figures and the per-image guesses that this page publishes as scripts.
{
  const root = document.getElementById("compare");
  const out = document.getElementById("compare-result");
  const picks = ["a", "b"].map((name) => document.getElementById(`compare-${name}`));

  const el = (tag, props, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };

  const load = (name) => new Promise((done, fail) => {
    if (self.pwcCompare && name in self.pwcCompare) return done(self.pwcCompare[name]);
    const script = el("script", { src: `data/${name}.js` });
    script.addEventListener("load", () => done(self.pwcCompare[name]));
    script.addEventListener("error", () => fail(new Error(name)));
    document.head.append(script);
  });

  const unpack = (text) => new Int16Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);

  // McNemar's exact test, two-sided: the smaller tail of a fair binomial, twice.
  const mcnemar = (lost, gained) => {
    const n = lost + gained;
    let log = -n * Math.LN2, sum = 0;
    for (let k = 0; k <= Math.min(lost, gained); k++) {
      sum += Math.exp(log);
      log += Math.log((n - k) / (k + 1));
    }
    return Math.min(1, 2 * sum);
  };

  const signed = (value, decimals = 2) => {
    const text = Math.abs(value).toFixed(decimals);
    return (!Number(text) ? "±" : value < 0 ? "−" : "+") + text;
  };

  const table = (caption, head, rows) => el("div", { class: "table-region", role: "region", "aria-label": caption, tabindex: 0 },
    el("table", { class: "labelled" }, el("caption", {}, caption),
      el("thead", {}, el("tr", {}, ...head.map((text, i) => el("th", { scope: "col", class: i ? "n" : "" }, ...[text].flat())))),
      el("tbody", {}, ...rows.map(([first, ...rest]) => el("tr", {}, el("th", { scope: "row" }, first), ...rest.map((cell, i) => el("td", { class: "n", "data-label": [head[i + 1]].flat().map((part) => part.textContent ?? part).join("") }, cell)))))));

  const claim = (row) => row?.[1] ? el("span", { class: "value claim" }, row[1]) : "–";
  const measured = (row, settings) => row?.[2]
    ? el("span", {}, el("a", { class: "value measured", href: row[3] }, row[2]), el("span", { class: "sub" }, settings[row[6]]?.[0] ?? "")) : "–";

  const against = ([, isShare, decimals, why], a, b) => {
    if (!a?.[2] || !b?.[2]) return "–";
    if (a[5] !== b[5]) return el("span", { class: "absent" }, why);
    return isShare ? signed(b[4] - a[4], decimals) : a[4] ? `${(b[4] / a[4]).toFixed(2)} ×` : "–";
  };

  const figures = ({ metrics, datasets, settings }, [a, b]) => {
    const shared = Object.keys(a.figures).filter((key) => key in b.figures);
    const key = shared.includes("imagenet-1k") ? "imagenet-1k" : shared[0];
    if (!key) return el("p", { class: "empty" }, "Nothing was claimed or measured of both on one data set.");
    const asked = askedOf(new URLSearchParams(location.search));
    const isAsked = (row) => isMachine(settings[row[6]]?.[1] ?? "", asked);
    const rows = metrics.flatMap((metric, i) => {
      const [ours, theirs] = [a, b].map((model) => model.figures[key].filter((row) => row[0] === i).sort((x, y) => isAsked(y) - isAsked(x)));
      // The first two that are alike, of the chosen machine where there are such, else what speaks for each.
      const x = ours.find((row) => theirs.some((other) => other[5] === row[5])) ?? ours[0];
      const y = theirs.find((row) => row[5] === x?.[5]) ?? theirs[0];
      return x || y ? [[metric[0], claim(x), measured(x, settings), claim(y), measured(y, settings), against(metric, x, y)]] : [];
    });
    const heads = [a, b].flatMap(({ title }) => ["claim", "measured"].map((kind) => [`${title}, `, el("span", { class: "nowrap" }, el("span", { class: `mark mark-${kind}`, "aria-hidden": true }), kind)]));
    return table(`Figures, accuracy on ${datasets[key]}`, ["Metric", ...heads, "Second against first"], rows);
  };

  const paired = async (a, b, key) => {
    const [title, manifest, ours] = a.guesses[key];
    const [, other, theirs] = b.guesses[key];
    if (manifest !== other) return [el("p", { class: "empty" }, `On ${title} the two did not see the same images.`)];
    const [truth, ...packed] = await Promise.all([manifest, ours, theirs].map(load));
    const [labels, first, second] = [truth.labels, ...packed].map(unpack);
    const classes = new Map();
    let lost = 0, gained = 0, same = 0;
    labels.forEach((label, i) => {
      const x = first[i] === label, y = second[i] === label;
      same += first[i] === second[i];
      if (x === y) return;
      const split = classes.get(label) ?? [truth.names[label] ?? `class ${label}`, 0, 0];
      split[x ? 1 : 2]++;
      classes.set(label, split);
      x ? lost++ : gained++;
    });
    const p = mcnemar(lost, gained), n = labels.length;
    const split = [...classes.values()].sort((x, y) => Math.abs(y[2] - y[1]) - Math.abs(x[2] - x[1]) || x[0].localeCompare(y[0], "en"));
    return [
      el("h3", {}, title),
      el("p", { "data-lost": lost, "data-gained": gained, "data-p": p },
        `Of ${n.toLocaleString("en")} images only ${a.title} has ${lost.toLocaleString("en")} right, and only ${b.title} ${gained.toLocaleString("en")}: ` +
        `${signed(100 * (gained - lost) / n)} points of top-1 accuracy (McNemar’s exact test, p ${p < 1e-4 ? "< 0.0001" : "= " + p.toPrecision(2)}). ` +
        `${p < 0.05 ? "The two can be told apart" : "These images cannot tell the two apart"}. Both make the same first guess on ${(100 * same / n).toFixed(1)} %.`),
      ...(split.length ? [table("Classes in which they differ most", ["Class", `Only ${a.title}`, `Only ${b.title}`], split.slice(0, 16).map(([name, x, y]) => [name, String(x), String(y)]))] : []),
    ];
  };

  const show = async () => {
    const keys = picks.map((pick) => pick.value);
    history.replaceState(null, "", `?${new URLSearchParams({ ...Object.fromEntries(new URLSearchParams(location.search)), a: keys[0], b: keys[1] })}`);
    const index = await load("index"), { models, pairs } = index;
    const [a, b] = keys.map((key) => models[key]);
    const own = pairs[keys.join(" ")];
    const parts = [el("h2", {}, el("a", { href: a.href }, a.title), " against ", el("a", { href: b.href }, b.title))];
    if (own) parts.push(el("p", { class: "note" }, el("a", { href: own }, "This pair has a page of its own"), ", with intervals, conditions and examples."));
    parts.push(figures(index, [a, b]));
    const shared = Object.keys(a.guesses).filter((key) => key in b.guesses);
    if (!shared.length) parts.push(el("p", { class: "empty" }, "There are no per-image results of both on one data set yet."));
    for (const key of shared) parts.push(...await paired(a, b, key));
    // A slow answer to an older choice must not replace a newer one.
    if (keys.every((key, i) => key === picks[i].value)) out.replaceChildren(...parts);
  };

  const shown = () => show().catch(() => out.replaceChildren(el("p", { class: "notice" }, "The data behind this page could not be loaded: build the site again.")));

  const asked = new URLSearchParams(location.search);
  picks[1].selectedIndex = Math.min(1, picks[1].length - 1);
  picks.forEach((pick, i) => {
    const key = asked.get("ab"[i]);
    if (key && [...pick.options].some((option) => option.value === key)) pick.value = key;
    pick.addEventListener("change", shown);
  });
  root.hidden = !picks[0].length;
  if (picks[0].length) shown();
}
