import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { ofTheDemo } from "./demo";
import { keepsTheRules, SCREENS, tabTo, text, type View } from "./opened";

ofTheDemo("trim: what is granted and not used, and the plan that takes it away", (at) => {
  let page: Page;
  beforeAll(() => {
    page = at.page;
  });

  it("is read and followed by keyboard to a verified plan", async () => {
    await at.open("#/ask", ".home-sentence");
    await page.keyboard.press("5");
    await page.waitForSelector(".main-trim .row");
    expect(await text(page, ".list-sentence")).toMatch(/^6 of 345 identities did nothing since 2026-05-24/);
    const numbers = /of ([\d,]+) granted actions ([\d,]+) were used, ([\d,]+) were not, ([\d,]+) cannot be known/.exec(await text(page, ".list-sentence"));
    const [granted, ...parts] = (numbers ?? []).slice(1).map((number) => Number(number.replaceAll(",", "")));
    expect(granted).toBeGreaterThan(0);
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(granted);
    expect(await text(page, ".evidence")).toMatch(/✓ there: last-accessed reports of 1.*✓ there: CloudTrail of 3 of 4 accounts, 2026-05-20 to 2026-08-22.*✕ not there: data events/);
    // The numbers of a row stand beside each other, however large they are.
    const overlapping = await page.locator(".use-numbers").evaluateAll((all) => all.filter((each) => {
      const boxes = [...each.children].map((child) => {
        const range = document.createRange();
        range.selectNodeContents(child);
        return range.getBoundingClientRect();
      });
      return boxes.some((box, at) => box.left < (boxes[at - 1]?.right ?? 0));
    }).length);
    expect(overlapping).toBe(0);
    await tabTo(page, ".main-trim .row");
    for (let down = 0; down < 4; down += 1) await page.keyboard.press("ArrowDown");
    expect(await text(page, ".row:focus")).toMatch(/staging:role\/nightly-exec.*last used 2026-08-22.*214 granted3 used3 unknown208 not used/);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".panel .verified");
    expect(await text(page, ".uses")).toMatch(/sts:AssumeRole ?on prod:role\/reporting-read, ×8, 2026-08-19/);
    expect(await text(page, ".panel .panel-fact")).toBe("what runs as it: staging:lambda/nightly-report");
    expect(await text(page, ".plan-title")).toBe("214 granted → 6 kept");
    expect(await text(page, ".verified")).toMatch(/requests were asked again and are allowed.*nothing that was not allowed \(proved\).*nothing in it could go/);
    await page.screenshot({ path: `${SCREENS}trim-panel-light.png` });
    await page.keyboard.press("Escape");
    await page.waitForSelector(".panel", { state: "detached" });
    expect(await text(page, ".row:focus")).toContain("nightly-exec");
  });

  it("is read by mouse: narrowed, the script and the way back, and for other tools", async () => {
    await at.open("#/trim", ".main-trim .row");
    await page.locator(".list-choices").getByLabel("who", { exact: true }).selectOption("did nothing");
    await page.waitForFunction(() => document.querySelectorAll(".main-trim .row").length === 6);
    expect(await at.hash()).toBe("#/trim?standing=did+nothing");
    await at.open(`#/trim?${new URLSearchParams({ find: "nightly", pick: "staging:role/nightly-exec" })}`, ".panel .verified");
    await page.getByRole("button", { name: "script", exact: true }).click();
    expect(await text(page, ".texts .toml-text")).toMatch(/set -eu.*aws iam create-policy.*aws iam detach-role-policy --role-name 'nightly-exec'/);
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "save the script" }).click();
    expect((await saving).suggestedFilename()).toBe("apply.sh");
    await page.getByRole("button", { name: "rollback", exact: true }).click();
    expect(await text(page, ".texts .toml-text")).toContain("aws iam attach-role-policy --role-name 'nightly-exec'");
    await page.getByRole("button", { name: "Terraform", exact: true }).click();
    expect(await text(page, ".texts .toml-text")).toContain('resource "aws_iam_policy"');
    await page.getByRole("button", { name: "CloudFormation", exact: true }).click();
    expect(await text(page, ".texts .toml-text")).toContain("AWS::IAM::ManagedPolicy");
  });

  it("looks back as far as is asked, and keeps that in the link", async () => {
    await at.open("#/trim", ".main-trim .row");
    await page.getByRole("button", { name: "30 days" }).click();
    await page.waitForFunction(() => document.querySelector(".list-sentence")?.textContent?.includes("2026-07-23"));
    expect(await at.hash()).toBe("#/trim?since=30d");
    expect(await text(page, ".next-command")).toBe("clavicle unused --since 30d");
    await page.goBack();
    await page.waitForFunction(() => document.querySelector(".list-sentence")?.textContent?.includes("2026-05-24"));
  });

  it("says why there is no plan for a role that AWS makes", async () => {
    await at.open(`#/trim?${new URLSearchParams({ find: "AWSServiceRoleForTrustedAdvisor" })}`, ".main-trim .row");
    await page.locator(".row").first().click();
    await page.waitForFunction(() => document.querySelector(".panel")?.textContent?.includes("No plan"));
    expect(await text(page, ".panel")).toMatch(/cannot be edited|there is no evidence/);
  });

  const views: View[] = [
    ["trim", "#/trim", ".main-trim .row"],
    ["trim-panel", `#/trim?${new URLSearchParams({ pick: "staging:role/nightly-exec" })}`, ".panel .verified"],
  ];
  keepsTheRules(() => at, views);
});
