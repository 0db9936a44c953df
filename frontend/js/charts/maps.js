// Maps without tiles: shaded areas and points, from GeoJSON kept by the installation itself.
import { accent, areaShades, base, ink, levelColours, line, shown, text } from "./look.js";

let registered = 0;

/** Options for the kinds "areas" and "points". */
export function mapOptionsFor(kind, data, registerMap) {
  if (kind === "areas") return { ...base(), ...areas(data, registerMap) };
  if (kind === "points") return { ...base(), ...points(data, registerMap) };
  throw new RangeError(`No chart is called "${kind}".`);
}

function register(geojson, registerMap) {
  const name = `map-${(registered += 1)}`;
  registerMap(name, geojson);
  return name;
}

// More names than these cannot be read on a map.
const MOST_LABELS = 30;

/**
 * values: {code, name, value, url, word?}; features are joined by properties.code. A missing value is left white.
 * With levels: [{label, level, from, below}] the shades are those of the four levels, named in the legend.
 */
function areas({ boundaries, values, unit, levels }, registerMap) {
  const named = Object.fromEntries(values.map(({ code, name, word }) => [code, { name, word }]));
  return {
    aria: { enabled: false },
    tooltip: {
      ...base().tooltip,
      formatter: ({ name, value }) => `${named[name]?.name ?? name}\n${said(named[name], value, unit)}`,
    },
    visualMap: levels ? levelLegend(levels) : shadeLegend(values, unit),
    series: [
      {
        type: "map",
        map: register(boundaries, registerMap),
        nameProperty: "code",
        label: {
          show: values.length <= MOST_LABELS,
          formatter: ({ name }) => [named[name]?.name, named[name]?.word].filter(Boolean).join("\n"),
          ...text,
          color: ink,
          fontSize: 12,
          lineHeight: 17,
          backgroundColor: "rgba(255, 255, 255, 0.85)",
          borderRadius: 3,
          padding: [1, 4],
        },
        itemStyle: { areaColor: "#fff", borderColor: "#5b6a6b" },
        emphasis: { label: { show: true }, itemStyle: { areaColor: "#f2c14e" } },
        select: { disabled: true },
        data: values.map(({ code, value, url }) => ({ name: code, value: value ?? NaN, url })),
      },
    ],
  };
}

function said(entry, value, unit) {
  if (!Number.isFinite(value)) return "–";
  const number = shown(value, unit);
  return entry?.word && !entry.word.includes(String(value)) ? `${number} ${entry.word}` : number;
}

function shadeLegend(values, unit) {
  const known = values.map(({ value }) => value).filter(Number.isFinite);
  return {
    min: Math.min(0, ...known),
    max: known.length && Math.max(...known) < 1 ? Math.max(...known) : Math.max(1, ...known),
    left: 0,
    bottom: 0,
    orient: "horizontal",
    calculable: false,
    text: [unit ?? "", ""],
    textStyle: text,
    inRange: { color: areaShades },
    formatter: (number) => shown(number < 1 ? Math.round(number * 1000) / 1000 : Math.round(number)),
  };
}

function levelLegend(levels) {
  return {
    type: "piecewise",
    left: 0,
    bottom: 0,
    textStyle: text,
    pieces: levels.map(({ label, level, from, below }) => ({
      gte: from,
      lt: below,
      label,
      color: levelColours[level - 1],
    })),
    outOfRange: { color: "#fff" },
  };
}

function points({ boundaries, points: places, unit }, registerMap) {
  const most = Math.max(1, ...places.map(({ value }) => value ?? 1));
  const frame = boundaries ? pointsOnMap(boundaries, registerMap) : pointsOnGrid(places);
  return {
    ...frame.options,
    aria: { enabled: false },
    tooltip: { ...base().tooltip, formatter: ({ data }) => `${data.name}\n${shown(data.value[2], unit)}` },
    series: [
      {
        type: "scatter",
        coordinateSystem: frame.system,
        symbolSize: ([, , amount]) => 8 + 26 * Math.sqrt((amount ?? 1) / most),
        itemStyle: { color: accent, opacity: 0.6, borderColor: "#fff" },
        data: places.map(({ name, lon, lat, value, url }) => ({ name, value: [lon, lat, value ?? 1], url })),
      },
    ],
  };
}

function pointsOnMap(boundaries, registerMap) {
  const geo = {
    map: register(boundaries, registerMap),
    silent: true,
    itemStyle: { areaColor: "#f0f4f3", borderColor: line },
  };
  return { system: "geo", options: { geo } };
}

/** Without boundaries the points keep their true positions to each other. */
function pointsOnGrid(places) {
  const middle = (values) => (Math.min(...values) + Math.max(...values)) / 2;
  const reach = (values) => Math.max(0.02, Math.max(...values) - Math.min(...values)) * 0.56;
  const lons = places.map(({ lon }) => lon);
  const lats = places.map(({ lat }) => lat);
  const half = Math.max(reach(lons), reach(lats));
  const axis = (centre) => ({
    type: "value",
    min: centre - half,
    max: centre + half,
    axisLabel: { show: false },
    axisTick: { show: false },
    axisLine: { show: false },
    splitLine: { lineStyle: { color: line, type: "dotted" } },
  });
  const options = {
    grid: { left: 8, right: 8, top: 8, bottom: 8 },
    xAxis: axis(places.length ? middle(lons) : 0),
    yAxis: axis(places.length ? middle(lats) : 0),
  };
  return { system: "cartesian2d", options };
}
