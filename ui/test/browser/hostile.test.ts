import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderOf, HOSTILE, hostile, HOSTILE_TAG, hostileFolder } from "./hostile";
import { type Opened, opened, SCREENS } from "./opened";

const program = process.env.CLAVICLE_BIN ?? "";
const STAGING = "444455556666";
/** Characters that are not seen, or that reorder what is seen; line ends and tabs are of the page itself. */
const UNSEEN = "[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]";

/** What of the page holds characters that should have been spelled out: its text, and every attribute that is read or shown. */
function unseen(page: Page): Promise<string[]> {
  return page.evaluate((pattern) => {
    const bad = new RegExp(pattern, "u");
    const found: string[] = [];
    for (const element of document.querySelectorAll("body *")) {
      for (const name of ["title", "aria-label", "alt", "placeholder"]) {
        const value = element.getAttribute(name);
        if (value !== null && bad.test(value)) found.push(`${name} ${JSON.stringify(value.slice(0, 80))}`);
      }
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) if (bad.test(node.nodeValue ?? "")) found.push(JSON.stringify(node.nodeValue?.slice(0, 80)));
    if (bad.test(document.title)) found.push(`the title ${JSON.stringify(document.title)}`);
    return found;
  }, UNSEEN);
}

/** The words of a drawing that do not end where it does. */
function wordsOutside(): string[] {
  const frame = document.documentElement.getBoundingClientRect();
  return [...document.querySelectorAll("text")].flatMap((each) => {
    const box = each.getBoundingClientRect();
    return box.left < frame.left || box.top < frame.top || box.right > frame.right || box.bottom > frame.bottom ? [each.textContent?.slice(0, 60) ?? ""] : [];
  });
}

