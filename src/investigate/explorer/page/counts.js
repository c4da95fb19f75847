// The counts as the page carries them, and their sums over two windows.

// Numbers of seven bits a byte, the lowest first; the eighth bit says that another byte follows.
async function numbersOf(base64) {
  const packed = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const found = new Float64Array(bytes.length);
  let length = 0;
  let value = 0;
  let scale = 1;
  for (const byte of bytes) {
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte < 128) {
      found[length++] = value;
      value = 0;
      scale = 1;
    }
  }
  return found.subarray(0, length);
}

// Cells sorted by step, each a step, two keys and a bin, kept as one number that only grows.
async function cellsOf(base64, sizes, steps) {
  const numbers = await numbersOf(base64);
  const length = numbers.length / 3;
  const [first, second, bin] = [0, 0, 0].map(() => new Int32Array(length));
  const [positives, negatives] = [0, 0].map(() => new Float64Array(length));
  const start = new Int32Array(steps + 1);
  let key = 0;
  for (let i = 0; i < length; i++) {
    key += numbers[3 * i];
    let rest = key;
    bin[i] = rest % sizes[2];
    rest = Math.floor(rest / sizes[2]);
    second[i] = rest % sizes[1];
    rest = Math.floor(rest / sizes[1]);
    first[i] = rest % sizes[0];
    start[Math.floor(rest / sizes[0]) + 1] = i + 1;
    positives[i] = numbers[3 * i + 1];
    negatives[i] = numbers[3 * i + 2];
  }
  // A step without rows ends where the one before it does.
  for (let step = 1; step <= steps; step++) start[step] = Math.max(start[step], start[step - 1]);
  return { start, first, second, bin, positives, negatives };
}

async function modelOf(data) {
  const names = data.cohorts.map((cohort) => cohort.name);
  const tables = data.tables.map((cells, i) => {
    const groups = data.cohorts[i] ? data.cohorts[i].labels.length : 1;
    return cellsOf(cells, [data.systems.length, groups, data.bins], data.steps);
  });
  const folds = data.folds
    ? cellsOf(data.folds.cells, [1, data.folds.folds, data.folds.bins], data.steps)
    : null;
  // With weights: rows and the squares of their weights, without bins, in place of outcomes.
  const weighed = (data.weights?.tables ?? []).map((cells, i) => {
    const groups = data.cohorts[i] ? data.cohorts[i].labels.length : 1;
    return cellsOf(cells, [1, data.systems.length, groups], data.steps);
  });
  const unit = data.weights?.unit ?? null;
  return { data, names, unit, tables: await Promise.all(tables), weighed: await Promise.all(weighed), folds: await folds };
}

// What is looked at: `by` a grouping, `system` and `cohort` (of the column `column`) the slice.
function placeOf(model, view) {
  return Math.max(model.names.indexOf(view.cohort === null ? view.by : view.column), 0);
}

function tableOf(model, view) {
  return model.tables[placeOf(model, view)];
}

// How many rows lie in the steps [from, until), by the group of the view: all of it, or `only` one.
// With weights, the effective size of their sample over the sum of their weights goes with it.
function rowsOf(model, view, from, until) {
  const { start, second, bin, positives, negatives } = model.weighed[placeOf(model, view)];
  const rows = new Float64Array(labelsOf(model, view.by).length);
  let squares = 0;
  for (let i = start[from]; i < start[Math.max(from, until)]; i++) {
    if (view.system !== null && second[i] !== view.system) continue;
    if (view.cohort !== null && bin[i] !== view.cohort) continue;
    rows[view.by === "system" ? second[i] : bin[i]] += positives[i];
    squares += negatives[i];
  }
  return { rows, squares };
}

// What sums of weights are multiplied by to be counts: to sum to the effective size (Kish 1965).
function scaleOf(model, weight, squares) {
  return squares > 0 ? (weight / squares) * model.unit : 0;
}

function labelsOf(model, by) {
  return by === "system"
    ? model.data.systems
    : model.data.cohorts[model.names.indexOf(by)].labels;
}

// Outcomes by window, group, side and bin of the slices looked at last. A window that moves by a
// few days has only these days added and taken away: counts are whole numbers, so sums stay exact.
const held = new Map();
const MOST_HELD = 4;

function summed(model, view, windows) {
  const key = JSON.stringify([view.by, view.system, view.cohort, view.column]);
  if (!held.has(key) && held.size >= MOST_HELD) held.clear();
  if (!held.has(key)) {
    const size = labelsOf(model, view.by).length * model.data.bins;
    held.set(key, { windows: [[0, 0], [0, 0]], sums: new Float64Array(size * 4) });
  }
  const own = held.get(key);
  windows.forEach(([from, until], window) => {
    const [first, last] = own.windows[window];
    const apart = until <= first || last <= from;
    const spans = apart
      ? [[first, last, -1], [from, until, 1]]
      : [[from, first, 1], [first, from, -1], [last, until, 1], [until, last, -1]];
    for (const [start, end, sign] of spans) add(model, view, own.sums, window, start, end, sign);
  });
  own.windows = windows.map((span) => [...span]);
  return own.sums;
}

