import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { ofTheDemo, saveWithoutStaging, STAGING } from "./demo";
import { keepsTheRules, SCREENS, tabTo, text, type View } from "./opened";

ofTheDemo("the matrix, attachments and the rules for a draft", (at) => {
  let page: Page;
  beforeAll(() => {
    page = at.page;
  });

  describe("the matrix: who by what", () => {
    it("is opened by keyboard, walked cell by cell, and a cell opens the path panel", async () => {
      await at.open(`#/map/${STAGING}`, "[aria-pressed=true]");
      expect(await text(page, ".segmented [aria-pressed=true]")).toBe("Map");
      await page.keyboard.press("m");
      await page.waitForSelector(".matrix-line");
      expect(await at.hash()).toContain("as=matrix");
      await tabTo(page, ".matrix-line");
      const first = await page.evaluate(() => document.activeElement?.getAttribute("data-cell"));
      await page.keyboard.press("ArrowDown");
      expect(await page.evaluate(() => document.activeElement?.getAttribute("data-cell"))).not.toBe(first);
      const isName = () => page.evaluate(() => document.activeElement?.className === "matrix-head");
      for (let steps = 0; steps < 40 && !(await isName()); steps += 1) await page.keyboard.press("ArrowLeft");
      expect(await isName()).toBe(true);
      // Past the cells of those who get there by way of others, which open an answer and no panel.
      const isLine = () => page.evaluate(() => document.activeElement?.hasAttribute("aria-pressed") === true);
      for (let steps = 0; steps < 40 && !(await isLine()); steps += 1) await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".panel .pair, .panel .step");
      expect(await at.hash()).toMatch(/ribbon=.*as=matrix/);
      await page.keyboard.press("Escape");
      await page.waitForSelector(".panel", { state: "detached" });
      expect(await page.evaluate(() => document.activeElement?.classList.contains("matrix-line"))).toBe(true);
    });

    it("has a cell for the chain of staging by mouse, folds a band, and comes back from a link", async () => {
      await at.open(`#/map/${STAGING}?as=matrix`, ".matrix-line");
      const becomes = page.locator(".matrix-line[aria-label*='LogShipper']").first();
      await becomes.click();
      await page.waitForSelector(".panel .statement");
      const link = await at.hash();
      await at.open(link, ".panel .statement");
      // The panel may be there before the map is.
      await page.waitForSelector(".matrix-line[aria-pressed=true]");
      expect(await page.locator(".matrix-line[aria-pressed=true]").count()).toBe(1);
      const before = await page.locator(".matrix-column").count();
      const widest = await page.evaluate(() => {
        const widths = [...document.querySelectorAll<HTMLTableCellElement>("thead .matrix-band")].map((head) => head.colSpan);
        return widths.indexOf(Math.max(...widths));
      });
      const fold = page.locator("thead .matrix-fold").nth(widest);
      await fold.click();
      expect(await fold.getAttribute("aria-expanded")).toBe("false");
      expect(await page.locator(".matrix-column").count()).toBeLessThan(before);
    });

    it("has the chain from the unknown account to the invoices in a cell, which asks for its steps", async () => {
      await at.open("#/map?as=matrix", ".matrix-line");
      const chain = page.locator(".matrix-line", { hasText: "[⁵R]" });
      await chain.waitFor();
      expect(await chain.getAttribute("aria-label")).toMatch(/read in 5 steps, by way of others.*999999999999 and s3:\/\/paperboat-invoices/);
      const bands = await page.locator(".matrix-band").allTextContents();
      for (const band of bands) expect(band).toMatch(/[a-z]+, \d+$/);
      await chain.focus();
      await page.keyboard.press("Enter");
      await page.waitForSelector(".verdict-sentence");
      expect(await text(page, ".verdict-sentence")).toContain("gets to s3://paperboat-invoices in 5 steps");
    });

    it("has cells that are large enough to hit", async () => {
      await at.open(`#/map/${STAGING}?as=matrix`, ".matrix-line");
      // WCAG 2.2, 2.5.8: 24 by 24 CSS pixels.
      const sizes = await page.locator(".matrix-line").evaluateAll((all) => all.map((each) => [each.clientWidth + 2, each.clientHeight + 2]));
      expect(sizes.filter(([width = 0, height = 0]) => width < 24 || height < 24)).toEqual([]);
    });

    it("says not seen, never no, where a thing was not seen", async () => {
      await at.open(`#/map/${STAGING}?as=matrix`, ".matrix-line");
      expect(await page.locator(".matrix-no", { hasText: "~" }).count()).toBeGreaterThan(0);
      // So it stays once a band is folded: in each row there is a wave in the fold if there was one before.
      const inBand = (band: number) => page.evaluate((at) => {
        const heads = [...document.querySelectorAll<HTMLTableCellElement>("thead .matrix-band")];
        const from = heads.slice(0, at).reduce((sum, head) => sum + head.colSpan, 0);
        const rows = [...document.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll(".matrix-cell")]).filter((cells) => cells.length > 0);
        return rows.map((cells) => cells.slice(from, from + (heads[at]?.colSpan ?? 0)).map((cell) => cell.textContent ?? ""));
      }, band);
      const folds = page.locator("thead .matrix-fold");
      let waves = 0;
      for (let band = 0; band < (await folds.count()); band += 1) {
        const before = await inBand(band);
        await folds.nth(band).click();
        await page.waitForFunction((at) => document.querySelectorAll("thead .matrix-fold")[at]?.getAttribute("aria-expanded") === "false", band);
        const after = await inBand(band);
        before.forEach((cells, row) => {
          const folded = after[row]?.join("|") ?? "";
          expect(folded.includes("not seen"), `${cells.join("|")} folded is ${folded}`).toBe(cells.some((cell) => cell.includes("not seen")));
          expect(folded.includes("no line"), `${cells.join("|")} folded is ${folded}`).toBe(cells.every((cell) => cell.includes("no line")));
          waves += Number(folded.includes("not seen"));
        });
        await folds.nth(band).click();
        await page.waitForFunction((at) => document.querySelectorAll("thead .matrix-fold")[at]?.getAttribute("aria-expanded") === "true", band);
      }
      expect(waves).toBeGreaterThan(0);
    });
  });

  describe("changes: what if it were attached, or taken away?", () => {
    it("takes the shared policy from the log shipper, by mouse", async () => {
      await at.open(`#/changes?${new URLSearchParams({ act: "detach", pick: "staging:policy/shared-ops" })}`, ".trial-bearers .link");
      await page.locator(".trial-bearers .link", { hasText: "LogShipper" }).click();
      await page.waitForSelector(".effect-verdict");
      expect(await text(page, ".effect-verdict")).toContain("gives less");
      expect(await text(page, ".effect")).toMatch(/1 chain that is gone/);
      expect(await text(page, ".next-command")).toBe("clavicle try --detach staging:policy/shared-ops=staging:role/LogShipper");
      await page.screenshot({ path: `${SCREENS}changes-detach-light.png` });
    });

    it("attaches it by keyboard, and says so where that cannot be", async () => {
      await at.open(`#/changes?${new URLSearchParams({ act: "attach", pick: "staging:policy/shared-ops" })}`, ".trial-bearer input");
      await page.locator(".trial-bearer input").focus();
      await page.keyboard.type("nobody-of-this-name");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".trial-effect .error-box");
      expect(await text(page, ".error-box")).toContain("nobody-of-this-name");
      expect(new URLSearchParams((await at.hash()).split("?")[1]).get("to")).toBe("nobody-of-this-name");
      at.faults.splice(0, at.faults.length, ...at.faults.filter((fault) => !/status of 400/.test(fault)));
    });

    it("underlines what the rules find in a draft, which is no reason to refuse it", async () => {
      const draft = '{\n  "Version": "2012-10-17",\n  "Statement": [\n    { "Effect": "Allow", "Action": "s3:GetObjects", "Resource": "*" }\n  ]\n}';
      await at.open(`#/changes?${new URLSearchParams({ text: draft, pick: "staging:policy/shared-ops" })}`, ".faults");
      expect(await text(page, ".faults")).toMatch(/error ?line 4.*s3:GetObjects/);
      expect(await page.locator(".editor .cm-lintRange-error").count()).toBeGreaterThan(0);
      expect(await page.locator(".trial-effect").textContent()).not.toContain("AWS would not take");
    });
  });

  describe("data: who has more than in another snapshot?", () => {
    it("says how to have one where none is saved", async () => {
      await at.open("#/data", ".compare");
      await page.getByText("No other snapshot is saved").waitFor();
    });

    it("tells what is different from one that was saved, by keyboard", async () => {
      saveWithoutStaging(at);
      await at.open("#/data", ".compare select");
      await page.locator(".compare select").focus();
      await page.keyboard.press("ArrowDown");
      await page.waitForSelector(".compare .effect-verdict");
      expect(await at.hash()).toContain("with=");
      expect(await text(page, ".compare")).toMatch(/1 way in opened.*1 way in that is there now.*acct\/999999999999 → staging:role\/LogShipper.*gained/);
      await page.getByRole("button", { name: "on the map, before and after" }).focus();
      await page.keyboard.press("Enter");
      await page.waitForSelector(".change-map .ribbon-new");
      expect(await text(page, ".change-count")).toMatch(/0 lines go, [1-9]\d* lines? comes?/);
      expect(await at.hash()).toMatch(/^#\/data\/\d{12}\?with=.*shows=map/);
      await page.keyboard.press("Escape");
      await page.waitForSelector(".compare .effect-verdict");
    });
  });

  const views: View[] = [
    ["matrix", `#/map/${STAGING}?as=matrix`, ".matrix-line"],
    ["matrix-organization", "#/map?as=matrix", ".matrix-line"],
    ["changes-attach", `#/changes?${new URLSearchParams({ act: "detach", pick: "staging:policy/shared-ops" })}`, ".trial-bearers .link"],
  ];
  keepsTheRules(() => at, views);
});