describe.skipIf(program === "")("an organization whose names are hostile", () => {
  let at: Opened;
  let page: Page;
  let folder: string;
  beforeAll(async () => {
    folder = hostileFolder();
    at = await opened({ folder });
    page = at.page;
  });
  afterAll(async () => {
    await at?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const with_ = (view: string, choices: Record<string, string>) => `${view}?${new URLSearchParams(choices)}`;
  const policy = hostile("staging:policy/shared-ops");
  const chain = hostile("path acct/999999999999 s3://paperboat-invoices");

  // Of each place: what shows that it is there, and what of the hostile names has to be seen in it.
  const places: [string, string, string, RegExp][] = [
    ["home", "#/ask", ".home-sentence", /paperboat-invoices-␀␛\[31m␇/],
    ["answer", with_("#/ask", { q: hostile("who can read s3://paperboat-invoices") }), ".verdict-sentence", /paperboat-invoices-␀␛\[31m␇/],
    ["chain", with_("#/ask", { q: chain, why: "0" }), ".panel .statement", /Log<img src=x onerror=alert\(1\)>Shipper/],
    ["decision", with_("#/ask", { q: hostile("can staging:role/deployer s3:PutObject s3://paperboat-invoices") }), ".decision-layer .statement", /paperboat-invoices-␀␛\[31m␇/],
    ["answer-picture", with_("#/ask", { q: hostile("who can read s3://paperboat-invoices"), shows: "picture" }), ".answer-picture .shape", /Log<img src=x onerror=alert\(1\)>Shipper/],
    ["organization", "#/map", ".map-drawing .shape", /paperboat-invoices-␀/],
    ["account", `#/map/${STAGING}`, ".map-drawing .shape", /nightly-⟨U\+202E⟩exec⟨U\+202C⟩/],
    ["matrix", `#/map/${STAGING}?as=matrix`, ".matrix-line", /Log<img src=x onerror=alert\(1\)>Shipper/],
    ["table", `#/map/${STAGING}?as=table`, ".map-table:not(.unseen)", /HYPERLINK\(1\)nightly-report⟨U\+2066⟩/],
    ["border", with_("#/border", { pick: hostile("acct/999999999999 → staging:role/LogShipper") }), ".panel .statement", /Log<img src=x onerror=alert\(1\)>Shipper/],
    ["policies", with_("#/policies", { pick: policy }), ".panel .policy-statement", /"><svg onload=alert\(2\)>shared-ops/],
    ["trim", with_("#/trim", { pick: hostile("staging:role/nightly-exec") }), ".main-trim .row", /nightly-⟨U\+202E⟩exec⟨U\+202C⟩/],
    ["changes", with_("#/changes", { pick: policy, act: "delete" }), ".effect-verdict", /"><svg onload=alert\(2\)>shared-ops/],
    ["changes-map", with_(`#/changes/${STAGING}`, { pick: policy, act: "delete", shows: "map" }), ".change-map .ribbon-gone", /Log<img src=x onerror=alert\(1\)>Shipper/],
    ["finding", with_("#/findings", { rule: "outside-unknown" }), ".main-findings .row", /Log<img src=x onerror=alert\(1\)>Shipper/],
    ["findings", "#/findings", ".main-findings .row", /Lambda<\/pre><iframe srcdoc/],
    ["data", "#/data", ".main-data .coverage", /staging/],
  ];
  it.each(places)("runs nothing, overflows nothing and spells everything out: %s", async (name, fragment, until, seen) => {
    await at.open(fragment, until);
    expect(await page.locator("body").textContent()).toMatch(seen);
    expect(await unseen(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1440);
    expect(await page.evaluate(() => document.querySelectorAll("img, iframe, b[onmouseover], svg[onload]").length)).toBe(0);
    await page.screenshot({ path: `${SCREENS}hostile-${name.replace(" ", "-")}.png` });
    expect(at.faults).toEqual([]);
  });

  it("runs nothing, overflows nothing and spells everything out: the picture of the border", async () => {
    await at.open("#/border?shows=picture", ".border-picture img");
    await page.waitForFunction(() => (document.querySelector<HTMLImageElement>(".border-picture img")?.naturalWidth ?? 0) > 0);
    expect(await unseen(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1440);
    const { text, odd, faults } = await page.evaluate(async () => {
      const file = await (await fetch(document.querySelector<HTMLImageElement>(".border-picture img")?.src ?? "")).text();
      const drawn = new DOMParser().parseFromString(file, "image/svg+xml");
      const all = [...drawn.querySelectorAll("*")];
      return {
        text: drawn.documentElement.textContent ?? "",
        faults: all.filter((each) => each.localName === "parsererror").length,
        odd: all.flatMap((each) => (/^(script|foreignObject|image|iframe|img|a|use)$/i.test(each.localName) || each.getAttributeNames().some((name) => /^on|href$/i.test(name)) ? [each.outerHTML.slice(0, 80)] : [])),
      };
    });
    expect([faults, odd]).toEqual([0, []]);
    expect(new RegExp(UNSEEN, "u").exec(text)?.[0] ?? null).toBeNull();
    expect(text).toContain("Log<img src=x onerror=alert(1)>Shipper");
    expect(at.faults).toEqual([]);
  });

  const exported = (query: Record<string, string>) =>
    page.evaluate(async (address) => {
      for (;;) {
        const response = await fetch(address);
        if (response.status !== 202) return { status: response.status, text: await response.text() };
        await new Promise((again) => setTimeout(again, 100));
      }
    }, `/api/export?${new URLSearchParams(query)}`);
  const VIEWS: Record<string, string>[] = [
    { view: "answer", text: chain }, { view: "map", account: STAGING }, { view: "border" }, { view: "policies" }, { view: "policy", name: policy }, { view: "trim" }, { view: "findings" }, { view: "data" },
  ];
  it("leaves the rest of a page to be read where a name does not end", async () => {
    for (const [fragment, until, selector] of [["#/ask", ".home-counts", ".fact"], ["#/findings", ".main-findings .row", ".row"], ["#/trim?find=deployer", ".main-trim .row", ".row"]] as const) {
      await at.open(fragment, until);
      const heights = await page.locator(selector).evaluateAll((all) => all.map((each) => each.getBoundingClientRect().height));
      expect(Math.max(...heights)).toBeLessThan(200);
    }
    // The whole name is there for those who want it.
    expect(await page.locator(".row [title*='WWWWWWWWWW']").count()).toBeGreaterThan(0);
    await at.open(`#/map/${STAGING}?as=matrix`, ".matrix-line");
    const over = await page.locator(".matrix-row").evaluateAll((rows) => rows.filter((row) => (row.querySelector(".name")?.getBoundingClientRect().right ?? 0) > row.getBoundingClientRect().right).map((row) => row.textContent?.slice(0, 40)));
    expect(over).toEqual([]);
  });

  it("is handed on without harm, in every form", async () => {
    // A browser of its own in which only files are opened.
    const context = await page.context().browser()?.newContext();
    if (context === undefined) throw new Error("the browser is gone");
    const own = await context.newPage();
    let opened = "";
    own.on("dialog", (dialog) => {
      at.faults.push(`a dialog of ${opened}`);
      void dialog.dismiss();
    });
    const asked: string[] = [];
    own.on("request", (request) => asked.push(request.url()));
    try {
      for (const view of VIEWS) {
        for (const form of ["svg", "html", "csv", "md"]) {
          // Of lists there are no pictures.
          if (form === "svg" && ["policies", "trim", "findings", "data"].includes(view.view ?? "")) continue;
          const { status, text } = await exported({ ...view, form });
          expect([view.view, form, status]).toEqual([view.view, form, 200]);
          expect([view.view, form, new RegExp(UNSEEN, "u").exec(text)?.[0] ?? null]).toEqual([view.view, form, null]);
          if (form === "csv") expect(text).not.toMatch(/(^|[,\n]"?)[=+@](?!\d)/);
          if (form === "md") expect(text).not.toMatch(/<(img|svg|iframe|script)/i);
          if (form !== "svg" && form !== "html") continue;
          opened = `${view.view}.${form}`;
          const file = join(folder, `out-${opened}`);
          writeFileSync(file, text);
          asked.length = 0;
          await own.goto(pathToFileURL(file).href);
          expect([opened, asked]).toEqual([opened, [pathToFileURL(file).href]]);
          if (form === "svg") expect([opened, await own.evaluate(wordsOutside)]).toEqual([opened, []]);
          expect(await own.evaluate(() => document.querySelectorAll("script, img, iframe, [onload], [onerror], [onmouseover]").length)).toBe(0);
        }
      }
    } finally {
      await context.close();
    }
    expect(at.faults).toEqual([]);
  });

  it("does nothing to a terminal", () => {
    for (const line of [["who", hostile("s3://paperboat-invoices"), "--do", "read"], ["path", "acct/999999999999", hostile("s3://paperboat-invoices")], ["check"], ["outside"], ["what", hostile("staging:role/deployer")]]) {
      const told = spawnSync(program, [...line.map((word) => word.replaceAll("\u0000", "")), "-s", folder], { cwd: folder, encoding: "utf8", env: { ...process.env, CLAVICLE_DATA: at.data, COLUMNS: "100" } });
      expect([line[0], `${told.stdout}${told.stderr}`.length > 0, new RegExp(UNSEEN, "u").exec(`${told.stdout}${told.stderr}`)?.[0] ?? null]).toEqual([line[0], true, null]);
    }
  });
});

/** What the tour speaks of; it is of the demo alone, which is called so. */
const OF_THE_TOUR = ["LogShipper", "shared-ops", "paperboat-invoices"];

describe.skipIf(program === "")("the tour, where all that it does not speak of has hostile names", () => {
  let at: Opened;
  let page: Page;
  let folder: string;
  beforeAll(async () => {
    folder = folderOf(Object.fromEntries(Object.entries(HOSTILE).filter(([name]) => !OF_THE_TOUR.includes(name))), HOSTILE_TAG);
    at = await opened({ folder });
    page = at.page;
    await page.route("**/api/summary", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...(await answer.json()), demo: true } });
    });
  });
  afterAll(async () => {
    await at?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  // Of each stop: what shows that it is there, and what of the hostile names has to be seen in it.
  const stops: [string, RegExp][] = [
    [".panel .statement", /s3:\/\/paperboat-invoices/],
    [".panel .step:nth-child(5)", /HYPERLINK\(1\)nightly-report⟨U\+2066⟩/],
    [".cut .statement", /Lambda<\/pre><iframe srcdoc/],
    [".editor .cm-content", /Lambda<\/pre><iframe srcdoc/],
    [".panel .policy-statement", /Lambda<\/pre><iframe srcdoc/],
  ];

  it("runs nothing, overflows nothing and spells everything out at every stop", async () => {
    await at.open("#/ask", ".tour-start");
    await page.locator(".tour-start").click();
    for (const [index, [until, seen]] of stops.entries()) {
      await page.waitForFunction((wanted) => document.querySelector(".tour-count")?.textContent === wanted, `Stop ${index + 1} of ${stops.length}`);
      await page.waitForSelector(until);
      // The text of the editor is in a tree of its own.
      const told = `${await page.locator("body").textContent()} ${await page.locator(until).first().textContent()}`;
      expect([index, told]).toEqual([index, expect.stringMatching(seen)]);
      expect([index, await unseen(page)]).toEqual([index, []]);
      expect([index, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([index, 1440]);
      // Nothing that has a name without end pushes the tour, or its way on, out of the window.
      expect([index, await page.locator(".tour").evaluate((each) => each.getBoundingClientRect().bottom)]).toEqual([index, 900]);
      expect([index, await page.evaluate(() => document.querySelectorAll("img, iframe, b[onmouseover], svg[onload]").length)]).toEqual([index, 0]);
      await page.locator(".tour-buttons .strong").click();
    }
    await page.waitForSelector(".tour", { state: "detached" });
    expect(at.faults).toEqual([]);
  });
});
