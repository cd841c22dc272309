import { existsSync, rmSync } from "node:fs";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { ofTheDemo, STAGING } from "./demo";
import { DIFFERENT, hasFonts, keep, keepFonts, looksAsKept } from "./pictures";

/** Keep what is seen now in place of comparing with what was kept. */
const renew = (process.env.RENEW_PICTURES ?? "") !== "";

const with_ = (values: Record<string, string>) => new URLSearchParams(values).toString();

/** What is opened, what shows that it is there, and in which themes it is kept. */
const PICTURES: [string, string, string, ("light" | "dark")[]][] = [
  ["home", "#/ask", ".home-sentence", ["light"]],
  ["answer", `#/ask?${with_({ q: "who can read s3://paperboat-invoices" })}`, ".verdict-sentence", ["light"]],
  ["map-organization", "#/map?as=map", ".map-drawing .shape", ["light", "dark"]],
  ["map-account", `#/map/${STAGING}?as=map`, ".map-drawing .shape", ["light", "dark"]],
  ["map-matrix", `#/map/${STAGING}?as=matrix`, ".matrix-line", ["light"]],
  ["map-matrix-organization", "#/map?as=matrix", ".matrix-line[aria-label*='by way of others']", ["light"]],
  ["map-table", "#/map?as=table", ".map-table:not(.unseen)", ["light"]],
  ["border", "#/border", ".main-border .row", ["light"]],
  ["border-panel", `#/border?${with_({ pick: "acct/999999999999 → staging:role/LogShipper" })}`, ".panel .statement", ["light"]],
  ["policies", "#/policies", ".main-policies .row", ["light"]],
  ["policies-panel", `#/policies?${with_({ pick: "staging:policy/shared-ops" })}`, ".panel .policy-used", ["light"]],
  ["trim", "#/trim", ".main-trim .row", ["light"]],
  ["trim-panel", `#/trim?${with_({ pick: "staging:role/nightly-exec" })}`, ".panel .verified", ["light"]],
  ["changes", `#/changes?${with_({ act: "delete", pick: "staging:policy/shared-ops" })}`, ".effect-verdict", ["light"]],
  ["changes-map", `#/changes/${STAGING}?${with_({ act: "delete", shows: "map", pick: "staging:policy/shared-ops" })}`, ".change-map .ribbon-gone", ["light"]],
  ["findings", "#/findings", ".main-findings .row", ["light"]],
  ["data", "#/data", ".main-data .coverage", ["light"]],
];

ofTheDemo("pictures of the demo", (at) => {
  let page: Page;
  /** Are letters here as wide as they were? With other fonts lines break elsewhere, and no picture is the same. */
  let comparable = true;

  beforeAll(async () => {
    page = at.page;
    if (existsSync(DIFFERENT)) rmSync(DIFFERENT, { recursive: true });
    const widths = await page.evaluate(() => {
      const style = getComputedStyle(document.documentElement);
      const context = document.createElement("canvas").getContext("2d");
      if (context === null) return [];
      return ["--sans", "--mono"].map((name) => {
        context.font = `40px ${style.getPropertyValue(name)}`;
        return Math.round(context.measureText("who can read s3://paperboat-invoices? ✓ ✕ ◆ → ×41").width);
      });
    });
    if (renew) keepFonts(widths);
    comparable = hasFonts(widths);
  });

  /** The screen once nothing moves on it any more. */
  async function screen(): Promise<Buffer> {
    await page.waitForFunction(() => document.querySelector('[aria-busy="true"], .loading, .waiting, .matrix-looking') === null);
    await page.evaluate(() => document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))));
    // The pointer may lie on something that shows it.
    await page.mouse.move(0, 0);
    return page.screenshot({ animations: "disabled", caret: "hide" });
  }

  async function look(name: string): Promise<void> {
    const [, fragment, until] = PICTURES.find((each) => each[0] === name) ?? [];
    if (fragment === undefined || until === undefined) throw new Error(`no picture ${name}`);
    await at.open(fragment, until);
  }

  const each = PICTURES.flatMap(([name, , , themes]) => themes.map((theme): [string, "light" | "dark"] => [name, theme]));

  /** Where nothing can be compared, the test is told as left out and not as passed. */
  const needsFonts = (skip: (note?: string) => void) => {
    if (!comparable) skip("the fonts of this machine are others");
  };

  it.for(each)("looks as it was kept: %s, %s", async ([name, theme], { skip }) => {
    await page.emulateMedia({ colorScheme: theme, contrast: "no-preference" });
    await look(name);
    const seen = await screen();
    if (renew) keep(`${name}-${theme}`, seen);
    needsFonts(skip);
    const { same, told } = looksAsKept(`${name}-${theme}`, seen);
    expect(same, told).toBe(true);
  });

  describe("what is compared", () => {
    /** Does the comparison see what is done to this view, which looks as it was kept before? */
    async function sees(name: string, act: () => void): Promise<boolean> {
      await page.emulateMedia({ colorScheme: "light", contrast: "no-preference" });
      await look(name);
      // A view that differs already would prove nothing.
      const before = await screen();
      const { same, told } = looksAsKept(`${name}-light`, before);
      expect(same, told).toBe(true);
      await page.evaluate(act);
      const after = await screen();
      expect(after.equals(before), "nothing was done to it").toBe(false);
      return !looksAsKept(`${name}-light`, after).same;
    }
    const style = (selector: string, name: string, value: string) =>
      `(() => { const found = document.querySelector(${JSON.stringify(selector)}); if (found === null) throw new Error("nothing to change"); found.style.setProperty(${JSON.stringify(name)}, ${JSON.stringify(value)}); })()`;
    const changed = (selector: string, name: string, value: string) => style(selector, name, value) as unknown as () => void;

    it.for([
      ["a panel that is missing", "border-panel", ".panel", "visibility", "hidden"],
      ["a panel that lies elsewhere", "border-panel", ".panel", "transform", "translateX(-24px)"],
      ["one row of a list that is missing", "findings", ".main-findings .row", "visibility", "hidden"],
      ["a map that lies elsewhere", "map-account", ".map-drawing", "transform", "translateX(24px)"],
      ["a sentence that is missing", "home", ".home-sentence", "visibility", "hidden"],
      ["the views of the bar that lie elsewhere", "data", ".views", "transform", "translateY(12px)"],
      ["a list that has another colour", "policies", ".main-policies .rows", "background", "#0b57d0"],
    ] as const)("is %s", async ([, name, selector, property, value], { skip }) => {
      needsFonts(skip);
      expect(await sees(name, changed(selector, property, value))).toBe(true);
    });

    it.for(["home", "map-account", "findings"])("is not how letters are smoothed: %s", async (name, { skip }) => {
      needsFonts(skip);
      // A third of a pixel aside every letter is drawn anew.
      expect(await sees(name, changed(".app", "transform", "translate(0.33px, 0.33px)"))).toBe(false);
    });
  });
});
