import type { Page, Route } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { ofTheDemo } from "./demo";
import { seriousFaults, tabTo, text } from "./opened";

const MAP = /\/api\/map(\?|$)/;

interface Step {
  step: string;
  done: number;
  total: number;
}

/** Of very many identities the program says of a map how far what it needs is, until it is there: here of the demo, whose map is there at once. */
ofTheDemo("a map that is not ready yet", (at) => {
  let page: Page;
  /** How far it is; null: it is ready. */
  let step: Step | null;
  /** Of each time that the map was asked for: did the page say that it asked before? */
  let asked: boolean[];
  beforeAll(() => {
    page = at.page;
  });

  async function whileNotReady(test: () => Promise<void>): Promise<void> {
    const answer = (route: Route) => {
      asked.push("clavicle-again" in route.request().headers());
      if (step === null) return route.continue();
      return route.fulfill({ status: 202, contentType: "application/json", body: JSON.stringify({ state: "working", ...step, error: null }) });
    };
    asked = [];
    step = { step: "looking who is equal to whom", done: 31_000, total: 1_000_000 };
    await page.route(MAP, answer);
    try {
      await test();
    } finally {
      await page.unroute(MAP);
    }
  }

  const says = (words: string) => page.waitForFunction((wanted) => document.querySelector(".waiting [role=status]")?.textContent === wanted, words);

  it("says what is done and how far it is, and is drawn without a reload, by keyboard", () =>
    whileNotReady(async () => {
      await at.open("#/ask", ".home-sentence");
      await page.evaluate(() => Object.assign(window, { stays: true }));
      await page.keyboard.press("2");
      await says("looking who is equal to whom, 31,000 of 1,000,000");
      expect(await seriousFaults(page)).toEqual([]);
      step = { step: "looking who can become whom", done: 0, total: 0 };
      await says("looking who can become whom");
      expect(await page.locator(".error-box, .map-drawing").count()).toBe(0);
      step = null;
      await page.waitForSelector(".map-drawing .shape");
      expect(await page.locator(".waiting").count()).toBe(0);
      expect([await at.hash(), await page.evaluate(() => "stays" in window)]).toEqual(["#/map", true]);
      expect([asked[0], asked.length > 2, asked.slice(1).every((again) => again)]).toEqual([false, true, true]);
    }));

  it("is left by Escape and by the button, and is not asked for any more", () =>
    whileNotReady(async () => {
      for (const leave of [() => page.keyboard.press("Escape"), () => page.locator(".waiting button").click()]) {
        await at.open("#/ask", ".home-sentence");
        await tabTo(page, ".view", "Map");
        await page.keyboard.press("Enter");
        await says("looking who is equal to whom, 31,000 of 1,000,000");
        await leave();
        await page.waitForSelector(".home-sentence");
        expect(await at.hash()).toMatch(/^(#\/ask)?$/);
        const before = asked.length;
        await page.waitForTimeout(700);
        expect(asked.length).toBe(before);
      }
    }));

  it("lets everything else be used meanwhile, also where its link was opened", () =>
    whileNotReady(async () => {
      await at.open("#/map/444455556666?as=map", ".waiting");
      await says("looking who is equal to whom, 31,000 of 1,000,000");
      await page.keyboard.press("3");
      await page.waitForSelector(".main-border .row");
      await page.keyboard.press("2");
      await says("looking who is equal to whom, 31,000 of 1,000,000");
      step = null;
      await page.waitForSelector(".map-drawing .shape, .matrix-line");
      expect(await text(page, ".crumbs li:last-child")).toBe("staging");
    }));

  it("asked nobody else, and nothing was wrong on the console", () => expect(at.faults).toEqual([]));
});
