import { mkdirSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MapPage } from "../../src/api/map";
import type { Summary } from "../../src/api/summary";
import { keepsToThem, PATIENCE, SCREENS } from "./opened";
import { serve, type Served } from "./server";

const ARGUMENTS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

let server: Served;
let browser: Browser;
let page: Page;
let origin: string;
let summary: Summary;
let organization: MapPage;
/** The question asked throughout: the first `who` the program itself suggests. */
let question: string;
/** An account whose map has lines. */
let account: string;
let accountMap: MapPage;

const consoleErrors: string[] = [];
const otherOrigins: string[] = [];

beforeAll(async () => {
  mkdirSync(SCREENS, { recursive: true });
  server = await serve();
  origin = new URL(server.url).origin;
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: "light", reducedMotion: "reduce" });
  page.setDefaultTimeout(PATIENCE);
  page.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith("data:")) otherOrigins.push(request.url());
  });
  page.on("pageerror", (error) => consoleErrors.push(error.message));
  page.on("dialog", (dialog) => {
    consoleErrors.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    // A question that cannot be read is answered with 400, which the browser notes by itself.
    const refused = /status of 400/.test(message.text()) && message.location().url.includes("/api/ask");
    if (message.type() === "error" && !refused) consoleErrors.push(message.text());
  });
  await page.goto(server.url);
  await page.waitForSelector(".home-sentence");
  summary = await api<Summary>("summary");
  organization = await api<MapPage>("map");
  question = summary.questions.find((each) => each.startsWith("who can")) ?? "";
  for (const each of summary.accounts) {
    const map = await api<MapPage>(`map?account=${encodeURIComponent(each.id)}`);
    if (accountMap === undefined || map.ribbons.length > accountMap.ribbons.length) {
      account = each.id;
      accountMap = map;
    }
  }
});

afterAll(async () => {
  await browser?.close();
  server?.stop();
});

function api<T>(call: string): Promise<T> {
  return page.evaluate((path) => fetch(path).then((response) => response.json()), `/api/${call}`) as Promise<T>;
}

/** Opens a place as a link from elsewhere would: the page is loaded anew. */
async function open(fragment: string): Promise<void> {
  await page.goto("about:blank");
  await page.goto(`${origin}/${fragment}`);
  await page.waitForSelector(".home-sentence, .verdict-sentence, .map-head, .error-box");
}

async function openAnswer(): Promise<void> {
  await open(`#/ask?${new URLSearchParams({ q: question })}`);
  await page.waitForSelector(".verdict-sentence");
}

function focused(): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return element === null ? "" : (element.getAttribute("data-spot") ?? element.getAttribute("data-answer") ?? element.id);
  });
}

function whyOf(map: MapPage): string {
  const ribbon = [...map.ribbons].sort((a, b) => a.count - b.count)[0];
  if (ribbon === undefined) throw new Error("a map without lines");
  return ribbon.id;
}

/** A point of the screen where a click hits a line and nothing else. */
function pointOnRibbon(): Promise<{ id: string; x: number; y: number } | null> {
  return page.evaluate(() => {
    for (const ribbon of document.querySelectorAll<SVGGElement>(".ribbon")) {
      const path = ribbon.querySelector<SVGPathElement>(".ribbon-hit");
      const matrix = path?.getScreenCTM();
      if (path === null || matrix === null || matrix === undefined) continue;
      for (let share = 0.1; share < 0.95; share += 0.05) {
        const { x, y } = path.getPointAtLength(path.getTotalLength() * share).matrixTransform(matrix);
        if (document.elementFromPoint(x, y)?.closest(".ribbon") === ribbon) return { id: ribbon.dataset.spot ?? "", x, y };
      }
    }
    return null;
  });
}

/** Waits for a statement in the panel, choosing the first pair where there are several. */
async function statementInPanel(): Promise<{ line: string; text: string }> {
  await page.waitForSelector(".panel .pair, .panel .step");
  if ((await page.locator(".panel .step").count()) === 0) await page.locator(".panel .pair").first().click();
  await page.waitForSelector(".panel .step");
  const pin = page.locator(".panel button.pin").first();
  if ((await page.locator(".panel .statement").count()) === 0 && (await pin.count()) > 0) await pin.click();
  const statement = page.locator(".panel .statement").first();
  return { line: (await statement.locator(".line-number").first().textContent()) ?? "", text: (await statement.locator(".lines").textContent()) ?? "" };
}

