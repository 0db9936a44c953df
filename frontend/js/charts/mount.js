// Draws every <div data-chart="kind" data-chart-source="id of a JSON script"> and keeps it in size.
import { init, registerMap } from "./engine.js";
import { optionsFor } from "./options.js";
import { mapOptionsFor } from "./maps.js";

const drawn = new Map();
const resizer = new ResizeObserver((entries) => {
  // A map cannot be drawn into nothing, which is what is left while the page is being closed.
  for (const { target } of entries) if (target.clientWidth && target.clientHeight) drawn.get(target)?.resize();
});

function draw(element) {
  const source = document.getElementById(element.dataset.chartSource);
  if (drawn.has(element) || !source) return;
  const data = JSON.parse(source.textContent);
  const chart = init(element, null, { renderer: "canvas" });
  const kind = element.dataset.chart;
  const narrow = element.clientWidth < 520;
  chart.setOption(optionsFor(kind, data, narrow) ?? mapOptionsFor(kind, data, registerMap));
  chart.on("click", ({ data: item, dataIndex }) => follow(item?.url ?? data.urls?.[dataIndex]));
  drawn.set(element, chart);
  resizer.observe(element);
}

function follow(url) {
  if (typeof url === "string" && url.startsWith("/") && !url.startsWith("//")) location.assign(url);
}

function drawAll() {
  for (const [element, chart] of drawn) {
    if (element.isConnected) continue;
    resizer.unobserve(element);
    chart.dispose();
    drawn.delete(element);
  }
  document.querySelectorAll("[data-chart]").forEach(draw);
}

// Canvas text is measured once: wait for the Thai font.
document.fonts.load("16px Sarabun", "กA").finally(drawAll);
document.addEventListener("htmx:after:swap", drawAll);
window.addEventListener("beforeprint", () => drawn.forEach((chart) => chart.resize()));
