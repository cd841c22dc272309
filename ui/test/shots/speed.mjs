// @ts-nocheck
// How long a person waits: first paint, home and maps in headless Chromium, and pictures of every view.
// usage: CLAVICLE_BIN=… node test/shots/speed.mjs SOURCE FOLDER     (SOURCE: `demo`, or what `clavicle open -s` takes)
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const [source, folder] = process.argv.slice(2);
const { CLAVICLE_BIN: program, CHROMIUM: browserPath = "/usr/bin/chromium", PATIENCE_MS = "600000" } = process.env;
if (source === undefined || folder === undefined || program === undefined) {
  console.error("usage: CLAVICLE_BIN=… node speed.mjs SOURCE FOLDER");
  process.exit(2);
}
const patience = Number(PATIENCE_MS);
mkdirSync(folder, { recursive: true });
const data = mkdtempSync(join(tmpdir(), "clavicle-speed-"));
const begun = performance.now();
const server = spawn(program, source === "demo" ? ["demo", "--no-open"] : ["open", "--no-open", "-s", source], { stdio: ["ignore", "pipe", "ignore"], env: { ...process.env, CLAVICLE_DATA: data } });
const url = await new Promise((resolve, reject) => {
  server.once("exit", (code) => reject(new Error(`the program ended with ${code}`)));
  createInterface({ input: server.stdout }).once("line", resolve);
});
const { origin } = new URL(url);
const browser = await chromium.launch({ executablePath: browserPath, args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"] });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
page.setDefaultTimeout(patience);

/** Milliseconds from the navigation on until the browser has painted, and until the view is there. */
async function waited(fragment, until) {
  await page.goto("about:blank");
  await page.goto(`${origin}/${fragment}`);
  await page.waitForSelector(until);
  const there = await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))));
  const paint = await page.evaluate(() => performance.getEntriesByType("paint").find((each) => each.name === "first-contentful-paint")?.startTime ?? null);
  return { paint, there };
}
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const told = (name, numbers) => console.log(`${name.padEnd(34)} best ${Math.round(Math.min(...numbers))} ms, median ${Math.round(median(numbers))} ms`);

try {
  await page.goto(url);
  await page.waitForSelector(".home-sentence");
  console.log(`${"from the start until home is there".padEnd(34)} ${Math.round(performance.now() - begun)} ms`);
  const homes = [];
  for (let time = 0; time < 7; time += 1) homes.push(await waited("#/ask", ".home-sentence"));
  told("first paint", homes.map((each) => each.paint));
  told("home is there", homes.map((each) => each.there));
  const accounts = await page.evaluate(async () => (await (await fetch("/api/summary")).json()).accounts.map((each) => [each.id, each.identities]));
  accounts.sort((a, b) => b[1] - a[1]);
  const tiles = [["organization", ""], ...accounts.slice(0, 3).map(([id, size]) => [`an account of ${size} identities`, `?account=${id}`]), ...accounts.slice(-1).map(([id, size]) => [`the smallest account, ${size} identities`, `?account=${id}`])];
  for (const [name, query] of tiles) {
    const fetched = [];
    for (let time = 0; time < 7; time += 1) {
      fetched.push(await page.evaluate(async (path) => {
        const start = performance.now();
        await (await fetch(path)).arrayBuffer();
        return performance.now() - start;
      }, `/api/map${query}`));
    }
    console.log(`${`tile: ${name}`.padEnd(34)} first ${Math.round(fetched[0])} ms, then ${Math.round(median(fetched.slice(1)))} ms`);
  }
  const largest = accounts[0]?.[0];
  const views = {
    home: ["#/ask", ".home-sentence"], organization: ["#/map", ".map-head"], account: [`#/map/${largest}?as=map`, ".map-head"], matrix: [`#/map/${largest}?as=matrix`, ".matrix, .empty"],
    border: ["#/border", ".main-border .row, .empty"], policies: ["#/policies", ".main-policies .row"], trim: ["#/trim", ".main-trim .row, .empty"], changes: ["#/changes", ".main-changes .row"],
    findings: ["#/findings", ".main-findings .row, .empty"], data: ["#/data", ".main-data .coverage"],
  };
  for (const [name, [fragment, until]] of Object.entries(views)) {
    try {
      const { there } = await waited(fragment, until);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      console.log(`${`view: ${name}`.padEnd(34)} ${Math.round(there)} ms${width > 1440 ? `, ${width} wide` : ""}`);
    } catch (error) {
      console.log(`${`view: ${name}`.padEnd(34)} did not come: ${String(error).split("\n")[0]}`);
    }
    await page.screenshot({ path: join(folder, `${name}.png`) });
  }
} finally {
  await browser.close();
  server.kill();
  rmSync(data, { recursive: true, force: true });
}
