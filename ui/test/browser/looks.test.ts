import { beforeAll, describe, expect, it } from "vitest";
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import type { MapPage } from "../../src/api/map";
import { PLAIN, sentences } from "../../src/answer/stepWords";
import { ofTheDemo, STAGING } from "./demo";
import { drawn, inTheme, text, THEMES } from "./opened";

const CHAIN = `#/ask?${new URLSearchParams({ q: "who can read s3://paperboat-invoices", why: "3" })}`;

/** What can be measured of how it looks: nothing covers, leaves or outgrows what it belongs to. */
ofTheDemo("how it looks", (at) => {
  let page: Page;
  beforeAll(() => {
    page = at.page;
  });

  it("takes no more than two lines for a sentence of home or of a list at 1440 px", async () => {
    for (const [fragment, until, selector] of [["#/ask", ".home-counts", ".fact-main .sentence"], ["#/findings", ".main-findings .row", ".row-sentence"], ["#/border", ".main-border .row", ".list-sentence, .answer-note"]] as const) {
      await at.open(fragment, until);
      const lines = await page.locator(selector).evaluateAll((all) => all.map((each) => ({ words: each.textContent, lines: Math.round(each.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(each).lineHeight)) })));
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.filter((each) => each.lines > 2)).toEqual([]);
    }
    // Whom of the users of a provider a door means is said in words, and not in the keys of its tokens.
    await at.open("#/ask", ".home-counts");
    expect(await text(page, ".home-main")).toContain("github.com: any repository of paperboat can become tools:role/ci-deploy.");
  });

  it("takes no more than two lines for any sentence of any rule, or of a step that is no method, at 1440 px", async () => {
    const rules = readFileSync(new URL("../../../docs/rules.md", import.meta.url), "utf8");
    const paragraphs = rules.slice(rules.indexOf("\n## ")).split(/\n{2,}/).filter((each) => each !== "" && !/^\n?(##|AWS:)/.test(each));
    expect(paragraphs.length).toBeGreaterThan(90);
    const ofSteps = Object.values(PLAIN).flatMap(({ misuse, fix, check }) => [misuse, fix, check]);
    const all = [...paragraphs.map((each) => each.replace(/\s+/g, " ").trim()), ...ofSteps].flatMap(sentences);
    // The page of a rule has other words before what is told: those count too.
    await at.open("#/findings?rule=shared-policy&pick=shared-policy-8291f0c3579d", ".panel .panel-words");
    const long = await page.evaluate((told) => {
      const words = document.querySelector<HTMLElement>(".panel .panel-words");
      if (words === null) return ["no words"];
      const line = Number.parseFloat(getComputedStyle(words).lineHeight);
      return told.filter((sentence) => {
        // What stands in quotes of code is shown as such, which is wider.
        words.replaceChildren(...sentence.split("`").map((part, index) => {
          const shown = document.createElement(index % 2 === 1 ? "code" : "span");
          shown.textContent = part;
          return shown;
        }));
        return words.getBoundingClientRect().height > 2.4 * line;
      });
    }, [...new Set(all)]);
    expect(long).toEqual([]);
  });

  it("takes no more than two lines for the sentence of any finding in its panel at 1440 px", async () => {
    await at.open("#/findings", ".main-findings .row");
    const rows = await page.locator(".main-findings .row").count();
    expect(rows).toBeGreaterThan(10);
    const long: string[] = [];
    for (let row = 0; row < rows; row += 1) {
      await page.locator(".main-findings .row").nth(row).click();
      // What is shortened is there whole for those who hear it.
      await page.waitForFunction((at) => {
        const whole = (within: Element | null | undefined) => within?.querySelector(".unseen")?.textContent ?? within?.textContent;
        return whole(document.querySelectorAll(".main-findings .row")[at]?.querySelector(".row-sentence")) === whole(document.querySelector(".panel-title .panel-sentence"));
      }, row);
      const title = page.locator(".panel-title .sentence");
      const lines = await title.evaluate((each) => Math.round(each.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(each).lineHeight)));
      if (lines > 2) long.push((await title.textContent()) ?? "");
    }
    expect(long).toEqual([]);
  });

  it("surrounds the mark of an answer that is known with a whole line, and that of an unknown one with a broken one", async () => {
    const dash = async (question: string) => {
      await at.open(`#/ask?${new URLSearchParams({ q: question })}`, ".verdict-disc");
      return page.locator(".verdict-disc").evaluate((disc) => getComputedStyle(disc).strokeDasharray);
    };
    expect(await dash("who can read s3://paperboat-invoices")).toBe("none");
    expect(await dash("who can read staging:secret/dev/catalog-db")).not.toBe("none");
  });

  describe("in a panel of a window 1024 wide", () => {
    it("has its pins side by side, each with its word inside", async () => {
      await page.setViewportSize({ width: 1024, height: 768 });
      await at.open(CHAIN, ".panel .pin");
      const boxes = await page.locator(".panel .pin-row").first().locator(".pin").evaluateAll((pins) => pins.map((pin) => {
        const word = document.createRange();
        word.selectNodeContents(pin.querySelector(".pin-layer") ?? pin);
        const [inside, outside] = [word.getBoundingClientRect(), pin.getBoundingClientRect()];
        return inside.left >= outside.left && inside.right <= outside.right;
      }));
      expect(boxes).toEqual(boxes.map(() => true));
      expect(boxes).toHaveLength(7);
    });

    it("leaves most of the height to the map, and shows a draft beside its effect", async () => {
      await at.open(`#/map/${STAGING}?as=map`, ".map-drawing .shape");
      await page.locator('[data-spot^="controls|"]').first().dispatchEvent("click");
      await page.waitForSelector(".panel .statement");
      const heights = await page.evaluate(() => [".map-frame", ".map-foot"].map((part) => document.querySelector(part)?.getBoundingClientRect().height ?? 0));
      expect(heights[0]).toBeGreaterThan(heights[1] ?? 0);
      await at.open(`#/changes?${new URLSearchParams({ pick: "staging:policy/shared-ops" })}`, ".trial-effect");
      const [draft, effect] = await page.evaluate(() => [".trial-draft", ".trial-effect"].map((part) => document.querySelector(part)?.getBoundingClientRect().top));
      expect(draft).toBe(effect);
      expect(await page.locator(".trial-draft").evaluate((part) => [...part.querySelectorAll("button")].every((each) => each.getBoundingClientRect().right <= part.getBoundingClientRect().right - 8))).toBe(true);
      await page.setViewportSize({ width: 1440, height: 900 });
    });
  });

  it("puts what a mark of a statement means below that mark, also where its line was broken, and where the window becomes narrow", async () => {
    await at.open(CHAIN, ".panel .line-note");
    const apart = () => page.locator(".panel .line-text:has(.line-note)").evaluateAll((lines) => lines.map((line) => {
      const [mark, note] = [line.querySelector("mark")?.getClientRects()[0], line.querySelector(".line-note")?.getBoundingClientRect()];
      const room = line.getBoundingClientRect();
      return Math.abs((note?.left ?? 0) - Math.min(mark?.left ?? 0, room.left + room.width * 0.6));
    }));
    expect((await apart()).length).toBeGreaterThan(2);
    for (const width of [1440, 320, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await drawn(page);
      expect([width, Math.max(...(await apart())) < 2]).toEqual([width, true]);
    }
  });

  it("gives each sign of the legend its own room", async () => {
    await at.open(`#/map/${STAGING}?as=map`, ".legend");
    const over = await page.locator(".legend li").evaluateAll((signs) => signs.flatMap((sign) => {
      const [drawn, words] = [sign.querySelector("svg path"), document.createRange()];
      // A risk is a mark and its word in one.
      if (drawn === null || sign.lastChild?.nodeType !== Node.TEXT_NODE) return [];
      words.selectNodeContents(sign.lastChild);
      return drawn.getBoundingClientRect().right > words.getBoundingClientRect().left + 1 ? [sign.textContent] : [];
    }));
    expect(over).toEqual([]);
    expect(await text(page, ".legend")).toContain("unknown: not seen whether it is there");
  });

  it("names on a finding the thing it leads to, before whom one becomes on the way there", async () => {
    await at.open("#/findings?rule=outside-unknown", ".main-findings .row");
    expect(await text(page, ".row .crown")).toMatch(/^→ s3:\/\/paperboat-invoices and 1 more$/);
  });

  it("leads from the words of the bar to the view that answers them", async () => {
    for (const [words, hash] of [["what is unused", "#/trim"], ["Who gets in from outside?", "#/border"], ["what is public", "#/border?public=true"]] as const) {
      await at.open("#/ask", ".home-sentence");
      await page.keyboard.press("/");
      await page.keyboard.type(words);
      await page.keyboard.press("Enter");
      await page.waitForSelector(".list-sentence");
      expect(await at.hash()).toBe(hash);
    }
  });

  it("lists every policy that can be edited, a screenful at a time", async () => {
    await at.open("#/changes", ".main-changes .row");
    expect(await page.locator(".main-changes .row").count()).toBe(60);
    await page.getByRole("button", { name: "after", exact: true }).click();
    await page.waitForFunction(() => location.hash.includes("from=60"));
    await page.waitForSelector(".main-changes .row");
    // AWS's own cannot be edited.
    await at.open(`#/changes?${new URLSearchParams({ find: "AdministratorAccess" })}`, ".main-changes .empty");
  });

  it("says how old the snapshot is, and opens what was seen of it", async () => {
    await at.open("#/ask", ".home-sentence");
    await page.locator(".snapshot").click();
    await page.waitForSelector(".main-data .coverage");
    expect(await text(page, ".snapshot")).toMatch(/snapshot 2026-\d\d-\d\d \d\d:\d\d\s*4 accounts, demo/);
  });

  it("shows the picture of the border in the colours of the page, whichever theme that has, and saves it in those of paper", async () => {
    const colours = { light: "255,255,255", dark: "18,21,26", contrast: "0,0,0" };
    await inTheme(page, "light");
    await at.open("#/border?shows=picture", ".border-picture img");
    for (const theme of THEMES) {
      // It is open while the theme becomes another one.
      await inTheme(page, theme);
      await page.waitForFunction((wanted) => {
        const image = document.querySelector<HTMLImageElement>(".border-picture img");
        return image?.src.endsWith(`theme=${wanted}`) === true && image.complete && image.naturalWidth > 0;
      }, theme);
      const corner = await page.locator(".border-picture img").evaluate((image: HTMLImageElement) => {
        const canvas = document.createElement("canvas");
        const context = canvas.getContext("2d");
        context?.drawImage(image, 0, 0);
        return context?.getImageData(4, 4, 1, 1).data.slice(0, 3).join(",");
      });
      expect([theme, corner]).toEqual([theme, colours[theme]]);
    }
    await page.keyboard.press("e");
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("[data-form=svg]").click()]);
    const saved = readFileSync(await download.path(), "utf8");
    expect([saved.includes('fill="#ffffff"'), saved.includes("#12151a")]).toEqual([true, false]);
    await page.keyboard.press("Escape");
    await inTheme(page, "light");
  });

  it("shows a panel that a link opens at once in a window as narrow as a telephone, and leaves the page to who reads it", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const top = () => page.evaluate(() => Math.floor(Math.abs(document.querySelector(".panel")?.getBoundingClientRect().top ?? 9999)));
    for (const [fragment, until] of [[CHAIN, ".panel .statement"], ["#/border?pick=acct%2F999999999999+%E2%86%92+staging%3Arole%2FLogShipper", ".main-border:has(.row) ~ .panel .statement"], ["#/policies?pick=staging%3Apolicy%2Fshared-ops", ".main-policies:has(.row) ~ .panel .statement"]] as const) {
      await at.open(fragment, until);
      await drawn(page);
      expect([fragment, await top()]).toEqual([fragment, 0]);
    }
    // Who has begun to read is not taken back to it, whatever comes.
    await page.mouse.move(100, 400);
    await page.mouse.wheel(0, -300);
    await page.waitForFunction(() => (document.querySelector(".panel")?.getBoundingClientRect().top ?? 0) > 100);
    await page.evaluate(() => document.querySelector(".main")?.append(document.createElement("hr")));
    await drawn(page);
    expect(await top()).toBeGreaterThan(100);
    // What a link opens as a list begins with its sentence.
    await at.open("#/border", ".main-border .row");
    expect(await page.evaluate(() => scrollY)).toBe(0);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it("has no more head above a matrix than three lines and what belongs to a name, also where one is a list of names", async () => {
    await page.route("**/api/map?**", async (route) => {
      const response = await route.fetch();
      const map = (await response.json()) as MapPage;
      for (const shape of map.shapes) if (shape.label === "web-*") Object.assign(shape, { label: "amber-rudder-64, umber-isthmus-07, sepia-anchor-88", crown: "admin" });
      await route.fulfill({ response, json: map });
    });
    await at.open(`#/map/${STAGING}?as=matrix`, ".matrix-line");
    await page.unroute("**/api/map?**");
    expect(await text(page, ".matrix thead")).toContain("amber-rudder-64");
    expect(await page.locator(".matrix-column").first().evaluate((head) => head.getBoundingClientRect().height)).toBeLessThan(100);
  });

  it("asked nobody else, and nothing was wrong on the console", () => expect(at.faults).toEqual([]));
});
