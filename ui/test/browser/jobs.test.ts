import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { ofTheDemo, saveWithoutStaging } from "./demo";
import { inTheme, keepsTheRules, seriousFaults, tabTo, text, THEMES, type View } from "./opened";

/**
 * What people come for, each by keyboard alone and by mouse alone. Those that are a list have theirs beside the other tests of
 * the list: who gets in from outside, what a policy gives, what breaks, what is unused and shared, what was not seen.
 */
ofTheDemo("what people ask", (at) => {
  let page: Page;
  beforeAll(() => {
    page = at.page;
  });

  /** Types into the bar and asks. */
  async function byKeyboard(question: string): Promise<void> {
    await at.open("#/ask", ".home-sentence");
    await page.keyboard.press("/");
    await page.keyboard.type(question);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".verdict-sentence");
  }

  /** Fills the boxes and presses the button. */
  async function byMouse(boxes: { by?: string; do?: string; on?: string }): Promise<void> {
    await at.open("#/ask", ".home-sentence");
    for (const [box, value] of Object.entries(boxes)) {
      await page.locator(`.box-${box} input`).click();
      await page.locator(`.box-${box} input`).fill(value);
      // `admin` is a word, and no name that the snapshot could complete.
      if (value === "admin") continue;
      await page.locator(`.box-${box} [role=option]`).filter({ has: page.getByText(value, { exact: true }) }).first().click();
    }
    await page.getByRole("search").getByRole("button", { name: "Ask", exact: true }).click();
    await page.waitForSelector(".verdict-sentence");
  }

  /** Goes down to a row and opens its why. */
  async function openRow(name: string): Promise<void> {
    await tabTo(page, ".answer-button", name);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".panel .step");
  }

  describe("who can read this bucket, and how?", () => {
    const inSteps = async () => {
      expect(await text(page, ".verdict-sentence")).toContain("s3://paperboat-invoices");
      expect(await text(page, ".panel .steps")).toMatch(/LogShipper.*nightly-report.*nightly-exec.*reporting-read.*paperboat-invoices/);
      expect(await text(page, ".panel .statement .line-number")).toMatch(/^\d+$/);
    };

    it("by keyboard", async () => {
      await byKeyboard("who can read s3://paperboat-invoices");
      await openRow("acct/999999999999");
      await inSteps();
    });

    it("by mouse", async () => {
      await byMouse({ do: "read", on: "s3://paperboat-invoices" });
      await page.locator(".answer-button", { hasText: "acct/999999999999" }).first().click();
      await page.waitForSelector(".panel .step");
      await inSteps();
    });
  });

  describe("who can read this bucket, as a picture?", () => {
    const drawn = async () => {
      await page.waitForSelector(".answer-picture .shape");
      const names = await page.locator(".answer-picture .shape").evaluateAll((all) => all.map((each) => each.getAttribute("aria-label") ?? ""));
      for (const name of ["999999999999", "LogShipper", "nightly-report", "nightly-exec", "reporting-read", "paperboat-invoices"]) expect(names.filter((each) => each.includes(name)).length).toBeGreaterThan(0);
      expect(await at.hash()).toContain("shows=picture");
    };
    const opened = async () => {
      await page.waitForSelector(".panel .step");
      expect(await text(page, ".panel .steps")).toContain("nightly-report");
    };

    it("by keyboard: M draws its chains, Enter on a line opens its row, M puts the rows back", async () => {
      await byKeyboard("who can read s3://paperboat-invoices");
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await page.keyboard.press("m");
      await drawn();
      await tabTo(page, ".answer-picture [data-spot]");
      await page.evaluate(() => [...document.querySelectorAll<SVGGElement>(".answer-picture .ribbon")].find((each) => /controls.*nightly-report/.test(each.getAttribute("aria-label") ?? ""))?.focus());
      await page.keyboard.press("Enter");
      await opened();
      await page.keyboard.press("Escape");
      await page.keyboard.press("m");
      await page.waitForSelector(".answer-picture", { state: "detached" });
      expect(await at.hash()).not.toContain("shows");
    });

    it("by mouse: the picture, a place in it, and the rows again; a link comes back to it", async () => {
      await byMouse({ do: "read", on: "s3://paperboat-invoices" });
      await page.locator(".answer-shown button", { hasText: "picture" }).click();
      await drawn();
      await page.locator('.answer-picture .shape[aria-label*="LogShipper"]').first().click();
      await opened();
      await page.reload();
      await drawn();
      expect(await seriousFaults(page)).toEqual([]);
      await page.locator(".answer-shown button", { hasText: "rows" }).click();
      await page.waitForSelector(".answer-picture", { state: "detached" });
    });
  });

  describe("what can this function reach if somebody else runs it?", () => {
    const reached = async () => {
      expect(await text(page, ".verdict-sentence")).toMatch(/^staging:lambda\/nightly-report reaches \d+ things/);
      expect(await text(page, ".answer")).toMatch(/Through others.*s3:\/\/paperboat-invoices/);
    };

    it("by keyboard, and on the map", async () => {
      await byKeyboard("what can staging:lambda/nightly-report do");
      await reached();
      await at.open("#/map/444455556666?as=map", ".map-drawing .shape");
      await page.evaluate(() => [...document.querySelectorAll<SVGGElement>(".shape")].find((each) => each.dataset.spot?.includes("nightly-report"))?.focus());
      await page.keyboard.press("f");
      await page.waitForSelector(".map-head .pressed");
      expect(await page.locator(".ribbon").count()).toBeGreaterThan(2);
    });

    it("by mouse, and on the map", async () => {
      await at.open("#/map/444455556666?as=map", ".map-drawing .shape");
      await page.locator('.shape[data-spot*="nightly-report"]').first().click();
      await page.waitForSelector(".panel");
      await page.locator(".panel button", { hasText: /what can/ }).first().click();
      await page.waitForSelector(".verdict-sentence");
      await reached();
    });
  });

  describe("why was this denied?", () => {
    const said = async () => {
      expect(await text(page, ".verdict-sentence")).toBe("NO. A service control policy denies it.");
      expect(await text(page, ".pin-is-stops")).toMatch(/^SCP/);
      expect(await text(page, ".decision-layer .statement .lines")).toContain("Deny");
      expect(await text(page, ".decision-layer .statement .line-number")).toMatch(/^\d+$/);
    };

    it("by keyboard", async () => {
      await byKeyboard("can staging:role/deployer s3:PutObject s3://paperboat-invoices");
      await said();
    });

    it("by mouse", async () => {
      await byMouse({ by: "staging:role/deployer", do: "s3:PutObject", on: "s3://paperboat-invoices" });
      await said();
      await page.locator(".decision-layer .statement .link").first().click();
      await page.waitForSelector("dialog.document[open] .line-row.cited");
    });

    // As AWS words it: IAM User Guide, "Troubleshoot access denied error messages".
    const TOLD = 'An error occurred (AccessDenied) when calling the PutObject operation: User: arn:aws:sts::444455556666:assumed-role/deployer/ci is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::paperboat-invoices/2026/07.csv" with an explicit deny in a service control policy';

    it("by keyboard: what AWS said is pasted", async () => {
      await at.open("#/ask", ".home-sentence");
      await page.keyboard.press("/");
      await page.keyboard.insertText(TOLD);
      await page.keyboard.press("Enter");
      await page.waitForSelector(".verdict-sentence");
      await said();
      // The bar shows the question that it is.
      expect(await page.getByRole("combobox", { name: "question in words" }).inputValue()).toMatch(/^can staging:assumed-role\/deployer\/ci s3:PutObject s3:\/\/paperboat-invoices/);
    });

    it("by mouse: what AWS said is pasted", async () => {
      await at.open("#/ask", ".home-sentence");
      await page.getByRole("combobox", { name: "question in words" }).click();
      await page.getByRole("combobox", { name: "question in words" }).fill(TOLD);
      await page.getByRole("search").getByRole("button", { name: "Ask", exact: true }).click();
      await page.waitForSelector(".verdict-sentence");
      await said();
    });
  });

  describe("can this one, and can that one not?", () => {
    const yes = async () => expect(await text(page, ".verdict-sentence")).toMatch(/^YES\b/i);
    const no = async () => expect(await text(page, ".verdict-sentence")).toMatch(/^NO\. No policy of prod:user\/dana allows it/);

    it("by keyboard", async () => {
      await byKeyboard("can staging:role/deployer lambda:UpdateFunctionCode staging:lambda/nightly-report");
      await yes();
      await byKeyboard("can prod:user/dana delete s3://paperboat-invoices");
      await no();
    });

    it("by mouse", async () => {
      await byMouse({ by: "staging:role/deployer", do: "lambda:UpdateFunctionCode", on: "staging:lambda/nightly-report" });
      await yes();
      await byMouse({ by: "prod:user/dana", do: "delete", on: "s3://paperboat-invoices" });
      await no();
    });
  });

  describe("who can become administrator, directly or not?", () => {
    const told = async () => {
      expect(await text(page, ".verdict-sentence")).toContain("can come to be administrator");
      expect(await text(page, ".panel .steps")).toMatch(/tools:role\/ci-deploy/);
    };

    it("by keyboard", async () => {
      await byKeyboard("who can become admin");
      await openRow("githubusercontent");
      await told();
    });

    it("by mouse", async () => {
      await byMouse({ do: "become", on: "admin" });
      await page.locator(".answer-button").first().click();
      await page.waitForSelector(".panel .step");
      await told();
    });
  });

  describe("what breaks if this policy is deleted?", () => {
    it("by mouse: from the policy to what is lost", async () => {
      await at.open("#/policies", ".main-policies .row");
      await page.locator(".row", { hasText: "staging:policy/shared-ops" }).first().click();
      await page.getByRole("button", { name: "what if I change it?" }).click();
      await page.getByRole("button", { name: "delete it" }).click();
      await page.waitForSelector(".effect-verdict");
      expect(await text(page, ".effect-verdict")).toContain("gives less");
      expect(await text(page, ".effect")).toMatch(/chains that are gone.*s3:\/\/paperboat-invoices/);
    });
  });

  describe("which policies do unrelated tasks share?", () => {
    it("by keyboard: from the list of findings", async () => {
      await at.open("#/findings?rule=shared-policy", ".main-findings .row");
      await tabTo(page, ".main-findings .row");
      expect(await text(page, ".row:focus")).toMatch(/staging:policy\/shared-ops serves 4 unrelated tasks/);
      await page.keyboard.press("Enter");
      await page.waitForSelector(".panel .statement");
    });
  });

  describe("which policies do unrelated tasks share, by the lens of the policies?", () => {
    const told = async () => {
      await page.waitForFunction(() => location.hash.includes("lens="));
      await page.waitForFunction(() => document.querySelectorAll(".main-policies .row").length > 0 && [...document.querySelectorAll(".main-policies .row")].every((row) => (row.textContent ?? "").includes("unrelated tasks")));
      expect(await page.locator(".main-policies .row", { hasText: "staging:policy/shared-ops" }).count()).toBe(1);
    };
    const tasks = async () => {
      await page.waitForSelector(".panel .policy-statement");
      expect(await text(page, ".panel")).toMatch(/4 unrelated tasks|tasks/);
    };

    it("by keyboard", async () => {
      await at.open("#/ask", ".home-sentence");
      await page.keyboard.press("4");
      await page.waitForSelector(".main-policies .row");
      await tabTo(page, ".list-choices button", "shared by tasks");
      await page.keyboard.press("Enter");
      await told();
      await tabTo(page, ".main-policies .row", "staging:policy/shared-ops");
      await page.keyboard.press("Enter");
      await tasks();
    });

    it("by mouse", async () => {
      await at.open("#/policies", ".main-policies .row");
      await page.locator(".list-choices button", { hasText: "shared by tasks" }).click();
      await told();
      await page.locator(".main-policies .row", { hasText: "staging:policy/shared-ops" }).click();
      await tasks();
    });
  });

  describe("which single change breaks the most chains to what matters?", () => {
    const told = async () => {
      expect(await text(page, ".cut-sentence")).toMatch(/^Cheapest cut: policy\/shared-ops:16 breaks \d+ chains?/);
      expect(await text(page, ".cut .statement .lines")).toContain("lambda:UpdateFunctionCode");
      expect(await text(page, ".cut .diff")).toContain("LambdaDeploy");
    };

    it("by keyboard", async () => {
      await byKeyboard("path acct/999999999999 s3://paperboat-invoices");
      expect(await page.locator(".cut").count()).toBe(0);
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await page.keyboard.press("c");
      await page.waitForSelector(".cut .diff");
      await told();
    });

    it("by mouse, from the thing on the map to the change that is tried", async () => {
      await at.open("#/map/111122223333?as=map", ".map-drawing .shape");
      await page.locator('.shapes > .shape-data[aria-label*="paperboat-invoices"]').first().click();
      await page.locator(".panel-actions button", { hasText: "cut" }).first().click();
      await page.waitForSelector(".cut .diff");
      await told();
      await page.locator(".cut .button", { hasText: "try this in Changes" }).click();
      await page.waitForSelector(".effect-verdict");
      expect(await text(page, ".trial-effect")).toMatch(/3 chains that are gone/);
    });
  });

  describe("does this pull request widen access?", () => {
    // What the pull request would make of the policy: reading of every bucket, where it was one.
    const wider = async () => {
      const before = await page.evaluate(async () => {
        const answer = (await (await fetch("/api/policy?name=prod:policy/billing-data")).json()) as { answers: { steps: { because: { document_id: number }[] }[] }[] };
        return ((await (await fetch(`/api/document?id=${answer.answers[0]?.steps[0]?.because[0]?.document_id}`)).json()) as { text: string }).text;
      });
      const after = before.replaceAll("arn:aws:s3:::paperboat-invoices", "arn:aws:s3:::paperboat-*");
      expect(after).not.toBe(before);
      return after;
    };
    const said = async () => {
      await page.waitForSelector(".effect-verdict");
      expect(await text(page, ".effect-verdict")).toMatch(/^\+ gives more/);
      expect(await text(page, ".effect")).toMatch(/gained.*billing-/);
      expect(await text(page, ".effect")).toContain("gives more (proved)");
    };

    it("by keyboard: its text in place of the one in force", async () => {
      await at.open(`#/policies?${new URLSearchParams({ pick: "prod:policy/billing-data" })}`, ".panel .policy-statement");
      const draft = await wider();
      await page.getByRole("button", { name: "what if I change it?" }).focus();
      await page.keyboard.press("Enter");
      await page.waitForSelector(".editor .cm-content");
      await page.locator(".editor .cm-content").focus();
      await page.keyboard.press("Control+a");
      await page.keyboard.insertText(draft);
      await said();
      expect(await text(page, ".next-command")).toContain("clavicle try --edit prod:policy/billing-data=");
    });

    it("by mouse: from the effect to what is new on the map, and its statements", async () => {
      await at.open(`#/changes?${new URLSearchParams({ pick: "prod:policy/billing-data", text: await wider() })}`, ".effect-verdict");
      await said();
      await page.locator(".effect details summary").first().click();
      await page.locator(".effect details[open] .statement .lines").first().waitFor();
      expect(await text(page, ".effect details[open] .statement")).toContain("policy/billing-data");
      await page.getByRole("button", { name: "on the map, before and after" }).click();
      await page.waitForSelector(".change-map .ribbon-new");
      await page.locator(".change-map .shape-new, .change-map .shape-role").first().click();
      await page.waitForSelector(".panel .ribbon-row");
    });
  });

  describe("what changed since last week, and who has more now?", () => {
    it("by mouse: another snapshot, the map of both, and what makes a line that is new", async () => {
      saveWithoutStaging(at);
      await at.open("#/data", ".compare select");
      const name = await page.locator(".compare option").nth(1).getAttribute("value");
      await page.locator(".compare select").selectOption(name ?? "");
      await page.waitForSelector(".compare .effect-verdict");
      expect(await text(page, ".compare")).toMatch(/1 way in that is there now.*acct\/999999999999 → staging:role\/LogShipper.*gained/);
      await page.getByRole("button", { name: "on the map, before and after" }).click();
      await page.waitForSelector(".change-map .ribbon-new");
      await page.getByRole("button", { name: "after", exact: true }).click();
      await page.waitForFunction(() => location.hash.includes("side=after"));
      await page.locator(".change-map .shape-new").first().click();
      await page.locator(".panel .ribbon-row").first().click();
      await page.waitForSelector(".panel .pair, .side");
      if ((await page.locator(".panel .pair").count()) > 0) await page.locator(".panel .pair").first().click();
      await page.waitForSelector(".side");
      expect(await text(page, ".panel-title")).toMatch(/^Only after: /);
    });

    it("by keyboard: another snapshot, who has more now, and why", async () => {
      await at.open("#/ask", ".home-sentence");
      await page.keyboard.press("8");
      await page.waitForSelector(".compare select");
      await tabTo(page, ".panel-actions button", "compare");
      await page.keyboard.press("Enter");
      await tabTo(page, ".compare select");
      await page.keyboard.press("ArrowDown");
      await page.waitForSelector(".compare .effect-verdict");
      expect(await text(page, ".compare")).toMatch(/1 way in that is there now.*acct\/999999999999 → staging:role\/LogShipper.*gained/);
      // On the way to what each gained lies the way to the map.
      await tabTo(page, ".compare button", "on the map, before and after");
      await tabTo(page, ".compare details summary");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".compare details[open]");
    });
  });

  describe("what stands over the page", () => {
    // Three themes, as every view: these have no address of their own.
    it.each(THEMES)("has no serious accessibility fault in %s: a document, the export, the tour, the keys", async (theme) => {
      await inTheme(page, theme);
      await at.open(`#/ask?${new URLSearchParams({ q: "can staging:role/deployer s3:PutObject s3://paperboat-invoices" })}`, ".decision-layer .statement .link");
      await page.locator(".decision-layer .statement .link").first().click();
      await page.waitForSelector("dialog.document[open] .line-row.cited");
      expect(await seriousFaults(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await page.waitForSelector("dialog.document", { state: "detached" });
      await page.keyboard.press("e");
      await page.waitForSelector("dialog.export[open]");
      expect(await seriousFaults(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await page.waitForSelector("dialog.export", { state: "detached" });
      await at.open("#/ask", ".tour-start");
      await page.locator(".tour-start").click();
      await page.waitForSelector(".tour .tour-command");
      await page.waitForSelector(".panel .statement");
      expect(await seriousFaults(page)).toEqual([]);
    });
  });

  const views: View[] = [
    ["decision", `#/ask?${new URLSearchParams({ q: "can staging:role/deployer s3:PutObject s3://paperboat-invoices" })}`, ".decision-layer .statement"],
    ["chain", `#/ask?${new URLSearchParams({ q: "path acct/999999999999 s3://paperboat-invoices", why: "0" })}`, ".panel .step"],
    ["nothing-like-it", `#/ask?${new URLSearchParams({ q: "please make me a sandwich" })}`, ".error-box .question"],
    ["findings-panel", "#/findings?rule=shared-policy&pick=shared-policy-8291f0c3579d", ".panel .statement"],
    ["data-panel", `#/data?${new URLSearchParams({ pick: "secretsmanager:GetResourcePolicy unsupported AWS Config does not record it" })}`, ".panel .source-list"],
    ["map-nowhere", "#/map/000000000000", ".error-box"],
  ];
  describe("and how it looks", () => {
    // Some ask for what is not there, which the browser notes by itself.
    keepsTheRules(() => ({ ...at, faults: at.faults.filter((fault) => !/status of 40[04]/.test(fault)) }), views);
  });
});
