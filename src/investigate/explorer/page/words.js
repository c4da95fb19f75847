// What the page shows, as a question for a file and as code for a notebook.

// JSON is YAML, but for a few characters that YAML wants written as escapes.
function yamlOf(value) {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function sliceOf(model, view) {
  const slice = {};
  if (view.system !== null) slice[model.data.systemColumn] = model.data.systems[view.system];
  if (view.cohort !== null) slice[view.column] = labelsOf(model, view.column)[view.cohort];
  return slice;
}

function questionOf(model, view, windows, calendar) {
  const asked = { ...model.data.question };
  NAMES.forEach((name, w) => {
    const [start, end] = windows[w].map(calendar.written);
    asked[name] = { start, end };
  });
  const slice = Object.entries(sliceOf(model, view)).map(([name, value]) => [name, [value]]);
  if (slice.length) asked.where = { ...asked.where, ...Object.fromEntries(slice) };
  const lines = Object.entries(asked).map(([name, value]) => `${name}: ${yamlOf(value)}`);
  return `${lines.join("\n")}\n`;
}

function codeOf(model, view, windows, calendar) {
  const text = JSON.stringify;
  const [baseline, incident] = windows.map((span) => span.map((at) => text(calendar.written(at))));
  const opened = model.data.opened
    ? `found = investigate.open(${text(model.data.opened)})`
    : "# found: the investigation that this page was made of.";
  const lines = [
    "import investigate",
    "",
    opened,
    `found = found.between(${incident.join(", ")}, baseline=(${baseline.join(", ")}))`,
  ];
  const slice = sliceOf(model, view);
  if (Object.keys(slice).length) {
    const pairs = Object.entries(slice).map(([name, value]) => `${text(name)}: ${text(value)}`);
    lines.push(`found = found.where({${pairs.join(", ")}})`);
  }
  const by = text(view.by);
  lines.push(
    "",
    "drop = found.drop()",
    `contributions = found.contributions(${by})`,
    `mechanism = found.mechanism(${by})`,
    `waterfall = found.waterfall(${by})`,
    `pairs = found.pairs(${by})`,
    "account = found.account()  # this and found.item_drift() need the rows",
  );
  return `${lines.join("\n")}\n`;
}
