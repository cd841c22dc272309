import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { ofTheDemo } from "./demo";
import { keepsTheRules, SCREENS, seriousFaults, tabTo, text, type View } from "./opened";

ofTheDemo("the views of the demo", (at) => {
  let page: Page;
  beforeAll(() => {
    page = at.page;
  });

  describe("the border: who gets in from outside, do I know them, what is public?", () => {
    it("is read and followed by keyboard", async () => {
      await at.open("#/ask", ".home-sentence");
      await page.keyboard.press("3");
      await page.waitForSelector(".main-border .row");
      expect(await text(page, ".list-sentence")).toMatch(/^5 ways in from outside: 1 critical/);
      await tabTo(page, ".main-border .row");
      expect(await text(page, ".row:focus")).toMatch(/critical.*999999999999.*unknown account.*staging:role\/LogShipper.*no condition.*s3:\/\/paperboat-invoices in 5 steps/);
      await page.keyboard.press("ArrowDown");
      expect(await text(page, ".row:focus")).toMatch(/high.*github\.com.*tools:role\/ci-deploy.*repo:paperboat\/\*:\*.*administrator of tools in 1 step/);
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".panel .statement");
      expect(await text(page, ".panel .facts")).toContain("missing: sts:ExternalId");
      expect(await text(page, ".panel .statement .line-number")).toMatch(/^\d+$/);
      expect(await text(page, ".panel .statement .lines")).toContain("999999999999");
      await page.screenshot({ path: `${SCREENS}border-panel-light.png` });
      await page.keyboard.press("Escape");
      await page.waitForSelector(".panel", { state: "detached" });
      expect(await page.evaluate(() => document.activeElement?.classList.contains("row"))).toBe(true);
    });

    it("is read by mouse: what is public, and the way on along the chain", async () => {
      await at.open("#/border", ".main-border .row");
      await page.getByRole("button", { name: "public only" }).click();
      await page.waitForFunction(() => document.querySelectorAll(".main-border .row").length === 1);
      expect(await text(page, ".row")).toMatch(/accepted.*everyone.*s3:\/\/paperboat-covers read.*accepted by dana until 2027-01-01/);
      expect(await at.hash()).toBe("#/border?public=true");
      await page.goBack();
      await page.waitForFunction(() => document.querySelectorAll(".main-border .row").length === 5);
      await page.locator(".row").first().click();
      await page.locator(".panel-actions button", { hasText: "get to" }).click();
      await page.waitForSelector(".verdict-sentence");
      expect(await text(page, ".answer")).toContain("staging:lambda/nightly-report");
    });

    it("is put together by what ways in have in common, by keyboard and by mouse, and comes back from the link", async () => {
      await at.open("#/border", ".main-border .row");
      expect(await text(page, ".choices-count")).toBe("5 outsiders, 1 not known");
      expect(await page.locator(".group-head").count()).toBe(0);
      await page.getByLabel("group by", { exact: true }).focus();
      await page.keyboard.press("a");
      await page.waitForSelector(".group-head");
      const groups = async () => (await page.locator(".group-head").allTextContents()).map((each) => each.replace(/\s+/g, " ").trim());
      const rows = async () => (await page.locator(".main-border .row .way-who").allTextContents()).map((each) => each.replace(/\s+/g, " "));
      expect(await groups()).toEqual(["staging 1 way in", "tools 1 way in", "management 1 way in", "prod 2 ways in"]);
      expect(await at.hash()).toBe("#/border?group=account");
      const before = await rows();
      await page.getByLabel("group by", { exact: true }).selectOption("behind");
      await page.waitForFunction(() => document.querySelector(".group-head")?.textContent?.includes("invoices"));
      expect((await groups())[0]).toContain("s3://paperboat-invoices");
      expect([...(await rows())].sort()).toEqual([...before].sort());
      await page.reload();
      await page.waitForSelector(".group-head");
      expect((await groups())[0]).toContain("s3://paperboat-invoices");
      // A group that is long is looked at by itself.
      await page.getByLabel("group by", { exact: true }).selectOption("who");
      await page.getByRole("button", { name: "only these: github.com" }).click();
      await page.waitForFunction(() => document.querySelectorAll(".main-border .row").length === 1);
      expect(await at.hash()).toBe("#/border?find=github.com");
      await page.goBack();
      await page.waitForFunction(() => document.querySelectorAll(".main-border .row").length === 5);
      // The other order leaves nobody out.
      await page.locator("select[aria-label=show]").selectOption("worst");
      await page.waitForFunction(() => location.hash.includes("order=worst"));
      await page.waitForFunction(() => document.querySelectorAll(".main-border .row").length === 5);
    });

    it("leads from a row to the cut of what is behind it, and to another trust policy", async () => {
      await at.open("#/border", ".main-border .row");
      await page.getByRole("button", { name: /^cut: 999999999999/ }).click();
      await page.waitForSelector(".cut .diff");
      await at.open("#/border", ".main-border .row");
      await page.getByRole("button", { name: /^I know it: 999999999999/ }).click();
      await page.waitForSelector(".drawer[open]");
      await page.waitForFunction(() => document.activeElement?.closest(".drawer") !== null);
      await page.keyboard.press("Escape");
      await page.waitForSelector(".panel", { state: "detached" });
      expect(await at.hash()).toBe("#/border");
      await tabTo(page, ".row-acts button", "what-if");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".editor .cm-content");
      expect(decodeURIComponent(await at.hash())).toContain("tools:role/ci-deploy#trust");
    });

    it("writes down whom one knows, and comes back from a link", async () => {
      await at.open(`#/border?${new URLSearchParams({ standing: "not known", pick: "acct/999999999999 → staging:role/LogShipper" })}`, ".panel .statement");
      expect(await page.locator(".row").count()).toBe(1);
      await page.locator(".drawer summary").click();
      await page.getByLabel("name", { exact: true }).fill('Ship"ping');
      await page.getByLabel("why", { exact: true }).fill("log archive");
      expect(await page.locator(".toml-text").textContent()).toBe('[[known]]\naccount = "999999999999"\nname = "Ship\\"ping"\nwhy = "log archive"');
    });
  });

  describe("the findings: one row per cause, and from each to its fix", () => {
    it("is read and opened by keyboard", async () => {
      await at.open("#/ask", ".home-sentence");
      await page.keyboard.press("7");
      await page.waitForSelector(".main-findings .row");
      expect(await text(page, ".list-sentence")).toMatch(/^18 findings: 2 critical, 3 high/);
      await tabTo(page, ".main-findings .row");
      await page.keyboard.press("ArrowDown");
      expect(await text(page, ".row:focus")).toMatch(/critical.*LambdaDeploy.*leads-to-matter.*s3:\/\/paperboat-invoices/);
      await page.keyboard.press("Enter");
      await page.waitForSelector(".panel .statement");
      expect(await text(page, ".panel .facts")).toContain("Narrow lambda:UpdateFunctionCode");
      // What is to be typed is shown as such.
      expect(await text(page, ".panel")).not.toContain("`");
      expect(await text(page, ".panel .statement .lines")).toContain("lambda:UpdateFunctionCode");
      await page.screenshot({ path: `${SCREENS}findings-panel-light.png` });
      await page.keyboard.press("Escape");
      await page.waitForSelector(".panel", { state: "detached" });
    });

    it("is narrowed by mouse to the policies that unrelated tasks share", async () => {
      await at.open("#/findings", ".main-findings .row");
      await page.getByLabel("rule", { exact: true }).selectOption("shared-policy");
      await page.waitForFunction(() => document.querySelectorAll(".main-findings .row").length === 2);
      expect(await text(page, ".row")).toMatch(/high.*staging:policy\/shared-ops serves 4 unrelated tasks/);
      expect(await at.hash()).toBe("#/findings?rule=shared-policy");
      await page.locator(".row").first().click();
      await page.waitForSelector(".panel .statement");
      await page.reload();
      await page.waitForSelector(".panel .statement");
      expect(await text(page, ".panel-title")).toContain("serves 4 unrelated tasks");
    });

    it("shows what was accepted by whom, and asks for who, why and until", async () => {
      await at.open("#/findings?state=accepted", ".main-findings .row");
      expect(await text(page, ".row")).toMatch(/accepted.*s3:\/\/paperboat-covers.*by dana until 2027-01-01/);
      await at.open("#/findings?rule=any-subject", ".main-findings .row");
      await page.locator(".row").click();
      await page.locator(".drawer summary").click();
      expect(await page.locator(".toml-text").count()).toBe(0);
      await page.getByLabel("who", { exact: true }).last().fill("dana");
      await page.getByLabel("why", { exact: true }).fill("moving to environments");
      await page.getByLabel("until", { exact: true }).fill("2026-12-31");
      expect(await page.locator(".toml-text").textContent()).toMatch(/^\[\[accept\]\]\nfinding = "any-subject-[0-9a-f]{12}"\nwho = "dana"\nwhy = "moving to environments"\nuntil = "2026-12-31"$/);
    });

    it("says so where nothing is left, and where a link leads nowhere", async () => {
      await at.open("#/findings?find=no-such-name", ".empty");
      await at.open("#/findings?pick=shared-policy-000000000000", ".panel .error-box");
      at.faults.splice(0, at.faults.length, ...at.faults.filter((fault) => !/status of 404/.test(fault)));
    });
  });

  describe("the policies: where attached, and what does each statement give?", () => {
    it("is read by keyboard", async () => {
      await at.open("#/ask", ".home-sentence");
      await page.keyboard.press("4");
      await page.waitForSelector(".main-policies .row");
      expect(await text(page, ".list-sentence")).toMatch(/2 serve unrelated tasks, 1 is attached to nothing/);
      await tabTo(page, ".main-policies .row");
      await page.keyboard.press("ArrowDown");
      expect(await text(page, ".row:focus")).toMatch(/staging:policy\/shared-ops.*attached to 5.*4 unrelated tasks/);
      await page.keyboard.press("Enter");
      await page.waitForSelector(".panel .policy-statement");
      expect(await text(page, ".panel .facts")).toMatch(/staging:role\/LogShipper.*deploy 2 · logs 1 · reports 1 · support 1.*staging:policy\/ops-legacy differs in 1 statement/);
      const gives = await page.locator(".policy-statement", { hasText: "LambdaDeploy" }).first().textContent();
      expect(gives).toMatch(/lambda:UpdateFunctionCode.*gives: control 14 functions/s);
      // Both deployers did; of what no log shows nobody is said not to have used it.
      await page.waitForSelector(".policy-used");
      expect(await text(page, ".policy-statement:has-text('LambdaDeploy') .policy-used")).toBe("2 of 5 used it in 90 days");
      expect(await text(page, ".policy-statement:has-text('ReleaseUploads') .policy-used")).toBe("none of 5 is known to have used it in 90 days; of 3 that cannot be known: data events of the service are not in the logs");
      expect(await text(page, ".panel .facts")).toContain("4 of 5 used any of it in 90 days");
      await page.screenshot({ path: `${SCREENS}policies-panel-light.png` });
      await page.keyboard.press("Escape");
      await page.waitForSelector(".panel", { state: "detached" });
    });

    it("is read by mouse: what is attached to nothing, and what it is like", async () => {
      await at.open("#/policies", ".main-policies .row");
      await page.getByRole("button", { name: /^not attached/ }).click();
      await page.waitForFunction(() => document.querySelectorAll(".main-policies .row").length === 1);
      await page.locator(".row").click();
      await page.waitForSelector(".panel .facts");
      expect(await text(page, ".panel")).toContain("staging:policy/ops-legacy is attached to nobody");
      await page.locator(".panel .facts .link", { hasText: "shared-ops" }).click();
      await page.waitForFunction(() => document.querySelector(".panel-title")?.textContent?.includes("shared-ops"));
      expect(new URLSearchParams((await at.hash()).split("?")[1]).get("pick")).toBe("staging:policy/shared-ops");
      await page.goBack();
      await page.waitForFunction(() => document.querySelector(".panel-title")?.textContent?.includes("ops-legacy"));
    });

    it("tells trust policies and policies of things too, a screenful at a time", async () => {
      await at.open(`#/policies?${new URLSearchParams({ pick: "staging:role/LogShipper#trust" })}`, ".panel .policy-statement");
      expect(await text(page, ".panel")).toContain("staging:role/LogShipper#trust is the trust policy of staging:role/LogShipper");
      await page.getByRole("button", { name: "after" }).click();
      await page.waitForFunction(() => document.querySelector(".pager")?.textContent?.includes("61 to 120"));
      expect(await at.hash()).toBe("#/policies?from=60");
    });
  });

  describe("the data: what could not be seen, and which answers does that touch?", () => {
    it("is read by keyboard", async () => {
      await at.open("#/ask", ".home-sentence");
      await page.keyboard.press("8");
      await page.waitForSelector(".main-data .row");
      expect(await text(page, ".list-sentence")).toContain("what turns on them is “unknown”, never “no”");
      const column = (await page.locator(".coverage thead th").allTextContents()).indexOf("secretsmanager");
      const staging = page.locator(".coverage tbody tr", { hasText: "staging" });
      expect(await staging.locator("td").nth(column - 1).textContent()).toBe("seen in part");
      await tabTo(page, ".main-data .row");
      await page.keyboard.press("ArrowDown");
      expect(await text(page, ".row:focus")).toMatch(/secretsmanager:GetResourcePolicy.*staging.*answers about 11 things may be “unknown”/);
      await page.keyboard.press("Enter");
      await page.waitForSelector(".panel .source-list");
      expect(await page.locator(".panel .source-list li").count()).toBe(11);
      expect(await text(page, ".panel .facts")).toContain("clavicle collect --print-policy");
      await page.screenshot({ path: `${SCREENS}data-panel-light.png` });
      await page.keyboard.press("Escape");
      await page.waitForSelector(".panel", { state: "detached" });
    });

    it("is read by mouse: one account, and on to an answer that is touched", async () => {
      await at.open("#/data", ".main-data .row");
      await page.getByLabel("account", { exact: true }).selectOption({ label: (await page.locator(".choose option", { hasText: /^staging \(/ }).textContent()) ?? "" });
      await page.waitForFunction(() => document.querySelectorAll(".coverage tbody tr").length === 1);
      await page.locator(".row").first().click();
      await page.locator(".panel .source-list .link").first().click();
      await page.waitForSelector(".verdict-sentence");
      expect(await text(page, ".answer")).toMatch(/not seen|unknown/i);
    });
  });

  describe("changes: if I change or delete this policy, what breaks?", () => {
    const editor = ".editor .cm-content";

    it("is tried by keyboard: from the policy to the effect of deleting it", async () => {
      await at.open(`#/policies?${new URLSearchParams({ pick: "staging:policy/shared-ops" })}`, ".panel .policy-statement");
      await page.getByRole("button", { name: "what if I change it?" }).focus();
      await page.keyboard.press("Enter");
      await page.waitForSelector(editor);
      await page.getByRole("button", { name: "delete it" }).focus();
      await page.keyboard.press("Enter");
      await page.waitForSelector(".effect-verdict");
      expect(await text(page, ".effect-verdict")).toContain("gives less");
      expect(await text(page, ".effect")).toMatch(/chains that are gone.*s3:\/\/paperboat-invoices/);
      expect(await at.hash()).toContain("act=delete");
      await page.screenshot({ path: `${SCREENS}changes-deleted-light.png` });
    });

    it("is tried by editing: the draft is in the link, its faults are said, digits are text", async () => {
      await at.open("#/ask", ".home-sentence");
      await page.keyboard.press("6");
      await page.waitForSelector(".main-changes .row");
      await page.getByLabel("name contains").fill("shared-ops");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.querySelectorAll(".main-changes .row").length === 1);
      await page.locator(".main-changes .row").click();
      await page.waitForSelector(editor);
      const original = await page.evaluate(async () => {
        const answer = (await (await fetch("/api/policy?name=staging:policy/shared-ops")).json()) as { answers: { steps: { because: { document_id: number }[] }[] }[] };
        return ((await (await fetch(`/api/document?id=${answer.answers[0]?.steps[0]?.because[0]?.document_id}`)).json()) as { text: string }).text;
      });
      const narrower = original.replace(/("lambda:UpdateFunctionCode",\s*"Resource": )"\*"/, '$1"arn:aws:lambda:*:*:function:web-*"');
      expect(narrower).not.toBe(original);
      await page.locator(editor).click();
      await page.keyboard.press("Control+a");
      await page.keyboard.insertText(narrower);
      await page.waitForSelector(".effect-verdict");
      expect(await text(page, ".effect-verdict")).toContain("gives less");
      expect(await text(page, ".effect")).toMatch(/chains that are gone/);
      // On the screen before the text, however long that is.
      const bottom = (await page.locator(".diff").boundingBox()) ?? { y: Number.NaN, height: 0 };
      expect(bottom.y + bottom.height).toBeLessThanOrEqual((await page.locator(".editor").boundingBox())?.y ?? Number.NaN);
      expect(await text(page, ".diff")).toMatch(/-\d+.*"Resource": "\*".*\+\d+.*web-\*/);
      await page.screenshot({ path: `${SCREENS}changes-tried-light.png` });
      const link = await at.hash();
      expect(new URLSearchParams(link.split("?")[1]).get("text")).toBe(narrower);
      await at.open(link, ".effect-verdict");

      await page.locator(editor).click();
      await page.keyboard.press("Control+a");
      await page.keyboard.insertText('{"Version": "2012-10-17", "Statement": [{"Effect": "Alow", "Action": "s3:*", "Resource": "*"}]}');
      await page.waitForSelector(".faults");
      expect(await text(page, ".faults")).toMatch(/error line 1/);
      expect(await page.locator(".effect-verdict").count()).toBe(0);
      await page.keyboard.press("End");
      await page.keyboard.type("12");
      expect(await at.hash()).toContain("#/changes");
      await page.getByRole("button", { name: "as it is" }).click();
      await page.waitForFunction(() => document.querySelector(".trial-wait")?.textContent?.includes("Change the text"));
    });
  });

  describe("changes on the map: what goes, what comes, and nothing moves", () => {
    const deleted = { act: "delete", pick: "staging:policy/shared-ops" };
    const places = () => page.locator(".shape").evaluateAll((shapes) => shapes.map((shape) => `${(shape as SVGElement).dataset.spot} ${shape.getAttribute("transform")}`).sort());

    it("is looked at by keyboard: before, both, after, and why", async () => {
      await at.open(`#/changes?${new URLSearchParams(deleted)}`, ".effect-verdict");
      await page.getByRole("button", { name: "on the map, before and after" }).focus();
      await page.keyboard.press("Enter");
      await page.waitForSelector(".change-map .ribbon-gone");
      expect(await at.hash()).toMatch(/^#\/changes\/444455556666\?.*shows=map/);
      expect(await text(page, ".change-count")).toMatch(/^[1-9]\d* lines? goe?s?, 0 lines come, [1-9]\d* lines are there before and after/);
      expect(await text(page, ".legend")).toMatch(/only before.*only after.*before and after/);
      const both = await places();
      await page.keyboard.press("b");
      await page.waitForFunction(() => document.querySelector(".ribbon-gone[data-spot]") === null);
      expect(await at.hash()).toContain("side=after");
      // Who hears the map is told the same.
      expect(await page.evaluate(() => [...document.querySelectorAll("tbody tr")].filter((row) => row.textContent?.includes("only before")).length)).toBe(0);
      expect(both).toEqual(expect.arrayContaining(await places()));
      await page.keyboard.press("b");
      await page.waitForSelector(".change-map .ribbon-gone");
      expect(await at.hash()).toContain("side=before");
      expect(both).toEqual(expect.arrayContaining(await places()));
      await page.keyboard.press("b");
      await page.waitForFunction(() => location.hash.includes("shows=map") && !location.hash.includes("side="));
      await page.evaluate(() => document.querySelector<SVGGElement>(".ribbon-gone[data-spot*='controls']")?.focus());
      await page.keyboard.press("Enter");
      await page.waitForSelector(".panel .pair, .panel .side .statement");
      expect(await text(page, ".panel-kind")).toBe("Only before");
      expect(await text(page, ".panel-title")).toMatch(/^Only before: .* control/);
      const link = await at.hash();
      await page.screenshot({ path: `${SCREENS}changes-map-panel-light.png` });
      await at.open(link, ".panel .pair, .panel .side .statement");
      await page.waitForSelector(".ribbon-gone.selected");
      expect(await places()).toEqual(both);
      await page.keyboard.press("Escape");
      await page.waitForSelector(".panel", { state: "detached" });
      await page.keyboard.press("Escape");
      await page.waitForSelector(".effect-verdict");
    });

    it("is looked at by mouse, account by account", async () => {
      await at.open(`#/changes?${new URLSearchParams({ ...deleted, shows: "map" })}`, ".change-map .shape");
      await page.locator(".shape[data-spot$=staging]").first().click();
      await page.waitForSelector(".change-map .ribbon-gone");
      await page.getByRole("button", { name: "after", exact: true }).click();
      await page.waitForFunction(() => document.querySelector(".ribbon-gone[data-spot]") === null);
      await page.getByRole("button", { name: "organization" }).click();
      await page.waitForFunction(() => document.querySelectorAll(".crumbs li").length === 1);
      await page.getByRole("button", { name: "in words" }).click();
      await page.waitForSelector(".effect-verdict");
    });

    it("keeps what took long to work out, in words and on the map", async () => {
      await page.route(/\/api\/try(\/map)?$/, async (route) => {
        await new Promise((done) => setTimeout(done, 4_300));
        await route.continue();
      });
      try {
        await at.open(`#/changes?${new URLSearchParams(deleted)}`, ".effect-verdict");
        await page.waitForFunction(() => document.querySelector(".trial-effect")?.getAttribute("aria-busy") === "false");
        expect(await page.locator(".effect-verdict").count()).toBe(1);
        expect(await page.getByRole("button", { name: "Work it out" }).count()).toBe(0);
      } finally {
        await page.unroute(/\/api\/try(\/map)?$/);
      }
      await page.getByRole("button", { name: "on the map, before and after" }).click();
      await page.waitForSelector(".change-map .ribbon-gone");
    });

    it("is stopped by Escape and by the button, and begun again", async () => {
      const stopped: string[] = [];
      await page.route("**/api/try", (route) => route.fulfill({ status: 202, contentType: "application/json", body: '{"state":"working","step":"comparing","done":0,"total":0,"error":null}' }));
      await page.route("**/api/stop", (route) => {
        stopped.push(route.request().postData() ?? "");
        return route.fulfill({ status: 200, contentType: "application/json", body: '{"stopped":true}' });
      });
      try {
        await at.open(`#/changes?${new URLSearchParams(deleted)}`, ".trial-effect button:has-text('stop')");
        await page.keyboard.press("Escape");
        await page.getByText("Stopped.").waitFor();
        await page.getByRole("button", { name: "work it out" }).click();
        await page.locator(".trial-effect button", { hasText: "stop" }).click();
        await page.getByText("Stopped.").waitFor();
      } finally {
        await page.unroute("**/api/try");
        await page.unroute("**/api/stop");
      }
      const what = JSON.stringify({ edits: [{ policy: "staging:policy/shared-ops", delete: true }] });
      expect(stopped).toEqual([JSON.stringify({ what }), JSON.stringify({ what })]);
      await page.getByRole("button", { name: "work it out" }).click();
      await page.waitForSelector(".effect-verdict");
    });
  });

  describe("what is shown, handed on", () => {
    const saved = async (act: () => Promise<void>) => {
      const [download] = await Promise.all([page.waitForEvent("download"), act()]);
      const chunks: Buffer[] = [];
      for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
      return { name: download.suggestedFilename(), bytes: Buffer.concat(chunks) };
    };

    it("is saved by keyboard as a table, with and without names", async () => {
      await at.open("#/border", ".main-border .row");
      await page.keyboard.press("e");
      await page.waitForSelector("dialog.export[open]");
      await page.locator('[data-form="csv"]').focus();
      const table = await saved(() => page.keyboard.press("Enter"));
      expect(table.name).toBe("clavicle-border.csv");
      expect(table.bytes.toString()).toMatch(/^who,who_arn,who_account,access,.*,state\r?\nacct\/999999999999,/);
      await page.getByLabel(/without names/).focus();
      await page.keyboard.press("Space");
      await page.locator('[data-form="csv"]').focus();
      const hidden = (await saved(() => page.keyboard.press("Enter"))).bytes.toString();
      expect(hidden).toMatch(/^who,who_arn,/);
      expect(hidden).not.toMatch(/999999999999|LogShipper|Sailcheck|paperboat|staging/);
      expect(await seriousFaults(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await page.waitForSelector("dialog.export", { state: "detached" });
    });

    it("is saved by mouse as a picture and as a report", async () => {
      await at.open("#/map/444455556666", ".map-drawing .shape");
      await page.getByRole("button", { name: /^export/ }).click();
      const picture = await saved(() => page.locator('[data-form="png"]').click());
      expect(picture.name).toBe("clavicle-map.png");
      expect(picture.bytes.subarray(1, 4).toString()).toBe("PNG");
      expect(picture.bytes.length).toBeGreaterThan(20_000);
      const report = await saved(() => page.locator('[data-form="html"]').click());
      expect(report.name).toBe("clavicle-map.html");
      expect(report.bytes.toString()).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
      await page.keyboard.press("Escape");
    });
  });

  describe("the tour", () => {
    it("is walked by keyboard: five stops, each with its command and its view", async () => {
      await at.open("#/ask", ".home-sentence");
      await tabTo(page, ".tour-start");
      await page.keyboard.press("Enter");
      const views: string[] = [];
      for (let stop = 1; stop <= 5; stop += 1) {
        await page.waitForFunction((wanted) => document.querySelector(".tour-count")?.textContent === `Stop ${wanted} of 5`, stop);
        await page.waitForFunction(() => document.activeElement?.id === "tour-title");
        expect(await text(page, ".tour-command code")).toMatch(/^clavicle .* -s demo$/);
        await page.waitForSelector([".panel .statement", ".verdict-sentence", ".verdict-sentence", ".trial-title", ".panel"][stop - 1] ?? ".tour");
        views.push((await at.hash()).split("?")[0] ?? "");
        expect(await page.locator(".error-box").count()).toBe(0);
        if (stop === 1) expect(await seriousFaults(page)).toEqual([]);
        await tabTo(page, ".tour-buttons .strong");
        await page.keyboard.press("Enter");
      }
      expect(views).toEqual(["#/border", "#/ask", "#/ask", "#/changes", "#/policies"]);
      await page.waitForSelector(".tour", { state: "detached" });
    });

    it("goes back and ends by mouse", async () => {
      await at.open("#/ask", ".home-sentence");
      await page.locator(".tour-start").click();
      await page.locator(".tour-buttons .strong").click();
      await page.waitForSelector(".verdict-sentence");
      await page.screenshot({ path: `${SCREENS}tour-light.png` });
      await page.getByRole("button", { name: "Back" }).click();
      await page.waitForSelector(".main-border .row");
      await page.getByRole("button", { name: "End the tour" }).click();
      await page.waitForSelector(".tour", { state: "detached" });
    });
  });

  const views: View[] = [
    ["border", "#/border", ".main-border .row"],
    ["border-panel", `#/border?${new URLSearchParams({ pick: "acct/999999999999 → staging:role/LogShipper" })}`, ".panel .statement"],
    ["policies", "#/policies", ".main-policies .row"],
    ["policies-panel", `#/policies?${new URLSearchParams({ pick: "staging:policy/shared-ops" })}`, ".panel .policy-used"],
    ["data", "#/data", ".main-data .row"],
    ["changes", "#/changes", ".main-changes .row"],
    ["changes-delete", `#/changes?${new URLSearchParams({ act: "delete", pick: "staging:policy/shared-ops" })}`, ".effect-verdict"],
    ["changes-edit", `#/changes?${new URLSearchParams({ text: '{"Version": "2012-10-17", "Statement": [{"Effect": "Alow"}]}', pick: "staging:policy/shared-ops" })}`, ".faults"],
    ["changes-map", `#/changes/444455556666?${new URLSearchParams({ act: "delete", shows: "map", pick: "staging:policy/shared-ops" })}`, ".change-map .ribbon-gone"],
    ["findings", "#/findings", ".main-findings .row"],
    ["findings-rule", "#/findings?rule=shared-policy", ".main-findings .row"],
  ];
  keepsTheRules(() => at, views);
});
