// The views of a change in AUC, each of which sums to it without a remainder: the
// arithmetic of investigate.analyses (contributions, pairs, mechanism).

const WINDOWS = [0, 1];

// What every group contributes: the sum of its rows' weights (Aumann & Shapley 1974).
function contributions({ bins, groups, whole }) {
  const sizes = WINDOWS.map((w) => [total(whole.positives[w]), total(whole.negatives[w])]);
  const mean = (side, place) =>
    Float64Array.from({ length: bins }, (_, bin) =>
      WINDOWS.reduce((sum, w) => sum + side[w][bin] / sizes[w][place] / 2, 0),
    );
  const [f, h] = [mean(whole.positives, 0), mean(whole.negatives, 1)];
  const area = auc(f, h);
  const up = midranks(h).map((rank) => rank - area);
  const down = midranks(f).map((rank) => 1 - rank - area);
  return groups.map((group) => {
    let sum = 0;
    for (const w of WINDOWS) {
      const sign = w ? 1 : -1;
      for (let bin = 0; bin < bins; bin++) {
        sum += (sign * group.positives[w][bin] * up[bin]) / sizes[w][0];
        sum += (sign * group.negatives[w][bin] * down[bin]) / sizes[w][1];
      }
    }
    return sum;
  });
}

// The share below each bin, ties counted half.
function midranks(weights) {
  const all = total(weights);
  let below = 0;
  return weights.map((weight) => {
    const share = weight / all;
    below += share;
    return below - share / 2;
  });
}

const MOST_PAIRED = 40;

// Positives of one group against negatives of another (Kitagawa 1955); null with many groups.
function pairs({ groups }) {
  const size = groups.length;
  if (size > MOST_PAIRED) return null;
  const [area, weight] = moments(groups);
  const both = area[0].map((one, at) => Number.isFinite(one) && Number.isFinite(area[1][at]));
  const centre = total(
    WINDOWS.map((w) => total(area[w].map((a, at) => (Number.isFinite(a) ? a * weight[w][at] : 0)))),
  ) / 2;
  const found = { within: 0, across: 0, mix: 0, entered: 0, cells: [] };
  both.forEach((there, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    if (!there) {
      for (const w of WINDOWS) {
        const a = area[w][at];
        if (Number.isFinite(a)) found.entered += (w ? 1 : -1) * weight[w][at] * (a - centre);
      }
      return;
    }
    const middle = (area[0][at] + area[1][at]) / 2;
    const moved = ((weight[0][at] + weight[1][at]) / 2) * (area[1][at] - area[0][at]);
    found[i === j ? "within" : "across"] += moved;
    found.mix += (weight[1][at] - weight[0][at]) * (middle - centre);
    found.cells.push({ i, j, moved, before: area[0][at], after: area[1][at] });
  });
  return found;
}

// AUC of each pair and its weight, by window; NaN where a class is empty.
function moments(groups) {
  const area = [];
  const weight = [];
  for (const w of WINDOWS) {
    const m = groups.map((group) => total(group.positives[w]));
    const n = groups.map((group) => total(group.negatives[w]));
    const [allM, allN] = [total(m), total(n)];
    const areas = [];
    const weights = [];
    groups.forEach((one, i) =>
      groups.forEach((other, j) => {
        areas.push(auc(one.positives[w], other.negatives[w]));
        weights.push((m[i] / allM) * (n[j] / allN));
      }),
    );
    area.push(areas);
    weight.push(weights);
  }
  return [area, weight];
}

const MOST_BANDS = 32;
const ROWS_A_BAND = 20;
// A band put to a spread it was not observed with is filled up to so many rows of the other window.
const BORROWED_ROWS = 5;
const ORDERS = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

// Mix, spread and validity: the Shapley value of three parts that change windows (Shorrocks 2013).
function mechanism(sums) {
  const { arm } = armsOf(sums);
  const known = new Map();
  const value = (parts) => {
    const key = parts.join();
    if (!known.has(key)) known.set(key, arm(...parts));
    return known.get(key);
  };
  const gained = ORDERS.map((order) => {
    const gains = [0, 0, 0];
    let parts = [0, 0, 0];
    for (const part of order) {
      const next = parts.map((own, at) => (at === part ? 1 : own));
      gains[part] = value(next) - value(parts);
      parts = next;
    }
    return gains;
  }).filter((gains) => gains.every(Number.isFinite));
  // Tiny groups can leave an arm with one outcome; orders through it do not count.
  const mean = (part) => total(gained.map((gains) => gains[part])) / gained.length;
  return { mix: mean(0), spread: mean(1), validity: mean(2) };
}

