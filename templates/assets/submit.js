"use strict";
// Builds a submission from the form, checks it by the schema's own patterns, and hands it over as a file. Nothing is sent.
{
  const form = document.querySelector("#submission");
  const claims = form.querySelector(".claims-asked");
  const first = claims.firstElementChild.cloneNode(true);

  const fields = (part) => [...part.querySelectorAll("[data-form]")];
  const value = (field) => (field.type === "checkbox" ? field.checked : field.value.trim());
  const parts = (field) => value(field).split(field.dataset.form === "texts" ? "\n" : ",").map((x) => x.trim()).filter(Boolean);
  const isList = (field) => ["texts", "keys"].includes(field.dataset.form);

  // JSON's quotes are YAML's; a few control characters are not.
  const quoted = (text) => JSON.stringify(text).replace(/[\x7f-\x9f\u2028\u2029\ufeff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const written = (field) => (field.type === "checkbox" ? "true" : isList(field) ? `[${parts(field).map(quoted).join(", ")}]` : quoted(value(field)));
  const lines = (part) => fields(part).filter(value).map((field) => `${field.dataset.name}: ${written(field)}`);

  const isDate = (text) => new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) ?? false;
  const complaint = (field, needed) => {
    const text = value(field);
    if (!text) return needed && field.hasAttribute("aria-required") ? "Needed." : "";
    const fits = new RegExp(field.dataset.pattern || "");
    const wrong = (isList(field) ? parts(field) : [String(text)]).find((part) => !fits.test(part));
    const bad = wrong ?? (field.dataset.form === "date" && !isDate(text) ? text : undefined);
    return bad === undefined ? "" : `“${bad}” is no ${field.dataset.form === "keys" ? "key" : field.dataset.form}.`;
  };
  const check = (part, needed) => fields(part).filter((field) => {
    const said = complaint(field, needed);
    const place = document.getElementById(`${field.id}-error`);
    place.textContent = said;
    field.setAttribute("aria-invalid", Boolean(said));
    return said;
  });

  const paper = form.querySelector(".paper-asked");
  const isDescribed = () => fields(paper).some((field) => field.dataset.name !== "slug" && value(field));
  const text = () => {
    const slug = form.querySelector("#paper-slug").value.trim();
    const head = isDescribed() ? ["paper:", ...lines(paper).map((line) => `  ${line}`)] : [];
    const found = [...claims.children].flatMap((claim) => {
      const own = isDescribed() ? [] : [`paper: ${quoted(slug)}`];
      return [...own, ...lines(claim)].map((line, i) => (i ? `    ${line}` : `  - ${line}`));
    });
    return [...head, "claims:", ...found, ""].join("\n");
  };

  form.querySelector(".add-claim").addEventListener("click", () => {
    const claim = first.cloneNode(true), number = claims.children.length + 1;
    claim.querySelector("legend").textContent = `Claim ${number}`;
    for (const element of claim.querySelectorAll("[id], [for], [aria-describedby]")) {
      for (const name of ["id", "for", "aria-describedby"]) {
        const old = element.getAttribute(name);
        if (old) element.setAttribute(name, old.replace(/^claim-1-/, `claim-${number}-`).replace(/ claim-1-/, ` claim-${number}-`));
      }
    }
    claims.append(claim);
    fields(claim)[0].focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const slug = form.querySelector("#paper-slug");
    const wrong = [...check(paper, isDescribed()), ...[...claims.children].flatMap((claim) => check(claim, true))];
    if (!slug.value.trim()) {
      document.getElementById("paper-slug-error").textContent = "Needed.";
      slug.setAttribute("aria-invalid", "true");
      wrong.unshift(slug);
    }
    const said = form.querySelector("[role=status]");
    said.textContent = wrong.length ? `${wrong.length} to correct.` : "Downloaded. Check it with the command below.";
    if (wrong.length) return wrong[0].focus();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text()], { type: "application/yaml" }));
    link.download = `${slug.value.trim()}.yaml`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  form.hidden = false;
}
