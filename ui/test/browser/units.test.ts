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

  describe("in each theme", () => {
    keepsTheRules(() => at, [["unit", WORKLOADS, ".map-drawing .shape"], ["unit-matrix", `${WORKLOADS}&as=matrix`, ".matrix-line"]]);
  });
});
