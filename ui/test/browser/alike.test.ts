import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STAGING } from "./demo";
import { keepsTheRules, type Opened, opened, tabTo, text } from "./opened";

/** The demo where the unknown account comes in by the roles of all developers, too. */
function folderOfOneVendor(): string {
  const folder = mkdtempSync(join(tmpdir(), "clavicle-vendor-"));
  const from = fileURLToPath(new URL("../../../examples/paperboat", import.meta.url));
  for (const part of ["accounts", "organization.json", "clavicle.toml"]) cpSync(join(from, part), join(folder, part), { recursive: true });
  const file = join(folder, "accounts", STAGING, "gaad.json");
  const details = JSON.parse(readFileSync(file, "utf8")) as { RoleDetailList: { RoleName: string; AssumeRolePolicyDocument: unknown }[] };
  const trust = details.RoleDetailList.find((role) => role.RoleName === "LogShipper")?.AssumeRolePolicyDocument;
  for (const role of details.RoleDetailList) if (role.RoleName.startsWith("dev-")) role.AssumeRolePolicyDocument = trust;
  writeFileSync(file, JSON.stringify(details));
  return folder;
}

describe.skipIf((process.env.CLAVICLE_BIN ?? "") === "")("one vendor who comes in by the same door of many", () => {
  let at: Opened;
  let page: Page;
  const folder = folderOfOneVendor();
  beforeAll(async () => {
    at = await opened({ folder });
    page = at.page;
  });
  afterAll(async () => {
    await at.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is one row by keyboard, which opens to each, and each to its why", async () => {
    await at.open("#/border", ".row-alike");
    expect(await text(page, ".row-alike")).toMatch(/critical.*999999999999.*unknown account.*gets in by 41 roles in 1 account.*show all 41/);
    const rows = await page.locator(".main-border .row").count();
    await tabTo(page, ".row-alike");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelectorAll(".row-within").length === 41);
    expect(await page.evaluate(() => location.hash)).toContain("open=");
    // The focus stays where it was.
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-expanded"))).toBe("true");
    await page.keyboard.press("ArrowDown");
    expect(await text(page, ".row:focus")).toContain("staging:role/dev-");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".panel .statement");
    expect(await text(page, ".panel")).toContain("999999999999");
    // A link to it comes back, with the row that it is in open.
    await page.reload();
    await page.waitForSelector(".row-within .row[aria-pressed=true]");
    await page.keyboard.press("Escape");
    await page.waitForSelector(".panel", { state: "detached" });
    await tabTo(page, ".row-alike");
    await page.keyboard.press("Enter");
    await page.waitForFunction((before) => document.querySelectorAll(".main-border .row").length === before, rows);
  });

  it("opens by mouse, and by a link to one of them alone", async () => {
    await at.open("#/border", ".row-alike");
    await page.locator(".row-alike").click();
    await page.waitForFunction(() => document.querySelectorAll(".row-within").length === 41);
    await page.locator(".row-within .row").nth(7).click();
    await page.waitForSelector(".panel .statement");
    const pick = await page.locator(".row-within .row[aria-pressed=true]").getAttribute("data-pick");
    await at.open(`#/border?${new URLSearchParams({ pick: pick ?? "" })}`, ".row-within .row[aria-pressed=true]");
  });

  keepsTheRules(() => at, [["alike", "#/border", ".row-alike"]]);
});

describe.skipIf((process.env.CLAVICLE_BIN ?? "") === "")("a map of many lines", () => {
  let at: Opened;
  let page: Page;
  beforeAll(async () => {
    at = await opened();
    page = at.page;
  });
  afterAll(() => at.stop());

  const front = () => page.locator(".ribbons > .ribbon:not(.back)").evaluateAll((all) => all.map((each) => each.getAttribute("aria-label") ?? ""));

  it("opens on the worst line and where one gets on to from there, and shows all alike by L and by mouse", async () => {
    await at.open(`#/map/${STAGING}?as=map`, ".ribbon.back");
    const all = await page.locator(".ribbons > .ribbon").count();
    const shown = await front();
    expect(shown.length).toBeLessThan(all / 4);
    for (const words of [/999999999999 can become staging:role\/LogShipper/, /LogShipper controls staging:lambda\/nightly-report/, /nightly-report runs as staging:role\/nightly-exec/, /nightly-exec can become/]) {
      expect(shown.filter((each) => words.test(each)).length, String(words)).toBeGreaterThan(0);
    }
    await page.keyboard.press("l");
    await page.waitForFunction(() => document.querySelector(".ribbon.back") === null);
    expect(await page.evaluate(() => location.hash)).toContain("lines=alike");
    await page.reload();
    await page.waitForSelector(".ribbon");
    expect(await page.locator(".ribbon.back").count()).toBe(0);
    await page.locator(".map-head button", { hasText: "all lines alike" }).click();
    await page.waitForSelector(".ribbon.back");
    // Whatever the keyboard is on comes to the front, with its words.
    const behind = page.locator(".ribbons > .ribbon.back").first();
    const id = await behind.getAttribute("data-spot");
    await behind.focus();
    expect(await page.evaluate((spot) => [...document.querySelectorAll(".ribbon.lit")].some((each) => each.getAttribute("data-spot") === spot), id)).toBe(true);
  });

  it("opens on the ways to what matters where chains from elsewhere lead there", async () => {
    await at.open("#/map/111122223333?as=map", ".shapes > .shape-data .risk-critical");
    await page.waitForSelector(".ribbon.back");
    expect(await text(page, ".map-sentence")).toMatch(/critical.*paperboat-invoices.*3 chains lead here/);
    const shown = await front();
    expect(shown.filter((each) => /can become prod:role\/reporting-read/.test(each)).length).toBeGreaterThan(0);
    expect(shown.filter((each) => /paperboat-invoices/.test(each)).length).toBeGreaterThan(1);
    expect(at.faults).toEqual([]);
  });

  it("tells of before and after what leads to what matters, though no line of the map goes or comes", async () => {
    const deleted = new URLSearchParams({ act: "delete", shows: "map", pick: "staging:policy/shared-ops" });
    await at.open(`#/changes?${deleted}`, ".change-map .shape");
    const told = page.locator(".change-count", { hasText: "s3://paperboat-invoices" });
    await told.waitFor();
    expect(await told.textContent()).toMatch(/before, 3 chains lead here, the worst, critical.*after, 1 chain leads here, medium/);
    const invoices = '.change-map .shape-data[aria-label*="paperboat-invoices"]';
    expect(await page.locator(`${invoices} .risk-critical`).count()).toBe(1);
    await page.keyboard.press("b");
    await page.waitForFunction(() => location.hash.includes("side=after"));
    expect(await page.locator(`${invoices} .risk-critical`).count()).toBe(0);
    expect(at.faults).toEqual([]);
  });
});