describe("the page", () => {
  it("is served with a policy that allows nothing inline and nothing from elsewhere", async () => {
    const { policy, html } = await page.evaluate(async () => {
      const response = await fetch("/");
      return { policy: response.headers.get("content-security-policy") ?? "", html: await response.text() };
    });
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain("unsafe");
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/i);
  });

  it("opens on a sentence, with accounts, things that matter and questions that work", async () => {
    expect(await page.locator(".home-sentence").textContent()).toMatch(/\.$/);
    expect(await page.locator(".account").count()).toBe(summary.accounts.length);
    expect(await page.locator(".question").count()).toBe(summary.questions.length);
    expect(question).not.toBe("");
    for (const each of summary.questions) {
      const { status, schema } = await page.evaluate(async (text) => {
        const response = await fetch(`/api/ask?${new URLSearchParams({ text })}`);
        return { status: response.status, schema: (await response.json()).schema as unknown };
      }, each);
      expect([each, status, schema]).toEqual([each, 200, "clavicle.answer/1"]);
    }
    await page.screenshot({ path: `${SCREENS}home-light.png` });
  });
});

describe("asking by keyboard alone", () => {
  it("asks, and opens the why of the first row with its statement and line number", async () => {
    await open("#/ask");
    await page.keyboard.press("/");
    await page.keyboard.type(question);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".verdict-sentence");
    expect(new URLSearchParams(new URL(page.url()).hash.split("?")[1]).get("q")).toBe(question);
    expect(await page.locator(".box-on input").inputValue()).not.toBe("");
    let row = "";
    for (let tabs = 0; tabs < 40 && row === ""; tabs += 1) {
      await page.keyboard.press("Tab");
      row = await page.evaluate(() => document.activeElement?.getAttribute("data-answer") ?? "");
    }
    expect(row).not.toBe("");
    await page.keyboard.press("Enter");
    const { line, text } = await statementInPanel();
    expect(line).toMatch(/^\d+$/);
    expect(text).toContain("Allow");
    expect(await focused()).toBe("panel-title");
    await page.screenshot({ path: `${SCREENS}answer-light.png` });
    await page.keyboard.press("Escape");
    await page.waitForSelector(".panel", { state: "detached" });
    expect(await focused()).toBe(row);
  });

  it("completes from the snapshot", async () => {
    const name = (summary.matters[0]?.name ?? question.split(" ").at(-1) ?? "").replace(/^.*[:/]/, "");
    await open("#/ask");
    await page.locator(".box-on input").focus();
    await page.keyboard.type(name.slice(0, 6));
    await page.waitForSelector(".box-on [role=option]");
    await page.keyboard.press("ArrowDown");
    const active = await page.locator(".box-on input").getAttribute("aria-activedescendant");
    expect(await page.locator(`[id="${active}"]`).getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("Enter");
    expect((await page.locator(".box-on input").inputValue()).length).toBeGreaterThan(5);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".verdict-sentence, .error-box");
  });

  it("offers the nearest questions for words it cannot read", async () => {
    await open(`#/ask?${new URLSearchParams({ q: "please make me a sandwich" })}`);
    await page.waitForSelector(".error-box .question");
    await page.screenshot({ path: `${SCREENS}error-light.png` });
    await page.locator(".error-box .question").first().click();
    await page.waitForSelector(".verdict-sentence");
  });

  it("shows the whole document with the cited lines set apart", async () => {
    await openAnswer();
    await page.locator(".answer-button").first().click();
    await statementInPanel();
    await page.locator(".panel .statement .link").first().click();
    await page.waitForSelector("dialog.document[open] .line-row.cited");
    const cited = await page.locator(".line-row.cited").first().boundingBox();
    expect(cited !== null && cited.y > 0 && cited.y < 900).toBe(true);
    await page.screenshot({ path: `${SCREENS}document-light.png` });
    await page.reload();
    await page.waitForSelector("dialog.document[open] .line-row.cited");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog.document", { state: "detached" });
    // After the reload the answer may come later than the document did.
    await statementInPanel();
    expect(await page.locator(".panel").count()).toBe(1);
  });
});

