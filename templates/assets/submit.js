"use strict";
// Builds a submission from the form, checks it by the schema's own patterns, and hands it over as a file. Nothing is sent.
{
  const form = document.querySelector("#submission");
  const paper = form.querySelector(".paper-asked");
  const lists = [...form.querySelectorAll("[data-list]")];
  const unwritable = new RegExp(form.dataset.unwritable, "gu");

  const fields = (part) => [...part.querySelectorAll("[data-form]")];
  const entries = (list) => [...list.querySelectorAll("fieldset")];
  const fits = (field, text) => new RegExp(field.dataset.pattern, "u").test(text);
  const isChoice = (field) => field.localName === "select"; // "true", "false", or "" for what is not stated
  const value = (field) => {
    if (isChoice(field)) return field.value;
    const text = field.value.replace(unwritable, "").trim();
    if (field.dataset.form !== "web address" || fits(field, text)) return text;
    // A host in other letters, and a space: as the browser itself would ask for them.
    try { return new URL(text).href; } catch { return text; }
  };
  const parts = (field) => field.dataset.parted ? value(field).split(field.dataset.parted).map((x) => x.trim()).filter(Boolean) : [value(field)];

  // JSON's quotes are YAML's; a few characters are not.
  const quoted = (text) => JSON.stringify(text).replace(/[\x85\u2028\u2029\ufeff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const written = (field) => isChoice(field) ? value(field) : field.dataset.parted ? `[${parts(field).map(quoted).join(", ")}]` : quoted(value(field));
  const lines = (part) => fields(part).filter(value).map((field) => `${field.dataset.name}: ${written(field)}`);

  const say = (field, said) => {
    document.getElementById(`${field.id}-error`).textContent = said;
    field.setAttribute("aria-invalid", Boolean(said));
    return said;
  };
  const check = (part, needed) => fields(part).filter((field) => {
    if (!value(field)) return say(field, needed && field.hasAttribute("aria-required") ? "Needed." : "");
    const wrong = isChoice(field) ? undefined : parts(field).find((text) => !fits(field, text));
    return say(field, wrong === undefined ? "" : `“${wrong}” is no ${field.dataset.form}.`);
  });

  const slug = form.querySelector("#paper-slug");
  // Claims alone can be those of a paper that is known; anything else needs it described.
  const isDescribed = () => !entries(lists[0]).length || entries(lists[1]).length || fields(paper).some((field) => field !== slug && value(field));
  const text = () => [
    ...(isDescribed() ? ["paper:", ...lines(paper).map((line) => `  ${line}`)] : []),
    ...lists.filter((list) => entries(list).length).flatMap((list) => [`${list.dataset.list}:`, ...entries(list).flatMap((entry) => [
      ...(list === lists[0] && !isDescribed() ? [`paper: ${quoted(value(slug))}`] : []), ...lines(entry),
    ].map((line, i) => (i ? `    ${line}` : `  - ${line}`)))]), "",
  ].join("\n");

  let count = 0;
  const number = (list) => list.querySelectorAll("legend span").forEach((place, i) => { place.textContent = i + 1; });
  const add = (list) => {
    const entry = list.querySelector("template").content.firstElementChild.cloneNode(true);
    entry.innerHTML = entry.innerHTML.replaceAll("-N-", `-${++count}-`);
    list.lastElementChild.before(entry);
    number(list);
    return entry;
  };
  form.addEventListener("click", ({ target }) => {
    const list = target.closest("[data-list]");
    if (target.matches("[data-add]")) fields(add(list))[0].focus();
    if (!target.matches("[data-remove]")) return;
    target.closest("fieldset").remove();
    number(list);
    list.querySelector("[data-add]").focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wrong = [...check(paper, isDescribed()), ...lists.flatMap(entries).flatMap((entry) => check(entry, true))];
    if (!value(slug) && !isDescribed() && say(slug, "Needed.")) wrong.unshift(slug);
    form.querySelector("[role=status]").textContent = wrong.length ? `${wrong.length} to correct.` : "Downloaded. Check it with the command below.";
    if (wrong.length) return wrong[0].focus();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text()], { type: "application/yaml" }));
    link.download = `${value(slug)}.yaml`;
    link.click();
  });
  add(lists[0]);
  form.hidden = false;
}
