// Maps without tiles: shaded areas and points, from GeoJSON kept by the installation itself.
import { accent, areaShades, base, line, shown, text } from "./look.js";

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

/** values: {code, name, value, url}; features are joined by properties.code. A missing value is left white. */
function areas({ boundaries, values, unit }, registerMap) {
  const known = values.map(({ value }) => value).filter(Number.isFinite);
  const labels = Object.fromEntries(values.map(({ code, name }) => [code, name]));
  return {
    aria: { enabled: false },
    tooltip: {
      ...base().tooltip,
      formatter: ({ name, value }) => `${labels[name] ?? name}\n${shown(value, unit)}`,
    },
    visualMap: {
      min: Math.min(0, ...known),
      max: Math.max(1, ...known),
      left: 0,
      bottom: 0,
      orient: "horizontal",
      calculable: false,
      text: [unit ?? "", ""],
      textStyle: text,
      inRange: { color: areaShades },
      formatter: (number) => shown(Math.round(number)),
    },
    series: [
      {
        type: "map",
        map: register(boundaries, registerMap),
        nameProperty: "code",
        label: { show: false },
        itemStyle: { areaColor: "#fff", borderColor: "#5b6a6b" },
        emphasis: { label: { show: false }, itemStyle: { areaColor: "#f2c14e" } },
        select: { disabled: true },
        data: values.map(({ code, value, url }) => ({ name: code, value: value ?? NaN, url })),
      },
    ],
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