function add(model, view, sums, window, from, until, sign) {
  const { start, first, second, bin, positives, negatives } = tableOf(model, view);
  const { system, cohort } = view;
  const group = view.by === "system" ? first : second;
  const { bins } = model.data;
  for (let i = start[from]; i < start[Math.max(from, until)]; i++) {
    if (system !== null && first[i] !== system) continue;
    if (cohort !== null && second[i] !== cohort) continue;
    const at = (group[i] * 4 + window * 2) * bins + bin[i];
    sums[at] += sign * positives[i];
    sums[at + bins] += sign * negatives[i];
  }
}

// Outcomes of both windows by group and bin; bins and groups without rows are left out.
function windowed(model, view, windows) {
  const sums = summed(model, view, windows);
  const labels = labelsOf(model, view.by);
  const all = model.data.bins;
  const part = (group, window, side) => {
    const from = (group * 4 + window * 2 + side) * all;
    return sums.subarray(from, from + all);
  };
  const parts = labels.map((_, group) => [0, 1, 2, 3].map((at) => part(group, at >> 1, at & 1)));
  const used = new Uint8Array(all);
  const sizes = parts.map((own) => {
    for (const side of own) for (let bin = 0; bin < all; bin++) if (side[bin]) used[bin] = 1;
    return own.map(total);
  });
  const weighed = model.unit === null ? null : windows.map(([from, until]) => rowsOf(model, view, from, until));
  const counted = parts.map((_, group) =>
    [0, 1].map((w) => (weighed ? weighed[w].rows[group] : sizes[group][2 * w] + sizes[group][2 * w + 1])));
  const scales = [0, 1].map((w) =>
    weighed ? scaleOf(model, total(sizes.map((own) => own[2 * w] + own[2 * w + 1])), weighed[w].squares) : 1);
  const rows = counted.map(total);
  const kept = Int32Array.from(used.keys()).filter((bin) => used[bin]);
  const bins = kept.length;
  const merged = together(labels, rows, model.data.smallestGroup);
  const groups = merged.labels.map((label) => ({
    label,
    // A group that others were counted with is no slice that could be asked for.
    number: labels.indexOf(label),
    rows: [0, 0],
    positives: [new Float64Array(bins), new Float64Array(bins)],
    negatives: [new Float64Array(bins), new Float64Array(bins)],
  }));
  parts.forEach((own, group) => {
    if (!rows[group]) return;
    const into = groups[merged.place[group]];
    counted[group].forEach((n, w) => (into.rows[w] += n));
    own.forEach((side, at) => {
      const sum = into[at & 1 ? "negatives" : "positives"][at >> 1];
      const scale = scales[at >> 1];
      for (let place = 0; place < bins; place++) sum[place] += scale * side[kept[place]];
    });
  });
  const inexact = new Set(model.data.inexact);
  const exact = Array.from(kept, (bin) => !inexact.has(bin));
  return { bins, groups, exact, whole: wholeOf(groups, bins) };
}

function wholeOf(groups, bins) {
  const sum = (side) =>
    [0, 1].map((window) => {
      const total = new Float64Array(bins);
      for (const group of groups) group[side][window].forEach((n, bin) => (total[bin] += n));
      return total;
    });
  return { positives: sum("positives"), negatives: sum("negatives") };
}

// Groups of few rows are counted together, by the rule of investigate.log.small: with a host
// where all of them are too few, since they would follow from the total.
function together(labels, rows, least) {
  const order = labels.map((_, i) => i).filter((i) => rows[i] > 0);
  order.sort((a, b) => rows[a] - rows[b] || (labels[a] < labels[b] ? -1 : 1));
  const small = order.filter((i) => rows[i] < least || labels[i] === OTHER);
  const alone = order.filter((i) => !small.includes(i));
  const few = small.reduce((sum, i) => sum + rows[i], 0);
  let name = OTHER;
  if (few > 0 && few < least && alone.length) {
    const host = alone.shift();
    small.push(host);
    const own = labels[host].endsWith(HOSTS) ? labels[host] : labels[host] + HOSTS;
    name = labels[host] === OTHER || alone.some((i) => labels[i] === own) ? OTHER : own;
  }
  const kept = alone.map((i) => labels[i]);
  if (small.length) kept.push(name);
  kept.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const place = labels.map((label, i) => kept.indexOf(small.includes(i) ? name : label));
  return { labels: kept, place };
}

const OTHER = "(other)";
const HOSTS = " and others";
