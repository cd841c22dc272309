import { rmSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderOf } from "./hostile";
import { drawn, type Opened, opened } from "./opened";

/** Words without a place to break a line at. */
const FILL = "DeploymentPipelineOfTheOrderHandlingServiceInTheWesternEuropeanRegionWithItsNightlyReconciliationAndArchivalOfEveryInvoiceMadeThere";

/** A name as long as AWS lets it be. */
const long = (name: string, most: number) => `${name}${FILL.repeat(16)}`.slice(0, most);

/**
 * As long as AWS lets them be. IAM and AWS STS quotas: names of users and roles 64 characters, of policies 128. General purpose buckets
 * naming rules: 3 to 63, lower case.
 */
const LONG: Record<string, string> = {
  LogShipper: long("LogShipper", 64),
  "nightly-exec": long("nightly-exec", 64),
  "shared-ops": long("shared-ops", 128),
  "ops-legacy": long("ops-legacy", 128),
  "paperboat-invoices": long("paperboat-invoices", 63).toLowerCase(),
  "paperboat-customers": long("paperboat-customers", 63).toLowerCase(),
  "support-sam": long("support-sam", 64),
  deployer: long("deployer", 64),
  "ci-deploy": long("ci-deploy", 64),
  "nightly-report": long("nightly-report", 64),
  "reporting-read": long("reporting-read", 64),
  "break-glass": long("break-glass", 64),
  LambdaDeploy: long("LambdaDeploy", 100),
  // IAM identifiers: a path of 512 characters, so that an ARN of a role has some 630.
  "role/rds-monitoring": `role/${long("path", 510)}/rds-monitoring`,
};

/** So many characters AWS lets an ARN have: `AWS::IAM::ManagedPolicy` and others say "Maximum length of 2048". */
const LONGEST_ARN = 2048;
/** Things of which AWS may make the ARN that long. */
const OF_A_LONG_ARN: Record<string, string> = Object.fromEntries(
  ["arn:aws:sqs:eu-west-1:444455556666:web-orders", "arn:aws:secretsmanager:eu-west-1:444455556666:secret:dev/catalog-db"].map((arn) => {
    const name = arn.slice(arn.lastIndexOf(":") + 1);
    return [name, long(name, name.length + LONGEST_ARN - arn.length)];
  }),
);