describe("the map", () => {
  it("draws what the server placed, and opens the why of a line that is clicked", async () => {
    await open("#/ask");
    await page.keyboard.press("2");
    await page.waitForSelector(".map-drawing");
    expect(await page.locator(".shape").count()).toBe(organization.shapes.length);
    expect(await page.locator(".ribbon").count()).toBe(organization.ribbons.length);
    await page.screenshot({ path: `${SCREENS}map-organization-light.png` });
    const point = await pointOnRibbon();
    if (point === null) throw new Error("no line can be clicked");
    await page.mouse.click(point.x, point.y);
    const { line, text } = await statementInPanel();
    expect(line).toMatch(/^\d+$/);
    expect(text).toMatch(/Allow|Deny/);
    expect(await page.locator(".ribbon.selected").getAttribute("data-spot")).toBe(point.id);
    await page.screenshot({ path: `${SCREENS}map-why-light.png` });
  });

  it("is walked with arrow keys, and Enter opens an account", async () => {
    await open("#/map");
    await page.waitForSelector(".map-drawing");
    await page.evaluate((id) => [...document.querySelectorAll<SVGGElement>(".shape")].find((each) => each.dataset.spot === id)?.focus(), organization.ribbons[0]?.from);
    const from = await focused();
    await page.keyboard.press("ArrowRight");
    const line = await focused();
    expect(organization.ribbons.find((each) => each.id === line)?.from).toBe(from);
    await page.keyboard.press("ArrowRight");
    expect(await focused()).toBe(organization.ribbons.find((each) => each.id === line)?.to);
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".panel");
    expect(await page.evaluate(() => location.hash)).toContain("ribbon=");
    await page.keyboard.press("Escape");
    await page.waitForSelector(".panel", { state: "detached" });

    const box = organization.shapes.find((each) => each.account === account);
    if (box === undefined) throw new Error("the account is not on the map");
    await page.evaluate((id) => [...document.querySelectorAll<SVGGElement>(".shape")].find((each) => each.dataset.spot === id)?.focus(), box.id);
    await page.keyboard.press("Enter");
    await page.waitForFunction((count) => document.querySelectorAll(".crumbs li").length === count, accountMap.crumbs.length);
    await page.waitForFunction((count) => document.querySelectorAll(".shape").length === count, accountMap.shapes.length);
    await page.screenshot({ path: `${SCREENS}map-account-light.png` });
    await page.keyboard.press("[");
    await page.waitForFunction((count) => document.querySelectorAll(".crumbs li").length === count, organization.crumbs.length);
    await page.keyboard.press("]");
    await page.waitForFunction((count) => document.querySelectorAll(".crumbs li").length === count, accountMap.crumbs.length);
  });

  it("keeps to what is connected with F, with every shape in its place", async () => {
    await open(`#/map/${account}`);
    await page.waitForSelector(".map-drawing");
    const where = () => page.locator(".shape").evaluateAll((shapes) => shapes.map((shape) => `${(shape as SVGElement).dataset.spot} ${shape.getAttribute("transform")}`).sort());
    const before = await where();
    const from = accountMap.ribbons[0]?.from ?? "";
    await page.evaluate((id) => [...document.querySelectorAll<SVGGElement>(".shape")].find((each) => each.dataset.spot === id)?.focus(), from);
    await page.keyboard.press("f");
    await page.waitForSelector(".map-head .pressed");
    const focusedMap = await api<MapPage>(`map?${new URLSearchParams({ account, focus: from })}`);
    await page.waitForFunction((count) => document.querySelectorAll(".ribbon").length === count, focusedMap.ribbons.length);
    expect(focusedMap.ribbons.length).toBeGreaterThan(0);
    expect(await where()).toEqual(before);
    await page.keyboard.press("f");
    await page.waitForFunction((count) => document.querySelectorAll(".ribbon").length === count, accountMap.ribbons.length);
  });

  it("has the same rows as a table, by the key M", async () => {
    await open("#/map");
    await page.waitForSelector(".map-drawing");
    await page.keyboard.press("m");
    await page.waitForSelector(".matrix, .empty");
    await page.keyboard.press("m");
    await page.waitForSelector(".map-table:not(.unseen)");
    expect(await page.locator(".map-table tbody tr").count()).toBe(organization.rows.length);
    expect(new URL(page.url()).hash).toContain("as=table");
    await page.locator(".map-table tbody button").first().click();
    expect((await statementInPanel()).line).toMatch(/^\d+$/);
    await page.screenshot({ path: `${SCREENS}map-table-light.png` });
  });

  it("comes back from a link: account, line, pair and table", async () => {
    const ribbon = whyOf(accountMap);
    const fragment = `#/map/${account}?${new URLSearchParams({ ribbon, pair: "0" })}`;
    await open(fragment);
    await page.waitForSelector(".panel .step");
    const title = await page.locator(".panel-title").textContent();
    expect(await page.locator(".ribbon.selected").getAttribute("data-spot")).toBe(ribbon);
    await page.reload();
    await page.waitForSelector(".panel .step");
    expect(await page.locator(".panel-title").textContent()).toBe(title);
    expect(await page.evaluate(() => location.hash)).toBe(fragment);
  });

  it("says what is wrong with a link that leads nowhere, and the rest stays usable", async () => {
    consoleErrors.length = 0;
    await open("#/map/000000000000");
    await page.waitForSelector(".error-box, .empty");
    await page.keyboard.press("1");
    await page.waitForSelector(".home-sentence");
    // The browser itself notes the 404 this test asks for.
    expect(consoleErrors.filter((error) => !/status of 40[04]/.test(error))).toEqual([]);
    consoleErrors.length = 0;
  });
});

