// @ts-nocheck
// Pictures of every wireframe's view from the running demo, each beside the text of its wireframe.
// usage: CLAVICLE_BIN=… node test/shots/shots.mjs FOLDER
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const [folder] = process.argv.slice(2);
const { CLAVICLE_BIN: program, CHROMIUM: browserPath = "/usr/bin/chromium" } = process.env;
if (folder === undefined || program === undefined) {
  console.error("usage: CLAVICLE_BIN=… node shots.mjs FOLDER");
  process.exit(2);
}

const STAGING = "444455556666";
const SHARED = "staging:policy/shared-ops";
const chain = new URLSearchParams({ q: "who can read s3://paperboat-invoices", why: "3", cut: "1" });
/** The shared policy with its one statement about code narrowed, as in the wireframe. */
async function narrowed(page) {
  const draft = await page.evaluate(async (name) => {
    const policy = await (await fetch(`/api/policy?${new URLSearchParams({ name })}`)).json();
    const { document_id: id } = policy.answers[0].steps[0].because[0];
    const { text } = await (await fetch(`/api/document?id=${id}`)).json();
    return text.replace(/("lambda:UpdateFunctionCode",\s*"Resource": )"\*"/, '$1"arn:aws:lambda:*:*:function:web-*"');
  }, SHARED);
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/changes?${new URLSearchParams({ pick: SHARED, text: draft })}`);
  await page.waitForSelector(".effect-verdict", { timeout: 30_000 });
}
/** Where each wireframe is in the app, and what has to be there before it is taken. */
const PLACES = {
  "1-ask": ["#/ask", ".home-counts"],
  "2-map-organization": ["#/map", ".map-drawing .shape"],
  "2-map-account": [`#/map/${STAGING}`, ".map-drawing .shape"],
  "path-panel": [`#/ask?${chain}`, ".panel"],
  "2-matrix": [`#/map/${STAGING}?as=matrix`, ".matrix-cell .matrix-line"],
  "3-border": ["#/border", ".main-border .row"],
  "4-policies": [`#/policies?${new URLSearchParams({ pick: SHARED })}`, ".panel .policy-used"],
  "5-trim": [`#/trim?${new URLSearchParams({ pick: "staging:role/nightly-exec" })}`, ".main-trim:has(.row) ~ .panel .uses"],
  "6-changes": [`#/changes?${new URLSearchParams({ pick: SHARED })}`, ".main-changes", narrowed],
  "7-findings": ["#/findings", ".main-findings .row"],
  "8-data": ["#/data", ".main-data table"],
  states: [`#/ask?${new URLSearchParams({ q: "who can write staging:secret/paymnts" })}`, ".error-box, .verdict-sentence"],
};

const server = spawn(program, ["demo", "--no-open"], { stdio: ["ignore", "pipe", "inherit"] });
const url = await new Promise((resolve, reject) => {
  server.once("exit", (code) => reject(new Error(`the program ended with ${code}`)));
  createInterface({ input: server.stdout }).once("line", resolve);
});
const browser = await chromium.launch({ executablePath: browserPath, args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"] });
mkdirSync(folder, { recursive: true });
let missing = 0;
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
  const { origin } = new URL(url);
  await page.goto(url);
  await page.waitForSelector(".home-sentence", { timeout: 60_000 });
  for (const [name, [fragment, until, prepare]] of Object.entries(PLACES)) {
    await page.goto("about:blank");
    await page.goto(`${origin}/${fragment}`);
    try {
      await page.waitForSelector(until, { timeout: 30_000 });
      await prepare?.(page);
    } catch {
      console.error(`${name}: ${until} did not come`);
      missing += 1;
    }
    await page.waitForTimeout(400);
    await page.screenshot({ path: `${folder}/${name}.png` });
  }
} finally {
  await browser.close();
  server.kill();
}

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
const wireframes = readFileSync(new URL("wireframes.txt", import.meta.url), "utf8").split(/^=== /m).slice(1);
const rows = wireframes.map((each) => {
  const [name, ...lines] = each.split("\n");
  return `<section><h2>${escaped(name)}</h2><pre>${escaped(lines.join("\n"))}</pre><img src="${name}.png" alt="${escaped(name)} in the app"></section>`;
});
writeFileSync(
  `${folder}/index.html`,
  `<!doctype html><meta charset="utf-8"><title>wireframes and screens</title><style>body{font:14px sans-serif;margin:24px}section{display:grid;grid-template-columns:auto 1fr;gap:8px 24px;align-items:start;margin-bottom:48px}h2{grid-column:1/-1}pre{font:12px/1.35 monospace}img{width:100%;border:1px solid #ccc}</style>${rows.join("\n")}`,
);
process.exit(missing === 0 ? 0 : 1);
