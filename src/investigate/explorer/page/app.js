// One state, and what follows from it.

const model = await modelOf(JSON.parse(byId("counts").textContent));
const calendar = calendarOf(model.data);
const groupings = [...(model.data.systemColumn ? ["system"] : []), ...model.names];
const question = [model.data.baseline, model.data.incident];

const view = { by: groupings[0] ?? "system", system: null, cohort: null, column: null };
let windows = question.map((span) => [...span]);
let series = [];
let levels = null;
let pending = 0;

const timeline = timelineOf(byId("timeline"), calendar, windows, (next) => {
  windows = next;
  soon();
}, (point) => {
  const last = point.until - 1;
  const days = last > point.from ? `${calendar.shown(point.from)} to ${calendar.shown(last)}` : calendar.shown(point.from);
  const level = { value: point.auc, low: null, high: null };
  if (Number.isFinite(point.reach)) {
    level.low = Math.max(point.auc - point.reach, 0);
    level.high = Math.min(point.auc + point.reach, 1);
  }
  return [days, `AUC ${points(point.auc)} ${interval(level)}`, `n = ${grouped(point.rows)}`];
});

// One update a frame, however often the pointer moves.
function soon() {
  pending ||= requestAnimationFrame(() => {
    pending = 0;
    update();
  });
}

function withReach(own, dependence) {
  for (const point of own) point.reach = point.error * dependence * model.data.quantiles[0];
  return own;
}

// What follows from the windows: done at every step of a drag.
function update() {
  const sums = windowed(model, view, windows);
  const estimates = estimatesOf(model, view, windows, sums);
  const known = estimates.levels.every((level) => Number.isFinite(level.value));
  headline(estimates, known);
  levels = estimates.levels.map((level) => level.value);
  timeline.place(windows, levels);
  fields();
  byId("panels").hidden = !known;
  if (known) panels(sums, estimates);
  explained();
  byId("bound").textContent = `${boundOf(estimates)}${weightsOf()}`;
  byId("code").textContent = codeOf(model, view, windows, calendar);
  return estimates;
}

// What follows from the slice, too.
function redraw() {
  const stretch = stretchOf(model, view);
  series = seriesOf(model, view, stretch);
  const estimates = update();
  withReach(series, estimates.dependence);
  timeline.draw(series, null, levels);
  const unit = stretch > 1 ? `${grouped(stretch)} ${calendar.unit}s` : calendar.unit;
  byId("stretch").textContent = `A point is one ${unit}`.replace("one 1", "1").replace(/one (\d)/, "$1");
  slices();
}

function headline({ levels, change, rows, rates }, known) {
  const verb = change.high < 0 ? "fell" : change.low > 0 ? "rose" : "went";
  const sure = change.low === null || verb !== "went" ? "" : ", a change within its interval";
  byId("headline").textContent = known
    ? `AUC ${verb} from ${points(levels[0].value)} to ${points(levels[1].value)}${sure}`
    : "A window here has no rows of both outcomes: no AUC";
  NAMES.forEach((name, w) => tile(name, levels[w], `n = ${grouped(rows[w])}, ${rate(rates[w])} positive`));
  tile("change", change, intervalOf(), true);
}

function intervalOf() {
  if (model.data.question.columns.cluster) return "interval allows for clusters";
  return model.unit === null ? "interval for independent rows" : "interval allows for weights";
}

const rate = (share) => (Number.isFinite(share) ? `${(share * 100).toFixed(1)}%` : "none");

function tile(name, estimate, detail, signed = false) {
  byId(name).replaceChildren(
    number(name, estimate.value, points(estimate.value, signed)),
    html("span", { class: "interval" }, number(`${name}-low`, estimate.low, interval(estimate, signed))),
    html("span", { class: "detail" }, detail),
  );
}

function panels(sums, estimates) {
  const openable = view.system === null || view.cohort === null;
  barsInto(byId("by-group"), groupBars(model, sums, estimates, openable), { open, point });
  barsInto(byId("by-part"), partBars(mechanism(sums)), {});
  const many = sums.groups.length > MOST_PAIRED;
  barsInto(byId("by-step"), many ? [] : stepBars(waterfall(sums)), {});
  byId("no-steps").hidden = !many;
  const found = pairs(sums);
  byId("no-pairs").hidden = found !== null;
  barsInto(byId("by-pair"), found ? pairBars(found, sums.groups) : [], {});
}

// The account is that of the question's windows and of all rows, since it needs the log's rows.
function explained() {
  const { account } = model.data;
  if (!account) return;
  const asked = windows.every((span, w) => span.every((at, side) => at === question[w][side]));
  const same = asked && view.system === null && view.cohort === null;
  const [baseline, incident] = question.map(([start, end]) => `${calendar.shown(start)} to ${calendar.shown(end - 1)}`);
  const message = same
    ? "Causes undone one on top of the other; the bars sum to the change."
    : `This is of the question's windows and all its rows (${baseline}, against ${incident}), not of what is shown above: it needs the log's rows.`;
  // Set only where it changes, since a screen reader reads it out.
  if (byId("account-of").textContent !== message) byId("account-of").textContent = message;
  byId("account").classList.toggle("elsewhere", !same);
  byId("ask").hidden = same;
}

