// Chart data of the pages -> ECharts options. The shapes of data are told in docs/developer/frontend.md.
import { accent, base, inLines, ink, legend, levelColours, line, palette, quiet, shown, text } from "./look.js";

const kinds = { radar, bar, stacked, line: trend, range, scatter, sankey };

/** Options for a kind of chart without a map; undefined for other kinds. */
export function optionsFor(kind, data, narrow) {
  return kinds[kind] && { ...base(), ...kinds[kind](data, narrow) };
}

// Four patterns that grey print tells apart; level 3 stays plain.
const white = "rgba(255, 255, 255, 0.5)";
const levelPatterns = [
  { color: white, dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4 },
  { color: white, symbol: "circle", dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [5, 0], symbolSize: 0.7 },
  "none",
  { color: white, dashArrayX: [1, 0], dashArrayY: [2, 9] },
];

const colourOf = (series, index) =>
  series.level ? levelColours[series.level - 1] : palette[index % palette.length];

function radar({ indicators, series, max = 4, min = 1 }, narrow) {
  return {
    aria: { enabled: false },
    legend: series.length > 1 ? { ...legend, data: series.map(({ name }) => name) } : undefined,
    radar: {
      indicator: indicators.map(({ name, max: own }) => ({ name, min, max: own ?? max })),
      radius: narrow ? "48%" : "68%",
      center: ["50%", series.length > 1 ? "46%" : "52%"],
      splitNumber: max - min,
      axisName: { color: ink, fontSize: narrow ? 12 : 14, fontFamily: text.fontFamily },
      splitArea: { show: false },
      splitLine: { lineStyle: { color: line } },
      axisLine: { lineStyle: { color: line } },
    },
    series: [{ type: "radar", data: series.map(radarLine) }],
    tooltip: { ...base().tooltip, valueFormatter: (number) => shown(number) },
  };
}

function radarLine({ name, values }, index) {
  const colour = palette[index % palette.length];
  return {
    name,
    value: values.map((number) => number ?? NaN),
    symbolSize: 7,
    lineStyle: { width: 2.5, color: colour, type: index ? "dashed" : "solid" },
    itemStyle: { color: colour },
    areaStyle: index ? undefined : { color: colour, opacity: 0.15 },
  };
}

function axes({ categories, unit, percent, min, max }, sideways, narrow) {
  const longest = sideways && !narrow ? 40 : 22;
  const names = {
    type: "category",
    data: categories,
    inverse: sideways,
    axisLabel: { ...text, interval: sideways ? 0 : "auto", formatter: (name) => inLines(name, longest), lineHeight: 18 },
    axisTick: { show: false },
    axisLine: { lineStyle: { color: line } },
  };
  const amounts = {
    type: "value",
    min,
    max: percent ? 100 : max,
    name: unit,
    nameLocation: sideways ? "middle" : "end",
    nameGap: sideways ? 30 : 15,
    nameTextStyle: { color: quiet, align: sideways ? "center" : "left" },
    axisLabel: { ...text, formatter: (number) => shown(number), hideOverlap: true },
    splitLine: { lineStyle: { color: line } },
  };
  return sideways ? { xAxis: amounts, yAxis: names } : { xAxis: names, yAxis: amounts };
}

/** Room around the drawing: the unit stands above upright amounts and below sideways ones. */
function grid(hasLegend, unit, sideways) {
  const bottom = (hasLegend ? 56 : 8) + (unit && sideways ? 22 : 0);
  return { left: 8, right: 24, top: unit && !sideways ? 36 : 12, bottom, containLabel: true };
}

function bar(data, narrow, stack) {
  const sideways = data.sideways ?? (narrow || data.categories.length > 6);
  const hasLegend = data.series.length > 1;
  return {
    ...axes(data, sideways, narrow),
    grid: grid(hasLegend, data.unit, sideways),
    legend: hasLegend ? legend : undefined,
    tooltip: { ...base().tooltip, trigger: "axis", valueFormatter: (number) => shown(number, data.unit) },
    series: data.series.map((series, index) => ({
      type: "bar",
      name: series.name,
      stack,
      barMaxWidth: 34,
      data: series.values,
      itemStyle: {
        color: colourOf(series, index),
        decal: levelPatterns[series.level - 1],
        borderColor: "#fff",
        borderWidth: stack ? 1 : 0,
      },
    })),
    ...(hasLegend ? {} : { aria: { enabled: false } }),
  };
}

