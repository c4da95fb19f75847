// Elements made without markup, so that whatever a log holds stays text; and numbers as words.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function html(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

const byId = (id) => document.getElementById(id);

function points(value, signed = false) {
  if (value === null || !Number.isFinite(value)) return "–";
  const text = Math.abs(value).toFixed(3);
  if (!signed) return text;
  return Number(text) === 0 ? text : (value < 0 ? "−" : "+") + text;
}

function interval(estimate, signed = false) {
  if (estimate.low === null) return "";
  return `[${points(estimate.low, signed)}, ${points(estimate.high, signed)}]`;
}

const grouped = (count) => Math.round(count).toLocaleString("en");

// The full number stands beside the rounded one, for programs that read the page.
function number(name, value, text) {
  return html("span", { class: "number", "data-name": name, "data-value": String(value) }, text);
}

const tip = {
  show(lines, x, y) {
    const box = byId("tip");
    box.replaceChildren(
      ...lines.map((line, i) => html("div", {}, line)),
    );
    box.hidden = false;
    const { width, height } = box.getBoundingClientRect();
    const left = Math.min(Math.max(x - width / 2, 8), document.documentElement.clientWidth - width - 8);
    const above = y - height - 14;
    box.style.left = `${left + window.scrollX}px`;
    box.style.top = `${(above < 4 ? y + 18 : above) + window.scrollY}px`;
  },
  hide() {
    byId("tip").hidden = true;
  },
};