function explain() {
  const { account } = model.data;
  if (!account) return;
  byId("account").hidden = false;
  byId("claim").textContent = account.claim;
  barsInto(byId("by-cause"), causeBars(account), {});
}

function boundOf({ bounds }) {
  const most = Math.max(...bounds);
  if (most === 0) return "Every distinct score is counted on its own, so these are the AUCs of the raw scores.";
  return `Scores are counted in ${grouped(model.data.bins)} bins: the AUC of the raw scores lies within ${most.toFixed(4)} of the AUC shown.`;
}

function weightsOf() {
  const column = model.data.weights?.column;
  return column ? ` Rows count by their weight (${column}); n is how many there are.` : "";
}

// A group's own line, while its bar is pointed at.
function point(bar) {
  const own = bar && bar.number >= 0 ? seriesOf(model, view, stretchOf(model, view), bar.number) : null;
  timeline.draw(series, own, levels);
}

function open(bar) {
  tip.hide();
  if (view.by === "system") {
    view.system = bar.number;
    if (view.cohort === null) view.by = model.names[0] ?? "system";
  } else {
    Object.assign(view, { cohort: bar.number, column: view.by });
    if (view.system === null && model.data.systemColumn) view.by = "system";
  }
  redraw();
  byId("slices").querySelector("button:last-of-type").focus();
}

function slices() {
  const chips = [];
  const chip = (text, leave) => {
    const button = html("button", { type: "button", "aria-label": `Leave ${text}` }, `${text} ×`);
    button.addEventListener("click", () => {
      leave();
      redraw();
      byId("by").focus();
    });
    chips.push(button);
  };
  if (view.system !== null) {
    chip(`${model.data.systemColumn}: ${model.data.systems[view.system]}`, () => {
      Object.assign(view, { system: null, by: "system" });
    });
  }
  if (view.cohort !== null) {
    const { column } = view;
    chip(`${column}: ${labelsOf(model, column)[view.cohort]}`, () => {
      Object.assign(view, { cohort: null, column: null, by: column });
    });
  }
  byId("slices").replaceChildren(...(chips.length ? chips : [html("span", { class: "detail" }, "all rows")]));
  for (const option of byId("by").options) {
    // Within a cohort only systems were counted apart.
    option.disabled = view.cohort !== null && !["system", view.column].includes(option.value);
  }
  byId("by").value = view.by;
  byId("by-title").textContent = `By ${view.by}`;
  byId("by-hint").textContent = view.system === null || view.cohort === null ? "A click on a bar looks into it." : "";
}

const inputs = ["baseline", "incident"].map((name) => ["start", "end"].map((part) => byId(`${name}-${part}`)));

function fields() {
  inputs.forEach((pair, w) => pair.forEach((input, side) => {
    if (input !== document.activeElement) input.value = calendar.field(windows[w][side]);
  }));
}

inputs.forEach((pair, w) => pair.forEach((input, side) => {
  input.type = calendar.daily ? "date" : "datetime-local";
  input.addEventListener("change", () => {
    const at = calendar.fromField(input.value);
    // A year is typed digit by digit: what lies beyond the log is no answer yet.
    if (at >= 0 && at <= calendar.steps) timeline.edge(w, side, at);
  });
  // Where what was typed is not possible, the field says what is.
  input.addEventListener("blur", () => fields());
}));

for (const by of groupings) byId("by").append(html("option", { value: by }, by));
byId("by").addEventListener("change", () => {
  view.by = byId("by").value;
  redraw();
});

function back() {
  Object.assign(view, { by: groupings[0] ?? "system", system: null, cohort: null, column: null });
  windows = question.map((span) => [...span]);
  redraw();
}

byId("reset").addEventListener("click", back);
byId("ask-back").addEventListener("click", () => {
  back();
  byId("by").focus();
});

byId("save").addEventListener("click", () => {
  const text = questionOf(model, view, windows, calendar);
  const address = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
  html("a", { href: address, download: `${model.data.case}.yml` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
  say("The question was saved.");
});

async function copy() {
  try {
    await navigator.clipboard.writeText(byId("code").textContent);
    say("The code was copied.");
  } catch {
    // A frame may not be allowed to; then the code is selected, to be copied by hand.
    byId("code-box").open = true;
    getSelection().selectAllChildren(byId("code"));
    say("Copy what is selected.");
  }
}

byId("copy").addEventListener("click", copy);
byId("ask-copy").addEventListener("click", copy);

function say(text) {
  byId("status").textContent = text;
}

document.addEventListener("keydown", (event) => event.key === "Escape" && tip.hide());
explain();
new ResizeObserver(() => redraw()).observe(byId("timeline"));
