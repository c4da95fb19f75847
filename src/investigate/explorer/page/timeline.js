// The picture of AUC through time, with two windows that can be dragged or moved by keys.

const MARGIN = { left: 44, right: 14, top: 30, bottom: 26 };
const PLOT = 230;
const STRIP = 46;
const GAP = 16;
const EDGE = 6;
const NAMES = ["baseline", "incident"];
const TITLES = { baseline: "Baseline", incident: "Incident" };

// `moved(windows)` is called at every change; `read(point)` says what a point's tip says.
function timelineOf(host, calendar, windows, moved, read) {
  const { steps } = calendar;
  let width = 0;
  let points = [];
  let scale = (value) => value;
  const root = svg("svg", { role: "group", "aria-label": "AUC over time, with both windows" });
  const layers = Object.fromEntries(
    ["windows", "grid", "strip", "band", "line", "other", "levels", "cursor", "handles"].map((name) => {
      const layer = svg("g", { class: name });
      root.append(layer);
      return [name, layer];
    }),
  );
  host.append(root);
  const inner = () => width - MARGIN.left - MARGIN.right;
  const x = (at) => MARGIN.left + (at / steps) * inner();
  const stepAt = (event) => {
    const place = event.clientX - root.getBoundingClientRect().left - MARGIN.left;
    return (place / inner()) * steps;
  };
  const bottom = MARGIN.top + PLOT;
  const height = bottom + GAP + STRIP + MARGIN.bottom;

  const grips = NAMES.flatMap((name, window) => [
    gripOf(layers.handles, `${TITLES[name]}, the whole window`, name, (by) => shift(window, by), "body"),
    gripOf(layers.handles, `${TITLES[name]} start`, name, (by) => edge(window, 0, windows[window][0] + by)),
    gripOf(layers.handles, `${TITLES[name]} end`, name, (by) => edge(window, 1, windows[window][1] + by)),
  ]);
  const drag = (grip, begin) => {
    grip.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      grip.focus({ preventScroll: true });
      grip.setPointerCapture(event.pointerId);
      grip.dataset.held = "";
      const follow = begin(stepAt(event));
      const move = (next) => follow(stepAt(next));
      grip.addEventListener("pointermove", move);
      const done = () => {
        delete grip.dataset.held;
        grip.removeEventListener("pointermove", move);
      };
      grip.addEventListener("pointerup", done, { once: true });
      grip.addEventListener("pointercancel", done, { once: true });
    });
  };
  NAMES.forEach((_, window) => {
    drag(grips[3 * window], (from) => {
      const start = windows[window][0];
      return (at) => shift(window, Math.round(start + at - from) - windows[window][0]);
    });
    for (const side of [0, 1]) {
      drag(grips[3 * window + 1 + side], (from) => {
        const start = windows[window][side];
        return (at) => edge(window, side, Math.round(start + at - from));
      });
    }
  });

  // The baseline stands before the incident, and neither is empty. An edge that meets the other
  // window pushes that one's edge on.
  function edge(window, side, to) {
    const next = windows.map((one) => [...one]);
    const [low, high] = side ? [next[window][0] + 1, steps] : [0, next[window][1] - 1];
    const place = Math.min(Math.max(to, low), high);
    next[window][side] = place;
    if (side !== window) {
      const [first, last] = next;
      if (window) first[1] = Math.min(first[1], Math.max(place, first[0] + 1));
      else last[0] = Math.max(last[0], Math.min(place, last[1] - 1));
      next[window][side] = window ? Math.max(place, first[1]) : Math.min(place, last[0]);
    }
    tell(next);
  }
  function shift(window, by) {
    const [start, end] = windows[window];
    const low = window ? windows[0][1] - start : -start;
    const high = window ? steps - end : windows[1][0] - end;
    const bounded = Math.min(Math.max(by, low), high);
    const next = windows.map((one) => [...one]);
    next[window] = [start + bounded, end + bounded];
    tell(next);
  }
  function tell(next) {
    if (String(next) === String(windows)) return;
    // At once, since a key may come again before the next frame.
    windows = next;
    moved(next);
  }

  function place(next, levels) {
    windows = next;
    if (!width) return;
    layers.windows.replaceChildren();
    layers.levels.replaceChildren();
    windows.forEach(([start, end], window) => {
      const name = NAMES[window];
      const [left, right] = [x(start), x(end)];
      const tall = bottom + GAP + STRIP - MARGIN.top;
      layers.windows.append(
        svg("rect", { class: name, x: left, width: Math.max(right - left, 1), y: MARGIN.top, height: tall }),
      );
      const level = levels?.[window];
      if (Number.isFinite(level)) {
        const y = scale(level);
        layers.levels.append(svg("line", { class: name, x1: left, x2: right, y1: y, y2: y }));
      }
      const [body, first, last] = grips.slice(3 * window, 3 * window + 3);
      body.place(left, [left, right]);
      // Each edge is grasped within its own window, so that those of two that touch are apart.
      const within = Math.min(14, (right - left) / 2);
      const beyond = windows[0][1] === windows[1][0] ? 3 : 18 - within;
      first.place(left, [left - (window ? beyond : 18 - within), left + within], tall);
      last.place(right - EDGE, [right - within, right + (window ? 18 - within : beyond)], tall);
      const span = `${calendar.shown(start)} until ${calendar.shown(end)}`;
      body.value(start, 0, steps, span);
      first.value(start, 0, steps, calendar.shown(start));
      last.value(end, 0, steps, `until ${calendar.shown(end)}`);
    });
  }

  function draw(series, other, levels) {
    width = Math.max(host.clientWidth, 280);
    fill(root, { width, height, viewBox: `0 0 ${width} ${height}` }, []);
    points = series.filter((point) => Number.isFinite(point.auc));
    const [low, high] = extent([...points, ...(other ?? [])], levels);
    scale = (value) => MARGIN.top + ((high - Math.min(Math.max(value, low), high)) / (high - low)) * PLOT;
    drawGrid(low, high);
    drawStrip(series);
    const middle = (point) => x((point.from + point.until) / 2);
    const path = (own) => own.map((point, i) => {
      const joined = i && own[i - 1].until === point.from;
      return `${joined ? "L" : "M"}${middle(point).toFixed(1)} ${scale(point.auc).toFixed(1)}`;
    }).join("");
    const side = (sign) => (point) => `${middle(point).toFixed(1)} ${scale(point.auc + sign * point.reach).toFixed(1)}`;
    layers.band.replaceChildren();
    for (const run of runsOf(points.filter((point) => Number.isFinite(point.reach)))) {
      const there = [...run.map(side(1)), ...run.toReversed().map(side(-1))].join("L");
      if (run.length > 1) layers.band.append(svg("path", { d: `M${there}Z` }));
    }
    layers.line.replaceChildren(svg("path", { d: path(points) }));
    const dots = points.length < inner() / 7 ? points : points.filter((p, i) => alone(points, i));
    layers.line.append(...dots.map((p) => svg("circle", { cx: middle(p), cy: scale(p.auc), r: 2.4 })));
    const shown = (other ?? []).filter((point) => Number.isFinite(point.auc));
    layers.other.replaceChildren(svg("path", { d: path(shown) }));
    layers.cursor.replaceChildren();
    place(windows, levels);
  }

  function drawGrid(low, high) {
    layers.grid.replaceChildren();
    const size = [0.01, 0.02, 0.05, 0.1, 0.2].find((each) => (high - low) / each <= 6) ?? 0.25;
    for (let value = Math.ceil(low / size - 1e-9) * size; value <= high + 1e-9; value += size) {
      const y = scale(value);
      layers.grid.append(
        svg("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: y, y2: y, class: Math.abs(value - 0.5) < 1e-9 ? "chance" : null }),
        svg("text", { x: MARGIN.left - 8, y: y + 4, "text-anchor": "end" }, value.toFixed(2)),
      );
    }
    for (const { at, text } of calendar.marks(inner() / 84)) {
      layers.grid.append(
        svg("line", { x1: x(at), x2: x(at), y1: height - MARGIN.bottom, y2: height - MARGIN.bottom + 5 }),
        svg("text", { x: x(at), y: height - 6, "text-anchor": x(at) > width - 40 ? "end" : "middle" }, text),
      );
    }
    layers.grid.append(svg("text", { class: "title", x: MARGIN.left - 38, y: MARGIN.top - 12 }, "AUC"));
    layers.grid.append(svg("text", { x: MARGIN.left - 8, y: bottom + GAP + STRIP, "text-anchor": "end" }, "rows"));
  }

  function drawStrip(series) {
    const most = Math.max(...series.map((point) => point.rows), 1);
    const floor = bottom + GAP + STRIP;
    layers.strip.replaceChildren(
      ...series.filter((point) => point.rows).map((point) => {
        const tall = Math.max((point.rows / most) * STRIP, 1);
        const wide = Math.max(x(point.until) - x(point.from) - 1, 1);
        return svg("rect", { x: x(point.from), width: wide, y: floor - tall, height: tall });
      }),
      svg("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: floor, y2: floor }),
    );
  }

  root.addEventListener("pointermove", (event) => {
    const at = stepAt(event);
    const near = points.find((point) => point.from <= at && at < point.until);
    if (!near || event.buttons) return clear();
    const [cx, cy] = [x((near.from + near.until) / 2), scale(near.auc)];
    layers.cursor.replaceChildren(
      svg("line", { x1: cx, x2: cx, y1: MARGIN.top, y2: bottom }),
      svg("circle", { cx, cy, r: 4.5 }),
    );
    const box = root.getBoundingClientRect();
    tip.show(read(near), box.left + cx, box.top + cy);
  });
  root.addEventListener("pointerleave", clear);
  function clear() {
    layers.cursor.replaceChildren();
    tip.hide();
  }
  return { draw, place, edge };
}

// A part that can be dragged: to the keyboard and to screen readers it is a slider.
function gripOf(layer, label, name, by, kind = "edge") {
  const hit = svg("rect", { class: "hit" });
  const bar = svg("rect", { class: "bar", rx: 3 });
  const text = svg("text", { "text-anchor": "middle" });
  const grip = svg("g", { class: `grip ${kind} ${name}`, role: "slider", tabindex: 0, "aria-label": label }, hit, bar);
  if (kind === "body") grip.append(text);
  layer.append(grip);
  grip.place = (at, [left, right], tall) => {
    if (kind === "body") {
      const wide = Math.max(right - left, 26);
      const top = MARGIN.top - 24;
      fill(hit, { x: (left + right - wide) / 2, y: top, width: wide, height: 24 }, []);
      fill(bar, { x: left, y: top + 4, width: Math.max(right - left, 2), height: 17 }, []);
      const word = right - left > 62 ? TITLES[name] : "";
      fill(text, { x: (left + right) / 2, y: top + 17 }, []).textContent = word;
      return;
    }
    fill(hit, { x: left, y: MARGIN.top, width: right - left, height: tall }, []);
    fill(bar, { x: at, y: MARGIN.top + PLOT / 2 - 17, width: EDGE, height: 34 }, []);
  };
  grip.value = (now, least, most, words) =>
    fill(grip, { "aria-valuenow": now, "aria-valuemin": least, "aria-valuemax": most, "aria-valuetext": words }, []);
  const keys = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -7, PageUp: 7, Home: -1e9, End: 1e9 };
  grip.addEventListener("keydown", (event) => {
    if (!(event.key in keys) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    by(keys[event.key] * (event.shiftKey ? 7 : 1));
  });
  return grip;
}

// From a bit below the lowest AUC to a bit above the highest; a few wild points do not squeeze it.
function extent(points, levels) {
  const values = points.map((point) => point.auc).filter(Number.isFinite).sort((a, b) => a - b);
  const at = (share) => values[Math.round(share * (values.length - 1))] ?? 0.5;
  const known = [...(levels ?? []).filter(Number.isFinite), at(0.02), at(0.98)];
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const room = Math.max((high - low) * 0.22, 0.02);
  return [Math.max(low - room, 0), Math.min(high + room, 1)];
}

// Points that follow on each other without a gap.
function runsOf(points) {
  const runs = [];
  points.forEach((point, i) => {
    if (i && points[i - 1].until === point.from) runs.at(-1).push(point);
    else runs.push([point]);
  });
  return runs;
}

// A line of one point cannot be seen.
function alone(points, i) {
  return points[i - 1]?.until !== points[i].from && points[i + 1]?.from !== points[i].until;
}