describe("for everyone", () => {
  const views: [string, () => Promise<void>][] = [
    ["home", () => open("#/ask")],
    ["answer", async () => {
      await openAnswer();
      await page.locator(".answer-button").first().click();
      await statementInPanel();
    }],
    ["map-organization", async () => {
      await open("#/map");
      await page.waitForSelector(".map-drawing");
    }],
    ["map-account", async () => {
      await open(`#/map/${account}`);
      await page.waitForSelector(".map-drawing");
    }],
    ["map-why", async () => {
      await open(`#/map/${account}?${new URLSearchParams({ ribbon: whyOf(accountMap), pair: "0" })}`);
      await page.waitForSelector(".panel .step");
    }],
    ["map-table", async () => {
      await open("#/map?as=table");
      await page.waitForSelector(".map-table:not(.unseen)");
    }],
    ["keys", async () => {
      await open("#/ask");
      await page.keyboard.press("?");
      await page.waitForSelector("dialog.help[open]");
    }],
  ];

  it.each(views)("is read by everybody, in any theme and in a narrow window: %s", (name, show) => keepsToThem(page, name, show));

  it("lets single keys be switched off", async () => {
    await open("#/ask");
    await page.keyboard.press("?");
    await page.locator("dialog.help input[type=checkbox]").uncheck();
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog.help", { state: "detached" });
    await page.keyboard.press("2");
    // A key that means something is in the address before the press has ended.
    expect(await page.evaluate(() => location.hash)).toBe("#/ask");
    expect(await page.locator(".map-head").count()).toBe(0);
    await page.locator("button", { hasText: "keys" }).click();
    await page.locator("dialog.help input[type=checkbox]").check();
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog.help", { state: "detached" });
    await page.keyboard.press("2");
    await page.waitForSelector(".map-head");
  });
});

describe("after all of this", () => {
  it("there was no error on the console and no request to another origin", () => {
    expect(consoleErrors).toEqual([]);
    expect(otherOrigins).toEqual([]);
  });

  it("no name became markup", async () => {
    await openAnswer();
    expect(await page.locator("img, iframe, object, embed").count()).toBe(0);
  });
});
