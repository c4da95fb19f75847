// The views as bars on one scale, and what a bar's tip says.

const MEANINGS = {
  mix: "other rows are scored",
  spread: "scores lie closer together or further apart, and outcomes at equal scores are as before",
  validity: "outcomes at equal scores are no longer as before",
  within: "ranking within each group",
  across: "ranking of one group against another",
  pairMix: "how often groups meet",
  entered: "groups that entered or left",
};

// Bars of one panel around their common zero. `act` makes a bar a button.
function barsInto(list, bars, act) {
  const values = bars.map((bar) => bar.value).filter(Number.isFinite);
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const size = high - low || 1;
  list.replaceChildren(...bars.map((bar) => html("li", {}, barOf(bar, low, size, act))));
}

function barOf(bar, low, size, act) {
  const fillOf = html("span", { class: `fill ${bar.value < 0 ? "loss" : "gain"}` });
  const from = ((Math.min(bar.value, 0) - low) / size) * 100;
  fillOf.style.left = `${from}%`;
  fillOf.style.width = `${(Math.abs(bar.value || 0) / size) * 100}%`;
  const zero = html("span", { class: "zero" });
  zero.style.left = `${(-low / size) * 100}%`;
  const parts = [
    html("span", { class: "label" }, bar.label),
    number(bar.name, bar.value, points(bar.value, true)),
    html("span", { class: "track", "aria-hidden": "true" }, fillOf, zero),
    html("span", { class: "detail" }, bar.detail),
  ];
  const kind = bar.open ? "button" : "div";
  const row = html(kind, { class: "row", type: bar.open ? "button" : null, "data-group": bar.group }, ...parts);
  if (bar.open) {
    row.addEventListener("click", () => act.open(bar));
    row.addEventListener("focus", () => row.matches(":focus-visible") && show());
    row.addEventListener("blur", leave);
  }
  row.addEventListener("pointerenter", show);
  row.addEventListener("pointerleave", leave);
  function show() {
    const box = row.getBoundingClientRect();
    tip.show(bar.tip, box.left + box.width / 2, box.top);
    act.point?.(bar);
  }
  function leave() {
    tip.hide();
    act.point?.(null);
  }
  return row;
}

function groupBars(model, sums, estimates, openable) {
  const shares = contributions(sums);
  const bars = sums.groups.map((group, i) => {
    const levels = groupEstimates(model, group, estimates);
    const lines = levels.map(
      (level, w) => `${TITLES[NAMES[w]]}: AUC ${points(level.value)} ${interval(level)}, n = ${grouped(level.rows)}`,
    );
    return {
      name: "contribution",
      group: group.label,
      number: group.number,
      label: group.label || "all rows",
      value: shares[i],
      detail: `${points(levels[0].value)} → ${points(levels[1].value)}`,
      tip: [`${group.label || "all rows"}: ${points(shares[i], true)} of the change`, ...lines],
      open: openable && group.number >= 0 && group.label !== OTHER,
    };
  });
  return bars.sort((a, b) => a.value - b.value || (a.label < b.label ? -1 : 1));
}

function partBars(parts) {
  return Object.entries(parts).map(([name, value]) => ({
    name,
    label: name,
    value,
    detail: MEANINGS[name],
    tip: [`${name}: ${points(value, true)} AUC`, MEANINGS[name]],
  }));
}

function stepBars(steps) {
  const few = steps.length > 3;
  return steps.map(({ part, group, value }) => {
    const all = few && part === "validity" ? "validity of all others" : part;
    return {
      name: "step",
      group: `${part}|${group}`,
      label: group ? `validity: ${group}` : all,
      value,
      // Beside it stands what the parts mean.
      detail: "",
      tip: [`${group || all}: ${points(value, true)} AUC`, MEANINGS[part]],
    };
  });
}

function causeBars({ parts }) {
  return parts.map((part) => ({
    name: "cause",
    label: `${part.label}${part.where === "everywhere" ? "" : `: ${part.where}`}`,
    value: part.value,
    detail: interval(part, true),
    tip: [`${part.label}: ${points(part.value, true)} ${interval(part, true)}`, part.sentence],
  }));
}

function pairBars(found, groups) {
  const names = { within: "within", across: "across", mix: "mix of pairs", entered: "entered or left" };
  const kinds = { within: (c) => c.i === c.j, across: (c) => c.i !== c.j };
  return Object.entries(names).map(([key, label]) => {
    const meaning = MEANINGS[key === "mix" ? "pairMix" : key];
    const cells = kinds[key] ? found.cells.filter(kinds[key]) : [];
    const largest = cells.toSorted((a, b) => Math.abs(b.moved) - Math.abs(a.moved)).slice(0, 3);
    const lines = largest.map(({ i, j, moved, before, after }) => {
      const pair = i === j ? groups[i].label : `positives of ${groups[i].label}, negatives of ${groups[j].label}`;
      return `${pair}: ${points(moved, true)} (AUC ${points(before)} → ${points(after)})`;
    });
    return {
      name: key === "mix" ? "pair-mix" : key,
      label,
      value: found[key],
      detail: meaning,
      tip: [`${label}: ${points(found[key], true)} AUC`, meaning, ...lines],
    };
  });
}
