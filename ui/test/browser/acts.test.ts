import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { PNG } from "pngjs";
import { beforeAll, describe, expect, it } from "vitest";
import { ofTheDemo, STAGING } from "./demo";
import { keepsTheRules, PATIENCE, SCREENS, tabTo, text, type View } from "./opened";

const CHAIN = `#/ask?${new URLSearchParams({ q: "path acct/999999999999 s3://paperboat-invoices", why: "0" })}`;
const DELETED = { pick: "staging:policy/shared-ops", act: "delete" };

ofTheDemo("what can be done from an answer, a line and a map", (at) => {
  let page: Page;
  beforeAll(() => {
    page = at.page;
  });

  const hash = async () => decodeURIComponent(await at.hash());
  /** Where every shape of the map stands. */
  const places = () =>
    page.evaluate(() => Object.fromEntries([...document.querySelectorAll<SVGGElement>(".shapes > [data-spot]")].map((shape) => [shape.dataset.spot ?? "", shape.getAttribute("transform") ?? ""])));

  describe("home: what is worst, and what to do about it", () => {
    it("counts the findings and goes on from the worst to its cut, by mouse", async () => {
      await at.open("#/ask", ".home-counts");
      expect(await text(page, ".home-counts")).toMatch(/2 critical.*3 high.*6 medium/);
      await page.locator(".block:has(#home-findings) .fact-list .button", { hasText: "cut" }).first().click();
      await page.waitForSelector(".cut .statement");
      expect(await text(page, ".cut-sentence")).toMatch(/^Cheapest cut: policy\/shared-ops:\d+ breaks 3 chains/);
    });

    it("goes on to findings, border and trim by keyboard", async () => {
      await at.open("#/ask", ".home-counts");
      await tabTo(page, ".home-also .link");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".main-border .row");
      await at.open("#/ask", ".home-counts");
      await tabTo(page, ".home-count");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".main-findings .row");
      expect(await hash()).toBe("#/findings?severity=critical");
      expect(await page.locator(".row").count()).toBe(2);
    });
  });

  describe("the cheapest cut", () => {
    it("is asked for by the key C, of a path as of a thing on the map", async () => {
      await at.open(CHAIN, ".panel .step");
      await page.keyboard.press("c");
      await page.waitForSelector(".cut .statement");
      expect(await hash()).toContain("cut=1");
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("cut-title");
      await at.open("#/map/111122223333", ".map-drawing .shape");
      await page.evaluate(() => [...document.querySelectorAll<SVGGElement>(".shapes > .shape-data")].find((shape) => shape.getAttribute("aria-label")?.includes("paperboat-invoices"))?.focus());
      await page.keyboard.press("Enter");
      await page.waitForSelector(".panel-actions");
      await page.keyboard.press("c");
      await page.waitForSelector(".cut .statement");
      expect(await text(page, ".cut-sentence")).toContain("policy/shared-ops:16");
    });

    it("is tried at once: the draft opens in Changes, and the chains are gone there", async () => {
      await at.open(`#/ask?${new URLSearchParams({ q: "who can read s3://paperboat-invoices" })}`, ".cut .diff");
      expect(await text(page, ".cut .diff")).toMatch(/LambdaDeploy/);
      await page.locator(".cut .button", { hasText: "try this in Changes" }).click();
      await page.waitForSelector(".effect-verdict");
      expect(await text(page, ".trial-effect")).toMatch(/3 chains that are gone/);
      expect(await text(page, ".trial-effect")).toMatch(/staging:role\/deployer used lambda:UpdateFunctionCode on staging:lambda\/nightly-report 20\d\d-\d\d-\d\d: would now be denied/);
      expect(await hash()).toMatch(/^#\/changes\?.*text=/);
    });
  });

  describe("the why of a step", () => {
    it("says what else the statement gives, the misuse, the fix and the check of every kind of step", async () => {
      await at.open(CHAIN, ".panel .step");
      const steps = page.locator(".panel .step");
      expect(await steps.count()).toBe(5);
      for (let index = 0; index < 5; index += 1) {
        const step = steps.nth(index);
        for (const part of ["misuse", "fix, what-if", "check"]) {
          await step.locator(".step-parts button", { hasText: part }).click();
          await step.locator(".step-words").first().waitFor();
          expect((await step.locator(".step-words").first().textContent())?.length).toBeGreaterThan(20);
        }
      }
      await steps.nth(1).locator(".step-parts button", { hasText: "what else" }).click();
      await steps.nth(1).locator(".step-gives li").first().waitFor();
      expect(await steps.nth(1).locator(".step-gives").textContent()).toMatch(/control 14 functions/);
      await steps.nth(0).locator(".step-parts button", { hasText: "fix" }).click();
      await steps.nth(0).locator(".diff").waitFor();
      expect(await steps.nth(0).locator(".diff").textContent()).toContain("sts:ExternalId");
      await page.screenshot({ path: `${SCREENS}path-fix-light.png` });
    });

    it("says once what the layers are, what a trust policy does not ask for, and what no policy decides", async () => {
      await at.open(CHAIN, ".panel .step");
      expect(await page.locator(".panel .statement-missing").allTextContents()).toEqual(["← no sts:ExternalId is asked for"]);
      expect(await page.locator(".panel .step:has(.step-note) .step-sentence").allTextContents()).toEqual(["staging:lambda/nightly-report runs as staging:role/nightly-exec"]);
      expect(await page.locator(".panel .pin-key").count()).toBe(1);
      expect(await page.locator(".panel .pin-key dl").isVisible()).toBe(false);
      await page.locator(".panel .pin-key summary").click();
      expect(await text(page, ".panel .pin-key")).toMatch(/all must let the key turn.*trustwhom the role lets become it.*SCPwhat the organization lets its accounts do.*not seen/);
    });

    it("takes no more than two lines for any sentence at 1440 px", async () => {
      await at.open(CHAIN, ".panel .step");
      await page.locator(".step-parts button", { hasText: "misuse" }).first().click();
      await page.waitForSelector(".step-words");
      // The page of the methods is written from the methods themselves, so these are the words of all of them.
      const written = readFileSync(new URL("../../../docs/steps.md", import.meta.url), "utf8");
      const all = [...written.matchAll(/^- (?:Misuse|Fix|Check): (.*)$/gm)].flatMap((match) => (match[1] ?? "").split(/(?<=[.!?:]) +(?=[A-Z])/));
      expect(all.length).toBeGreaterThan(300);
      const long = await page.evaluate((sentences) => {
        const words = document.querySelector<HTMLElement>(".step-words");
        if (words === null) return ["no words"];
        const line = Number.parseFloat(getComputedStyle(words).lineHeight);
        return [...new Set(sentences)].filter((sentence) => {
          words.textContent = sentence;
          return words.getBoundingClientRect().height > 2.4 * line;
        });
      }, all);
      expect(long).toEqual([]);
      const sentences = await page.evaluate(() => [...document.querySelectorAll(".panel .step-sentence")].map((each) => Math.round(each.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(each).lineHeight))));
      expect(Math.max(...sentences)).toBeLessThanOrEqual(2);
    });
  });

  describe("the map is folded and pinned, and nothing else moves", () => {
    it("by keyboard: Z folds the band of a shape, K keeps one out of it", async () => {
      await at.open(`#/map/${STAGING}`, ".map-drawing .shape");
      const before = await places();
      await page.evaluate(() => document.querySelector<SVGGElement>(".shapes > [data-spot^='workloads:web-checkout']")?.focus());
      await page.keyboard.press("k");
      await page.waitForSelector(".pinned-glyph");
      await page.evaluate(() => document.querySelector<SVGGElement>(".shapes > [data-spot^='workloads:nightly-report']")?.focus());
      await page.keyboard.press("z");
      await page.waitForSelector("[data-spot='fold:workloads']");
      const after = await places();
      expect(Object.keys(after).filter((id) => id.startsWith("workloads:"))).toEqual(["workloads:web-checkout"]);
      for (const [id, place] of Object.entries(after)) if (!id.startsWith("fold:")) expect(place).toBe(before[id]);
      expect(await hash()).toMatch(/pin=workloads:web-checkout.*fold=workloads/);
      await page.screenshot({ path: `${SCREENS}map-folded-light.png` });
      const link = await page.evaluate(() => location.hash);
      await at.open(link, "[data-spot='fold:workloads']");
      expect(await places()).toEqual(after);
      // A line of the fold tells which lines it stands for, and each has its why.
      await page.evaluate(() => document.querySelector<SVGGElement>(".ribbons > [data-spot^='fold:controls|entry:LogShipper']")?.focus());
      await page.keyboard.press("Enter");
      await page.waitForSelector(".panel .ribbon-row");
      expect(await text(page, ".panel-title")).toMatch(/^\d+ lines$/);
      await page.locator(".panel .ribbon-row").first().click();
      await page.waitForSelector(".panel .pair, .panel .statement");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await page.waitForSelector("[data-spot='workloads:nightly-report']");
      expect(await places()).toEqual(before);
    });

    it("shows one by one what is drawn together, by O and by mouse, below all the rest", async () => {
      await at.open(`#/map/${STAGING}`, ".map-drawing .shape");
      const before = await places();
      await page.evaluate(() => document.querySelector<SVGGElement>(".shapes > [data-spot='identities:web-*']")?.focus());
      await page.keyboard.press("o");
      await page.waitForSelector(".shapes > [data-spot^='identities:web-*>']");
      const after = await places();
      const parts = Object.keys(after).filter((id) => id.startsWith("identities:web-*>"));
      expect(parts.length).toBeGreaterThan(1);
      for (const [id, place] of Object.entries(before)) if (id !== "identities:web-*") expect(after[id]).toBe(place);
      await page.screenshot({ path: `${SCREENS}map-apart-light.png` });
      const link = await page.evaluate(() => location.hash);
      await at.open(link, ".shapes > [data-spot^='identities:web-*>']");
      expect(await places()).toEqual(after);
      // A line of a part has its why, and the whole is put together again.
      await page.evaluate(() => document.querySelector<SVGGElement>(".ribbons > [data-spot*='identities:web-*>']")?.focus());
      await page.keyboard.press("Enter");
      await page.waitForSelector(".panel .pair, .panel .step");
      await page.keyboard.press("Escape");
      await page.locator(".map-head .pressed", { hasText: "taken apart" }).click();
      await page.waitForFunction(() => document.querySelector("[data-spot^='identities:web-*>']") === null);
      expect(await places()).toEqual(before);
    });

    it("by mouse: a click on the name of a band, and the buttons of the panel", async () => {
      await at.open(`#/map/${STAGING}`, ".map-drawing .shape");
      const before = await places();
      await page.locator(".band-fold", { hasText: "THINGS" }).click();
      await page.waitForSelector("[data-spot='fold:things']");
      await page.locator("[data-spot='fold:things']").click();
      await page.locator(".panel-actions button", { hasText: "unfold" }).click();
      await page.waitForFunction(() => document.querySelector("[data-spot='fold:things']") === null);
      expect(await places()).toEqual(before);
      await page.locator(".shapes > [data-spot='entry:LogShipper']").click();
      await page.locator(".panel-actions button", { hasText: "pin" }).click();
      await page.waitForSelector(".pinned-glyph");
      expect(await page.locator(".panel-actions button", { hasText: "hide" }).count()).toBe(0);
    });
  });

  describe("before and after", () => {
    it("shows the statements of each side, and what keeps the line from being there", async () => {
      await at.open(`#/changes/${STAGING}?${new URLSearchParams({ ...DELETED, shows: "map" })}`, ".change-map .ribbon-gone");
      await page.evaluate(() => document.querySelector<SVGGElement>(".ribbon-gone[data-spot^='controls|entry:LogShipper|workloads:nightly-report']")?.focus());
      await page.keyboard.press("Enter");
      await page.waitForSelector(".side .statement");
      expect(await text(page, ".panel")).toMatch(/Before: control, without a condition. After: nothing./);
      expect(await text(page, ".side >> nth=0")).toMatch(/policy\/shared-ops:\d+/);
      expect(await page.locator(".side").nth(1).textContent()).toMatch(/^After\s*NO\. /);
      expect(await page.locator(".side").nth(1).locator(".pin-line").count()).toBe(7);
    });
  });

  describe("the map of before and after as a file", () => {
    it("is a picture, a drawing and a table, of a change as of another snapshot", async () => {
      await at.open(`#/changes/${STAGING}?${new URLSearchParams({ ...DELETED, shows: "map" })}`, ".change-map .ribbon-gone");
      await page.keyboard.press("e");
      const saved = async (form: string) => {
        const [download] = await Promise.all([page.waitForEvent("download", { timeout: PATIENCE }), page.locator(`[data-form=${form}]`).click()]);
        return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
      };
      const drawing = await saved("svg");
      expect([drawing.name, drawing.bytes.toString("utf8").slice(0, 5)]).toEqual(["clavicle-map.svg", "<svg "]);
      expect(drawing.bytes.toString("utf8")).toContain("Only before: ");
      const { name, bytes } = await saved("png");
      expect(name).toBe("clavicle-map.png");
      const picture = PNG.sync.read(bytes);
      expect(picture.width).toBeGreaterThan(1000);
      // It is drawn, not blank.
      expect(new Set(Array.from({ length: 4000 }, (_, at) => picture.data.readUInt32BE(4 * Math.floor((at * picture.data.length) / 16_000)))).size).toBeGreaterThan(4);
      expect((await saved("csv")).bytes.toString("utf8")).toMatch(/only before,.*controls/);
    });
  });

  describe("boundaries, and what a change comes to as a file", () => {
    it("tries a policy as a boundary by keyboard, and takes one away by mouse", async () => {
      await at.open(`#/changes?${new URLSearchParams({ pick: "staging:policy/web-preview" })}`, ".trial-tools");
      await page.getByRole("button", { name: "as boundary" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("combobox", { name: "boundary of whom" }).fill("staging:role/deployer");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".effect-verdict");
      expect(await text(page, ".effect-verdict")).toContain("gives less");
      expect(await text(page, ".trial-effect")).toContain("policy/web-preview becomes the boundary of staging:role/deployer");
      expect(await text(page, ".next-command")).toBe("clavicle try --boundary staging:policy/web-preview=staging:role/deployer");
      await at.open(`#/changes?${new URLSearchParams({ pick: "prod:policy/workload-boundary", act: "unbound" })}`, ".trial-bearers button");
      await page.locator(".trial-bearers button", { hasText: "prod:role/catalog-worker-task" }).click();
      await page.waitForSelector(".effect-verdict");
      expect(await text(page, ".trial-effect")).toContain("is not the boundary of prod:role/catalog-worker-task any more");
      expect(await text(page, ".next-command")).toBe("clavicle try --no-boundary prod:role/catalog-worker-task");
    });

    it("saves it as Markdown, with and without names", async () => {
      await at.open(`#/changes?${new URLSearchParams(DELETED)}`, ".effect-verdict");
      await page.keyboard.press("e");
      const saved = async () => {
        const [download] = await Promise.all([page.waitForEvent("download", { timeout: PATIENCE }), page.locator("[data-form=md]").click()]);
        return readFileSync(await download.path(), "utf8");
      };
      expect(await saved()).toContain("staging:role/deployer");
      await page.locator(".check input").check();
      expect(await saved()).not.toContain("staging:role/deployer");
    });
  });

  const VIEWS: View[] = [
    ["acts-home", "#/ask", ".home-counts"],
    ["acts-cut", `${CHAIN}&cut=1`, ".cut .diff"],
    ["acts-folded", `#/map/${STAGING}?fold=things&pin=entry%3ALogShipper&shape=fold%3Athings`, ".panel"],
    ["acts-border-picture", "#/border?shows=picture", ".border-picture img"],
  ];
  keepsTheRules(() => at, VIEWS);
});