describe.skipIf((process.env.CLAVICLE_BIN ?? "") === "")("names as long as AWS lets them be", () => {
  let at: Opened;
  let page: Page;
  const folder = folderOf({ ...LONG, ...OF_A_LONG_ARN }, (value) => value);
  beforeAll(async () => {
    at = await opened({ folder });
    ({ page } = at);
  });
  afterAll(async () => {
    await at.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What takes more than two lines for a sentence, each with how many it has. */
  const longOnes = (selector: string) =>
    page.locator(selector).evaluateAll((all) =>
      all.flatMap((each) => {
        const lines = Math.round(each.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(each).lineHeight));
        // What is shortened is there twice, once for those who hear it.
        const shown = each.querySelector("[aria-hidden]")?.textContent ?? each.textContent ?? "";
        const sentences = shown.match(/[.!?](\s|$)/g)?.length ?? 1;
        return lines > 2 * sentences ? [`${lines}: ${shown.slice(0, 160)}`] : [];
      }),
    );

  it.each([
    ["#/ask", ".home-counts", ".fact-main .sentence, .home-main .row-sentence"],
    ["#/findings", ".main-findings .row", ".row-sentence"],
    ["#/border", ".main-border .row", ".list-sentence, .row-facts, .answer-note"],
    ["#/policies", ".main-policies .row", ".row-sentence, .row-facts"],
    ["#/trim", ".main-trim .row", ".row-sentence, .row-facts"],
    ["#/data", ".main-data table", ".row-sentence, .list-sentence"],
    ["#/map", ".map-drawing .shape", ".map-sentence .sentence"],
    ["#/map/444455556666?as=map", ".map-drawing .shape", ".map-sentence .sentence"],
  ] as const)("no sentence of %s takes more than two lines at 1440 px", async (fragment, until, selector) => {
    await at.open(fragment, until);
    expect(await page.locator(selector).count()).toBeGreaterThan(0);
    expect(await longOnes(selector)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1440);
  });

  it("nor does any of a finding: what it is, why it is that bad, how to mend it", async () => {
    await at.open("#/findings", ".main-findings .row");
    const rows = page.locator(".main-findings .row");
    expect(await rows.count()).toBeGreaterThan(10);
    for (const row of await rows.all()) {
      const id = (await row.getAttribute("data-pick")) ?? "";
      await row.click();
      // A panel that waits for its finding has no facts.
      await page.waitForSelector(`.main-findings .row[data-pick="${id}"][aria-pressed=true]`);
      await page.waitForSelector(".panel .facts dd .sentence");
      expect([id, await longOnes(".panel-title .sentence, .panel-fact > .sentence, .facts dd > .sentence")]).toEqual([id, []]);
    }
  });

  it("nor does any of a chain: its steps, its conditions, and the answer", async () => {
    await at.open(`#/ask?${new URLSearchParams({ q: `who can read s3://${LONG["paperboat-invoices"]}`, why: "3", cut: "1" })}`, ".panel .step");
    expect(await longOnes(".step-sentence .sentence, .condition .sentence, .cut-sentence .sentence, .answer-label, .verdict-sentence .sentence")).toEqual([]);
    for (const part of ["misuse", "fix, what-if", "check"]) {
      for (const button of await page.locator(".panel .step-parts button", { hasText: part }).all()) await button.click();
      expect([part, await longOnes(".panel .step-words .sentence")]).toEqual([part, []]);
    }
    // Whatever is shortened is there whole for the pointer and for whoever hears it.
    const short = page.locator(".panel .step-sentence bdi[title]").first();
    expect(await short.getAttribute("title")).toContain(LONG.LogShipper);
    expect(await short.locator(".unseen").textContent()).toBe(await short.getAttribute("title"));
  });

  it("nor does anything about things whose ARN is as long as AWS lets it be, or a role with a path: they are shortened, and whole for the pointer", async () => {
    const queue = OF_A_LONG_ARN["web-orders"] ?? "";
    expect(`arn:aws:sqs:eu-west-1:444455556666:${queue}`).toHaveLength(LONGEST_ARN);
    for (const [fragment, until] of [
      ["#/map/444455556666?as=map", ".map-drawing .shape"],
      ["#/map/444455556666?as=matrix", ".matrix-line"],
      ["#/map/444455556666?as=table", ".map-table:not(.unseen)"],
      [`#/ask?${new URLSearchParams({ q: `who can write arn:aws:sqs:eu-west-1:444455556666:${queue}`, why: "0" })}`, ".verdict-sentence"],
      [`#/ask?${new URLSearchParams({ q: `who can read staging:secret/${OF_A_LONG_ARN["dev/catalog-db"]}` })}`, ".verdict-sentence"],
      [`#/trim?${new URLSearchParams({ find: "rds-monitoring" })}`, ".main-trim .row"],
      [`#/policies?${new URLSearchParams({ find: "rds-monitoring" })}`, ".main-policies .row"],
      ["#/data", ".main-data table"],
    ] as const) {
      await at.open(fragment, until);
      for (const width of [1440, 1024]) {
        await page.setViewportSize({ width, height: 900 });
        await drawn(page);
        expect([fragment.slice(0, 40), await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([fragment.slice(0, 40), width]);
      }
      await page.setViewportSize({ width: 1440, height: 900 });
      await drawn(page);
      expect([fragment.slice(0, 40), await longOnes(".row-sentence .name, .verdict-sentence .sentence, .answer-label, .step-sentence .sentence, .map-sentence .sentence, .panel-title .sentence, .answer-note .sentence")]).toEqual([fragment.slice(0, 40), []]);
    }
    // The link that asks is longer than a line of the bar, which stays one.
    await at.open(`#/ask?${new URLSearchParams({ q: `who can write arn:aws:sqs:eu-west-1:444455556666:${queue}`, why: "0" })}`, ".panel .step");
    expect(await page.locator(".panel [title]").evaluateAll((all, name) => all.some((each) => each.getAttribute("title")?.includes(name) === true), queue)).toBe(true);
    expect(await page.evaluate(() => document.querySelector(".panel-scroll")?.scrollWidth === document.querySelector(".panel-scroll")?.clientWidth)).toBe(true);
  });

  it("nor does a decision: its pins, and the sentence of each", async () => {
    await at.open(`#/ask?${new URLSearchParams({ q: `can staging:role/${LONG.deployer} s3:PutObject s3://${LONG["paperboat-invoices"]}` })}`, ".pin-list, .pin-row");
    expect(await longOnes(".verdict-sentence .sentence, .pin-line, .answer-note .sentence")).toEqual([]);
    expect(at.faults).toEqual([]);
  });
});