// The band of every bin: equal shares of both windows, wide enough to hold rows.
function bandsOf({ bins, groups, whole }) {
  const mass = WINDOWS.map((w) => whole.positives[w].map((n, bin) => n + whole.negatives[w][bin]));
  const sizes = mass.map(total);
  const wanted = Math.floor(Math.min(...sizes) / groups.length / ROWS_A_BAND);
  const bands = Math.min(Math.max(wanted, 8), MOST_BANDS);
  const seen = [];
  let below = 0;
  const band = Int32Array.from({ length: bins }, (_, bin) => {
    const share = (mass[0][bin] / sizes[0] + mass[1][bin] / sizes[1]) / 2;
    below += share;
    const place = Math.min(Math.floor((below - share / 2) * bands), bands - 1);
    if (seen.at(-1) !== place) seen.push(place);
    return seen.length - 1;
  });
  return [band, seen.length];
}

// AUC with each of the three parts taken from the baseline (0) or from the incident (1).
function armsOf(sums) {
  const { bins, groups } = sums;
  const [band, bands] = bandsOf(sums);
  const rows = WINDOWS.map((w) =>
    groups.map((group) => {
      const own = new Float64Array(bands);
      band.forEach((b, bin) => (own[b] += group.positives[w][bin] + group.negatives[w][bin]));
      return own;
    }),
  );
  const sizes = rows.map((ofGroups) => ofGroups.map(total));
  const all = sizes.map(total);
  // What one group adds to the outcomes of an arm.
  const add = (sum, group, g, mix, spreadOf, validity) => {
    // A group without rows in a window has no spread there: it takes the other's.
    const from = sizes[spreadOf][g] > 0 ? spreadOf : 1 - spreadOf;
    const scale = new Float64Array(bands);
    const lent = new Float64Array(bands);
    for (let b = 0; b < bands; b++) {
      const mass = ((sizes[mix][g] / all[mix]) * rows[from][g][b]) / sizes[from][g];
      const [own, other] = [rows[validity][g][b], rows[1 - validity][g][b]];
      let borrowed = from !== validity ? Math.max(BORROWED_ROWS - own, 0) : 0;
      if (other === 0) borrowed = 0;
      else if (own === 0) borrowed = 1;
      scale[b] = own + borrowed > 0 ? mass / (own + borrowed) : 0;
      lent[b] = other > 0 ? (scale[b] * borrowed) / other : 0;
    }
    for (const side of ["positives", "negatives"]) {
      const [mine, theirs] = [group[side][validity], group[side][1 - validity]];
      for (let bin = 0; bin < bins; bin++) {
        sum[side][bin] += mine[bin] * scale[band[bin]] + theirs[bin] * lent[band[bin]];
      }
    }
    return sum;
  };
  const none = () => ({ positives: new Float64Array(bins), negatives: new Float64Array(bins) });
  const arm = (mix, spreadOf, validity) => {
    const sum = none();
    groups.forEach((group, g) => add(sum, group, g, mix, spreadOf, validity));
    return auc(sum.positives, sum.negatives);
  };
  // A group's own part of the incident's arm, with the validity of a window.
  const part = (g, validity) => add(none(), groups[g], g, 1, 1, validity);
  return { arm, part, none };
}

const MOST_STEPS = 3;

// The incident turned back into the baseline step by step: the arithmetic of
// investigate.analyses.waterfall.
function waterfall(sums) {
  const { groups, bins } = sums;
  const { arm, part, none } = armsOf(sums);
  const parts = groups.map((_, g) => [0, 1].map((validity) => part(g, validity)));
  const now = none();
  const change = (into, of, sign) => {
    for (const side of ["positives", "negatives"]) {
      for (let bin = 0; bin < bins; bin++) into[side][bin] += sign * of[side][bin];
    }
    return into;
  };
  for (const own of parts) change(now, own[1], 1);
  const back = (from, g) => {
    const copy = { positives: from.positives.slice(), negatives: from.negatives.slice() };
    return change(change(copy, parts[g][1], -1), parts[g][0], 1);
  };
  const area = (sum) => auc(sum.positives, sum.negatives);
  const steps = [];
  const [from, to] = [arm(1, 1, 1), arm(0, 0, 0)];
  const sign = Math.sign(from - to);
  let state = now;
  let level = from;
  const left = new Set(groups.keys());
  while (steps.length < Math.min(MOST_STEPS, groups.length - 1)) {
    let best = null;
    for (const g of left) {
      const moved = back(state, g);
      const gain = level - area(moved);
      if (sign * gain > 0 && !(best && sign * gain <= sign * best.gain)) best = { g, gain, moved };
    }
    if (!best) break;
    steps.push({ part: "validity", group: groups[best.g].label, value: best.gain });
    left.delete(best.g);
    state = best.moved;
    level = area(state);
  }
  const levels = [level, arm(1, 1, 0), arm(1, 0, 0), to];
  ["validity", "spread", "mix"].forEach((name, at) => {
    steps.push({ part: name, group: "", value: levels[at] - levels[at + 1] });
  });
  return steps;
}
