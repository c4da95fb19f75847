"use strict";
(() => {
  const form = document.getElementById("filters");
  const count = document.getElementById("count");
  const rows = [...document.querySelectorAll("table.runs tbody tr")].map((row) => ({
    row,
    case: row.dataset.case,
    day: row.dataset.day,
    verdict: row.dataset.verdict,
    systems: row.dataset.systems.split("\n"),
    text: [row.textContent, row.dataset.id, row.dataset.systems].join(" ").toLowerCase(),
  }));
  const fields = [...form.elements].filter((field) => field.name);
  const total = rows.length.toLocaleString("en");

  const asked = () => Object.fromEntries(fields.map((field) => [field.name, field.value.trim()]));

  const fits = (one, want, words) =>
    (!want.case || one.case === want.case) &&
    (!want.verdict || one.verdict === want.verdict) &&
    (!want.system || one.systems.includes(want.system)) &&
    (!want.from || one.day >= want.from) &&
    (!want.to || (one.day !== "" && one.day <= want.to)) &&
    words.every((word) => one.text.includes(word));

  const apply = () => {
    const want = asked();
    const words = want.q.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const one of rows) {
      const fit = fits(one, want, words);
      one.row.hidden = !fit;
      shown += fit;
    }
    const filtered = fields.some((field) => field.value);
    count.textContent = !filtered
      ? ""
      : shown
        ? `${shown.toLocaleString("en")} of ${total} runs`
        : "No run fits; clear the filters to see all.";
  };

  // What is asked stands in the address, so that a filtered view can be handed on.
  const keep = () => {
    const said = new URLSearchParams(Object.entries(asked()).filter(([, value]) => value));
    const hash = said.size ? `#${said}` : location.pathname;
    history.replaceState(null, "", hash);
  };

  const restore = () => {
    const said = new URLSearchParams(location.hash.slice(1));
    for (const field of fields) {
      field.value = said.get(field.name) ?? "";
    }
    apply();
  };

  form.addEventListener("input", () => {
    apply();
    keep();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    // The form empties its fields after this.
    setTimeout(() => {
      apply();
      keep();
    });
  });
  addEventListener("hashchange", restore);
  form.hidden = false;
  restore();
})();
