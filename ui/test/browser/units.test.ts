import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { ofTheDemo } from "./demo";
import { keepsTheRules, text } from "./opened";

/** The unit `workloads` of the demo, in which are the units of `prod` and `staging`. */
const WORKLOADS = `#/map?${new URLSearchParams({ unit: unitNamed("workloads") })}`;

function unitNamed(name: string): string {
  const organization = JSON.parse(readFileSync(new URL("../../../examples/paperboat/organization.json", import.meta.url), "utf8")) as { OrganizationalUnits: { Id: string; Name: string }[] };
  return organization.OrganizationalUnits.find((unit) => unit.Name === name)?.Id ?? "";
}

ofTheDemo("the map of an organizational unit", (at) => {
  let page: Page;
  beforeAll(() => {
    page = at.page;
  });

  const crumbs = () => page.locator(".crumbs li").allInnerTexts();
  const focusOn = (label: string) => page.evaluate((named) => [...document.querySelectorAll<SVGGElement>(".shapes > [data-spot]")].find((shape) => shape.getAttribute("aria-label")?.startsWith(named))?.focus(), label);
  const comes = (last: string) => page.waitForFunction((title) => document.querySelector(".crumbs li:last-child")?.textContent === title, last);

  it("opens by its link, leads to its accounts and to those elsewhere, and up again, by keyboard", async () => {
    await at.open(WORKLOADS, ".map-drawing .shape");
    expect(await crumbs()).toEqual(["organization", "workloads"]);
    await focusOn("staging");
    await page.keyboard.press("Enter");
    await comes("staging");
    await page.keyboard.press("[");
    await comes("workloads");
    // Who comes from elsewhere in the organization.
    await focusOn("9 identities of tools");
    await page.keyboard.press("Enter");
    await comes("tools");
    await page.keyboard.press("[");
    await comes("workloads");
    await page.keyboard.press("u");
    await comes("organization");
  });

  it("says why a line is there, in the drawing, as a cell and as a row, by mouse", async () => {
    await at.open(`${WORKLOADS}&as=table`, ".map-table:not(.unseen)");
    await page.locator(".map-table tr", { hasText: "999999999999" }).locator("button").click();
    await page.waitForSelector(".panel .statement");
    expect(await text(page, ".panel")).toContain("acct/999999999999 becomes staging:role/LogShipper");
    expect(await at.hash()).toContain("unit=");
    await at.open(`${WORKLOADS}&as=matrix`, ".matrix-line[aria-label*='by way of others']");
    expect(await text(page, ".matrix")).toContain("999999999999");
  });

  it("is drawn before and after a change, and opens to its accounts there", async () => {
    const change = new URLSearchParams({ act: "delete", shows: "map", pick: "staging:policy/shared-ops", unit: unitNamed("workloads") });
    await at.open(`#/changes?${change}`, ".change-map .shape");
    expect(await crumbs()).toEqual(["organization", "workloads"]);
    await focusOn("staging");
    await page.keyboard.press("Enter");
    await comes("staging");
    await page.waitForSelector(".change-map .ribbon-gone");
  });

  describe("travels along to the lists, and back to the map", () => {
    const rows = () => page.locator(".main-border .row .way-line").allTextContents();
    const inWorkloads = async () => {
      const all = await rows();
      expect(all.length).toBeGreaterThan(0);
      expect(all.filter((each) => !/→ gets in by (staging|prod):|s3:\/\/paperboat-covers/.test(each))).toEqual([]);
    };

    it("by keyboard", async () => {
      await at.open(WORKLOADS, ".map-drawing .shape");
      for (const [key, view] of [["3", "border"], ["7", "findings"], ["4", "policies"], ["5", "trim"], ["8", "data"]] as const) {
        await page.keyboard.press(key);
        await page.waitForSelector(`.main-${view} .list-choices .chosen select`);
        expect([view, await page.locator("select[aria-label=account]").evaluate((each: HTMLSelectElement) => each.selectedOptions[0]?.textContent)]).toEqual([view, expect.stringMatching(/^workloads \(\d+\)$/)]);
        if (view === "border") await inWorkloads();
      }
      await page.keyboard.press("2");
      await comes("workloads");
    });

    it("by mouse, and comes back from the link", async () => {
      await at.open("#/border", ".main-border .row");
      const whole = (await rows()).length;
      await page.locator("select[aria-label=account]").selectOption({ label: (await page.locator("select[aria-label=account] option", { hasText: /^workloads \(/ }).textContent()) ?? "" });
      await page.waitForFunction((all) => document.querySelectorAll(".main-border .row").length < all, whole);
      await inWorkloads();
      await page.reload();
      await page.waitForSelector(".main-border .row");
      await inWorkloads();
      await page.locator("select[aria-label=account]").selectOption({ label: "every account" });
      await page.waitForFunction((all) => document.querySelectorAll(".main-border .row").length === all, whole);
      expect(await at.hash()).toBe("#/border");
    });
  });

  describe("what matters wears the worst of what leads to it", () => {
    const invoices = '.shapes > .shape-data[aria-label*="paperboat-invoices"]';

    it("by keyboard: on the map of all and on that of the account, and Enter tells the chains", async () => {
      for (const fragment of ["#/map", "#/map/111122223333?as=map"]) {
        await at.open(fragment, `${invoices} .risk-critical`);
        expect(await page.locator(invoices).first().getAttribute("aria-label")).toMatch(/chains lead here, the worst, critical: acct\/999999999999 by way of staging, in 5 steps$/);
        expect(await page.locator('.shapes > .shape-data[aria-label*="paperboat-customers"] .risk-glyph').count()).toBe(0);
      }
      await page.locator(invoices).first().focus();
      await page.keyboard.press("Enter");
      await page.waitForSelector(".panel");
      await page.waitForFunction(() => document.activeElement?.closest(".panel") !== null);
      expect(await text(page, ".panel")).toContain("critical");
    });

    it("by mouse: from the thing to the answer that tells the chains", async () => {
      await at.open("#/map", `${invoices} .risk-critical`);
      await page.locator(invoices).first().click();
      await page.locator(".panel-actions button", { hasText: "who can read" }).first().click();
      await page.waitForSelector(".verdict-sentence");
      expect(await text(page, ".answer")).toMatch(/Chains.*999999999999.*critical/);
    });
  });

  describe("in each theme", () => {
    keepsTheRules(() => at, [["unit", WORKLOADS, ".map-drawing .shape"], ["unit-matrix", `${WORKLOADS}&as=matrix`, ".matrix-line"]]);
  });
});
