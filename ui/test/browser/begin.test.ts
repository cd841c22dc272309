import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Opened, opened, PATIENCE, SCREENS, seriousFaults, tabTo, text } from "./opened";

const DETAILS = fileURLToPath(new URL("../../../examples/paperboat/accounts/444455556666/gaad.json", import.meta.url));

/** The program with nothing named and nothing saved. */
describe.skipIf((process.env.CLAVICLE_BIN ?? "") === "")("no snapshot yet", () => {
  let at: Opened;
  let page: Page;
  const folder = mkdtempSync(join(tmpdir(), "clavicle-begin-"));
  const start = async () => {
    at = await opened({ nothing: true });
    page = at.page;
    page.setDefaultTimeout(PATIENCE);
  };
  beforeAll(start);
  afterAll(async () => {
    await at.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("offers the demo, how to collect with every call that it makes, and files", async () => {
    expect(await text(page, ".home-sentence")).toBe("There is no snapshot yet.");
    expect(await text(page, ".begin")).toMatch(/the \d\d+ calls that it makes/);
    await tabTo(page, "summary", "calls that it makes");
    await page.keyboard.press("Enter");
    expect(await text(page, ".begin-calls")).toContain("iam:GetAccountAuthorizationDetails");
    for (const theme of ["light", "dark", "contrast"] as const) {
      await page.emulateMedia({ colorScheme: theme === "light" ? "light" : "dark", contrast: theme === "contrast" ? "more" : "no-preference" });
      expect(await seriousFaults(page)).toEqual([]);
      await page.screenshot({ path: `${SCREENS}begin-${theme}.png` });
    }
    await page.setViewportSize({ width: 1024, height: 768 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1024);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it("says what is missing where nothing was collected meanwhile, and what is no file of AWS", async () => {
    await page.getByRole("button", { name: "open what was collected" }).click();
    expect(await text(page, ".begin .error-title")).toMatch(/^no snapshot is saved yet/);
    const wrong = join(folder, "notes.txt");
    writeFileSync(wrong, "nothing of AWS");
    await page.locator("input[type=file]").setInputFiles(wrong);
    await page.waitForSelector(".main > .error-box");
    expect(await page.locator(".begin").count()).toBe(1);
    at.faults.splice(0, at.faults.length, ...at.faults.filter((fault) => !/status of 400/.test(fault)));
  });

  it("opens files that are chosen", async () => {
    await page.locator("input[type=file]").setInputFiles(DETAILS);
    await page.waitForSelector(".home-facts >> text=in 1 account");
    expect(at.faults).toEqual([]);
  });

  it("opens the demo by keyboard", async () => {
    await at.stop();
    await start();
    await tabTo(page, "button", "try the demo");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".tour-start");
    expect(await text(page, ".home-facts")).toContain("made-up organization");
    expect(at.faults).toEqual([]);
  });
});
