// Colours, fonts and number format that all charts share; taken from the page's own CSS variables.

const css = getComputedStyle(document.documentElement);
const value = (name) => css.getPropertyValue(name).trim();

export const ink = value("--tblr-body-color");
export const quiet = value("--tblr-secondary");
export const line = value("--tblr-border-color");
export const accent = value("--tblr-primary");
export const palette = [accent, "#b45309", "#1b4079", "#6b3f86", "#4f6b1f", "#8f2d12", "#4d5d5e"];
export const levelColours = [1, 2, 3, 4].map((n) => value(`--kj-level-${n}`));
export const areaShades = ["#e2efee", "#9fcac8", "#4a9a9a", "#0b5d63", "#063d41"];

const numbers = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });
// Below 0.1 two decimals would say nothing.
const smallNumbers = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 2 });
const format = (number) => (number !== 0 && Math.abs(number) < 0.1 ? smallNumbers : numbers).format(number);
export const shown = (number, unit = "") =>
  number === null || number === undefined || Number.isNaN(number)
    ? "–"
    : `${format(number)}${unit ? ` ${unit}` : ""}`;

const words = "Segmenter" in Intl ? new Intl.Segmenter("th", { granularity: "word" }) : null;

/** The name in at most three lines of about `longest` characters, broken between words: a canvas cuts Thai anywhere. */
export function inLines(name, longest = 22) {
  if (!words || name.length <= longest) return name;
  const lines = [""];
  for (const { segment } of words.segment(name)) {
    if ((lines.at(-1) + segment).length > longest && lines.at(-1)) lines.push("");
    lines[lines.length - 1] += segment;
  }
  const kept = lines.slice(0, 3).map((each) => each.trim());
  return kept.join("\n") + (lines.length > 3 ? "…" : "");
}

export const text = { color: ink, fontFamily: "Sarabun, sans-serif", fontSize: 14 };

/** Options of every chart: patterns beside colours for grey print, no HTML in tooltips for the content policy. */
export function base() {
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches && !matchMedia("print").matches,
    animationDuration: 250,
    color: palette,
    textStyle: text,
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    tooltip: { renderMode: "richText", confine: true, textStyle: text },
  };
}

export const legend = { bottom: 0, type: "plain", textStyle: text, itemGap: 14 };