function stacked(data, narrow) {
  return bar(data, narrow, "all");
}

function trend(data) {
  return {
    ...axes(data, false),
    grid: grid(data.series.length > 1, data.unit),
    legend: data.series.length > 1 ? legend : undefined,
    tooltip: { ...base().tooltip, trigger: "axis", valueFormatter: (number) => shown(number, data.unit) },
    aria: { enabled: false },
    series: data.series.map((series, index) => ({
      type: "line",
      name: series.name,
      data: series.values,
      symbolSize: 8,
      lineStyle: { width: 2.5, type: ["solid", "dashed", "dotted"][index % 3] },
      itemStyle: { color: colourOf(series, index) },
    })),
  };
}

/** A dot for each value with its interval: low and high of the same length as values, null where unknown. */
function range(data, narrow) {
  const rows = data.values.map((middle, index) => [index, middle, data.low[index], data.high[index]]);
  return {
    ...axes(data, true, narrow),
    grid: grid(false, data.unit, true),
    aria: { enabled: false },
    tooltip: {
      ...base().tooltip,
      formatter: ({ value: [at, middle, low, high] }) =>
        `${data.categories[at]}\n${shown(middle, data.unit)} (${shown(low)} – ${shown(high)})`,
    },
    series: [
      { type: "custom", renderItem: interval, data: rows, encode: { x: [1, 2, 3], y: 0 }, silent: true },
      { type: "scatter", data: rows, encode: { x: 1, y: 0 }, symbolSize: 11, itemStyle: { color: accent } },
    ],
  };
}

function interval(_params, api) {
  const [low, high] = [api.value(2), api.value(3)];
  if (Number.isNaN(low) || Number.isNaN(high)) return null;
  const [x1, y] = api.coord([low, api.value(0)]);
  const [x2] = api.coord([high, api.value(0)]);
  const stroke = (a, b) => ({
    type: "line",
    shape: { x1: a[0], y1: a[1], x2: b[0], y2: b[1] },
    style: { stroke: accent, lineWidth: 2 },
  });
  return {
    type: "group",
    children: [stroke([x1, y], [x2, y]), stroke([x1, y - 5], [x1, y + 5]), stroke([x2, y - 5], [x2, y + 5])],
  };
}

function scatter({ points, xName, yName, unit }) {
  const axis = (name) => ({
    type: "value",
    scale: true,
    name,
    nameLocation: "middle",
    nameGap: 32,
    axisLabel: text,
    splitLine: { lineStyle: { color: line } },
  });
  return {
    xAxis: axis(xName),
    yAxis: axis(yName),
    grid: { left: 36, right: 24, top: 12, bottom: 36, containLabel: true },
    aria: { enabled: false },
    tooltip: {
      ...base().tooltip,
      formatter: ({ data: { name, value: [x, y] } }) => `${name}\n${xName} ${shown(x)}\n${yName} ${shown(y, unit)}`,
    },
    series: [
      {
        type: "scatter",
        symbolSize: 12,
        itemStyle: { color: accent, opacity: 0.75 },
        data: points.map(({ name, x, y, url }) => ({ name, value: [x, y], url })),
      },
    ],
  };
}

/** Names stand inside the flow, beginning and end each on its own side: outside there is no room on a phone. */
function sankey({ nodes, links, unit }, narrow) {
  const ends = new Set(links.map(({ target }) => target));
  return {
    aria: { enabled: false },
    tooltip: { ...base().tooltip, valueFormatter: (number) => shown(number, unit) },
    series: [
      {
        type: "sankey",
        left: 8,
        right: 8,
        top: 12,
        bottom: 24,
        nodeWidth: 16,
        nodeGap: 14,
        draggable: false,
        data: nodes.map(({ level, ...node }) => ({
          ...node,
          label: { position: ends.has(node.name) ? "left" : "right" },
          itemStyle: level ? { color: levelColours[level - 1], decal: levelPatterns[level - 1] } : undefined,
        })),
        links,
        label: { ...text, formatter: ({ name }) => inLines(name, narrow ? 14 : 30), lineHeight: 17 },
        labelLayout: { hideOverlap: true },
        lineStyle: { color: "gradient", opacity: 0.35 },
        emphasis: { focus: "adjacency" },
      },
    ],
  };
}
