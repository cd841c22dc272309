import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { expect, it } from "vitest";
import { serve, type What } from "./server";

/** So long a state is waited for: machines that build beside it are slow, and whoever waits longer learns nothing more. */
export const PATIENCE = 60_000;

export const SCREENS = fileURLToPath(new URL("../../../artifacts/screens/", import.meta.url));
const ARGUMENTS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

/** The demo of the program in a browser, and what went wrong there. */
export interface Opened {
  page: Page;
  /** The data folder of the program. */
  data: string;
  /** What was on the console, or asked of another host. */
  faults: string[];
  open: (fragment: string, until: string) => Promise<void>;
  stop: () => Promise<void>;
}

export async function opened(what: What = {}): Promise<Opened> {
  mkdirSync(SCREENS, { recursive: true });
  const server = await serve(what);
  const { origin } = new URL(server.url);
  const browser: Browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: "light", reducedMotion: "reduce" });
  page.setDefaultTimeout(PATIENCE);
  const faults: string[] = [];
  page.on("request", (request) => {
    // What the page made itself is of its own origin.
    const url = request.url().replace(/^blob:/, "");
    if (!url.startsWith(`${origin}/`) && !/^(data|about):/.test(url)) faults.push(`asked ${request.url()}`);
  });
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("dialog", (dialog) => {
    faults.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  await page.goto(server.url);
  await page.waitForSelector(".home-sentence");
  return {
    page,
    data: server.data,
    faults,
    open: async (fragment, until) => {
      await page.goto("about:blank");
      await page.goto(`${origin}/${fragment}`);
      await page.waitForSelector(until);
    },
    stop: async () => {
      await browser.close();
      server.stop();
    },
  };
}

/** Every theme that there is. */
export const THEMES = ["light", "dark", "contrast"] as const;

/** As if the reader's system asked for this theme. A page that is open follows. */
export async function inTheme(page: Page, theme: (typeof THEMES)[number]): Promise<void> {
  await page.emulateMedia({ colorScheme: theme === "light" ? "light" : "dark", contrast: theme === "contrast" ? "more" : "no-preference" });
}

/** What axe finds that is serious or worse. */
export async function seriousFaults(page: Page): Promise<string[]> {
  // A page that is looked at in several themes has it already: it is large.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const found = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
      resultTypes: ["violations"],
    });
    return found.violations.filter((each) => each.impact === "serious" || each.impact === "critical").map((each) => `${each.id}: ${each.nodes.slice(0, 4).map((node) => node.html.slice(0, 160)).join(" | ")}`);
  });
}

/** Its name, where it is, and what shows that it is there. */
export type View = [string, string, string];

/**
 * What every view keeps to: readable for everybody in each theme and in a narrow window, and nothing asked of others.
 * The last tests of a file, since the last of them looks back on all.
 */
export function keepsTheRules(at: () => Opened, views: View[]): void {
  it.each(views)("is read by everybody, in any theme and in a narrow window: %s", async (name, fragment, until) => {
    const { page, open } = at();
    await keepsToThem(page, name, () => open(fragment, until));
  });

  it("asked nobody else, and nothing was wrong on the console", () => expect(at().faults).toEqual([]));
}

/** Pictures of every view in each theme are kept for people to look at where that is asked for: no test reads them. */
const KEEP = (process.env.KEEP_SCREENS ?? "") !== "";

async function picture(page: Page, name: string): Promise<void> {
  if (KEEP) await page.screenshot({ path: `${SCREENS}${name}.png` });
}

/** A window of 1280 that is enlarged four times is as wide as one of 320. */
const NARROW = 320;

/**
 * One view: in each theme, in a window that becomes narrow while it is open, and opened in one that is, since what measures itself
 * may do so once. WCAG 2.2, 1.4.10 (reflow); text of 12 pixels at least.
 */
export async function keepsToThem(page: Page, name: string, show: () => Promise<void>): Promise<void> {
  await inTheme(page, "light");
  await show();
  expect([name, await smallTexts(page)]).toEqual([name, []]);
  for (const theme of THEMES) {
    await inTheme(page, theme);
    await page.waitForSelector(`html[data-theme="${theme}"]`);
    await picture(page, `${name}-${theme}`);
    expect([theme, await seriousFaults(page)]).toEqual([theme, []]);
  }
  await inTheme(page, "light");
  try {
    await page.setViewportSize({ width: 1024, height: 768 });
    await fits(page, name, 1024);
    await picture(page, `${name}-1024`);
    await page.setViewportSize({ width: NARROW, height: 640 });
    await fits(page, name, NARROW);
    await show();
    await fits(page, name, NARROW);
    await picture(page, `${name}-${NARROW}`);
  } finally {
    await page.setViewportSize({ width: 1440, height: 900 });
  }
}

/** Waits for two pictures: in the first a page sees its new size, by the second it has answered to that. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** The page has to be scrolled down only, and nothing sticks out of it. */
async function fits(page: Page, name: string, width: number): Promise<void> {
  await drawn(page);
  expect([name, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([name, width]);
  expect([name, width, await cutOff(page)]).toEqual([name, width, []]);
}

/** Texts that are drawn in less than 12 pixels. */
async function smallTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      if (element === null || (node.textContent ?? "").trim() === "" || element.closest("noscript, script, style") !== null) continue;
      const scale = element instanceof SVGGraphicsElement ? (element.getScreenCTM()?.a ?? 1) : 1;
      const pixels = Number.parseFloat(getComputedStyle(element).fontSize) * scale;
      if (pixels < 11.95) found.push(`${pixels.toFixed(1)} px: ${(node.textContent ?? "").slice(0, 40)}`);
    }
    return found;
  });
}

/** Buttons and headings that stick out of the window, where nothing around them can be scrolled. */
async function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button, h1, h2, select, input, summary")].flatMap((each) => {
      const box = each.getBoundingClientRect();
      if (box.width === 0 || box.right <= innerWidth + 1) return [];
      for (let around = each.parentElement; around !== null; around = around.parentElement) {
        if (/auto|scroll/.test(getComputedStyle(around).overflowX)) return [];
      }
      return [`${each.tagName} ${(each.textContent ?? "").slice(0, 40)} to ${Math.round(box.right)}`];
    }),
  );
}

/** So often is Tab pressed to get anywhere. */
const MOST_TABS = 80;

/** Presses Tab until the focus is on what `selector` means, and has this in its text. Fails where it never is. */
export async function tabTo(page: Page, selector: string, words = ""): Promise<void> {
  const isThere = (wanted: { selector: string; words: string }) => document.activeElement?.matches(wanted.selector) === true && (document.activeElement.textContent ?? "").includes(wanted.words);
  for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(isThere, { selector, words })) return;
  }
  expect.fail(`Tab does not get to ${selector} ${words}`);
}

/** The text of the first element, with white space put together. */
export async function text(page: Page, selector: string): Promise<string> {
  return ((await page.locator(selector).first().textContent()) ?? "").replace(/\s+/g, " ").trim();
}
