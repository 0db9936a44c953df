// Builds everything the pages and the printed sheets need from locked npm packages.
// Output is never committed: src/kaejon/web/static/build/ and src/kaejon/sheets/fonts/.
import { cp, mkdir, readFile, rm, watch, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const out = path.join(root, "src/kaejon/web/static/build");
const sheetFonts = path.join(root, "src/kaejon/sheets/fonts");
const npm = (...parts) => path.join(root, "node_modules", ...parts);

const SHEET_FONTS = {
  "400Regular": "Sarabun-Regular.ttf",
  "400Regular_Italic": "Sarabun-Italic.ttf",
  "500Medium": "Sarabun-Medium.ttf",
  "600SemiBold": "Sarabun-SemiBold.ttf",
  "700Bold": "Sarabun-Bold.ttf",
};

/** Whole TTF fonts for the printed sheets: the web fonts are split by script, Typst needs one file. */
async function copySheetFonts() {
  const source = npm("@expo-google-fonts", "sarabun");
  await mkdir(sheetFonts, { recursive: true });
  await Promise.all(
    Object.entries(SHEET_FONTS).map(([face, name]) =>
      cp(path.join(source, face, `Sarabun_${face}.ttf`), path.join(sheetFonts, name)),
    ),
  );
  await cp(path.join(source, "LICENSE_FONT"), path.join(sheetFonts, "OFL.txt"));
}

/** One SVG file with a symbol for each name listed in web/icons.txt. */
async function writeIconSprite() {
  const list = await readFile(path.join(root, "src/kaejon/web/icons.txt"), "utf8");
  const names = list.split(/\s+/).filter(Boolean);
  const symbols = await Promise.all(names.map(iconSymbol));
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
  await writeFile(path.join(out, "icons.svg"), sprite);
  await cp(path.join(root, "frontend/icon.svg"), path.join(out, "icon.svg"));
}

async function iconSymbol(name) {
  const svg = await readFile(npm("@tabler", "icons", "icons", "outline", `${name}.svg`), "utf8");
  const inner = svg.match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s*\n\s*/g, "");
  return (
    `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor"` +
    ` stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`
  );
}

/** Replaces each light-dark(a, b) by a: the pages are light, and browsers of 2023 do not know the function. */
function keepLight(css) {
  let result = "";
  let rest = css;
  for (let at = rest.indexOf("light-dark("); at >= 0; at = rest.indexOf("light-dark(")) {
    const [light, end] = firstArgument(rest, at + "light-dark(".length);
    result += rest.slice(0, at);
    rest = light + rest.slice(end);
  }
  return result + rest;
}

/** First argument of a CSS function whose arguments begin at start, and where its closing bracket ends. */
function firstArgument(css, start) {
  let depth = 1;
  let comma = -1;
  let at = start;
  for (; depth > 0; at += 1) {
    if (css[at] === "(") depth += 1;
    else if (css[at] === ")") depth -= 1;
    else if (css[at] === "," && depth === 1 && comma < 0) comma = at;
  }
  return [css.slice(start, comma).trim(), at];
}

const lightOnly = {
  name: "light-only",
  setup(build) {
    build.onLoad({ filter: /tabler\.css$/ }, async ({ path: file }) => ({
      contents: keepLight(await readFile(file, "utf8")),
      loader: "css",
    }));
  },
};

async function bundle() {
  const shared = { bundle: true, minify: true, legalComments: "none", absWorkingDir: root, outdir: out };
  await Promise.all([
    build({
      ...shared,
      entryPoints: { app: "frontend/js/app.js", charts: "frontend/js/charts.js" },
      format: "iife",
      target: ["es2022"],
    }),
    build({
      ...shared,
      entryPoints: { app: "frontend/css/app.css" },
      plugins: [lightOnly],
      loader: { ".woff2": "file" },
      assetNames: "fonts/[name]-[hash]",
      target: ["chrome109", "firefox115", "safari16"],
    }),
  ]);
}

/** For `make dev`: bundle anew when a source changes; an editor saves several files at once. */
async function bundleAgainOnChange() {
  let waiting;
  for await (const _ of watch(path.join(root, "frontend"), { recursive: true })) {
    clearTimeout(waiting);
    waiting = setTimeout(() => bundle().catch(() => {}), 100); // esbuild has told what is wrong
  }
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await copySheetFonts();
if (!process.argv.includes("--fonts-only")) {
  await Promise.all([writeIconSprite(), bundle()]);
}
if (process.argv.includes("--watch")) await bundleAgainOnChange();
