import { act } from "preact/test-utils";
import { describe, expect, it, vi } from "vitest";
import { AnswerView, byAccount, saysVerdict } from "../../src/answer/AnswerView";
import { AnswerPanel, answerAt } from "../../src/panel/AnswerPanel";
import { CAN_PUT, HOSTILE, LONG, WHO_COVERS, WHO_INVOICES, WHO_LOGS, WHO_SECRET } from "../mock/paperboat.mjs";
import { draw, words } from "./draw";

const none = () => undefined;

describe("an answer", () => {
  it("says the sentence first, then who, with count, condition and citation", async () => {
    const page = await draw(<AnswerView page={WHO_INVOICES} open={null} onWhy={none} onDocument={none} />);
    expect(words(page.querySelector("h1"))).toBe(WHO_INVOICES.sentence);
    const rows = [...page.querySelectorAll(".answer-row")].map(words);
    expect(rows[0]).toContain("prod:role/billing-*×7");
    expect(rows[0]).toContain("prod:policy/billing-data:10");
    expect(rows[0]).toContain("“ReadInvoices”");
    expect(rows[2]).toContain("if aws:MultiFactorAuthPresent is true");
    expect(words(page)).toContain("Not counted: 2 administrators");
  });

  it("puts chains apart, the worst first, each relation as line and word", async () => {
    const page = await draw(<AnswerView page={WHO_INVOICES} open={null} onWhy={none} onDocument={none} />);
    const chains = [...page.querySelectorAll(".answer-row")].filter((row) => row.querySelector(".chain") !== null);
    expect(chains).toHaveLength(3);
    expect(words(chains[0] ?? null)).toMatch(/^account 999999999999criticaloutside5 stepsbecomesstaging:role\/LogShipper/);
    expect(words(chains[0]?.querySelector(".risk") ?? null)).toBe("critical");
  });

  it("opens the why of the row that is pressed, and names a hostile one safely", async () => {
    const onWhy = vi.fn();
    const page = await draw(<AnswerView page={WHO_INVOICES} open="4" onWhy={onWhy} onDocument={none} />);
    expect(page.querySelector('[data-answer="4"]')?.getAttribute("aria-expanded")).toBe("true");
    const row = page.querySelector<HTMLButtonElement>('[data-answer="3"]');
    await act(() => row?.click());
    expect(onWhy).toHaveBeenCalledWith("3");
    expect(page.querySelector("img")).toBeNull();
    expect(words(row)).toContain(HOSTILE.replace("\u202e", "⟨U+202E⟩"));
  });

  it("shows every layer of one decision in order, also the silent ones, and the deny before the allows", async () => {
    const page = await draw(<AnswerView page={CAN_PUT} open={null} onWhy={none} onDocument={none} />);
    expect([...page.querySelectorAll(".pin-line")].map(words)).toEqual([
      "identitylets it turnstaging:policy/shared-ops:16", "resourcelets it turns3://paperboat-invoices#policy:4", "boundaryno such layer", "sessionno such layer",
      "SCPstops itscp/protect-prod:5", "RCPno such layer", "endpointno such layer",
    ]);
    expect(words(page.querySelector(".statement"))).toContain("scp/protect-prod:5");
    expect([...page.querySelectorAll(".statement")[0]?.querySelectorAll("mark") ?? []].map(words)).toEqual(["arn:aws:s3:::paperboat-*", '"aws:ResourceAccount"']);
    expect(words(page)).toContain("111122223333 is not 444455556666, so the deny applies");
    expect(words(page)).toContain("Who could instead");
  });

  it("never turns unknown into no", async () => {
    const page = await draw(<AnswerView page={WHO_SECRET} open={null} onWhy={none} onDocument={none} />);
    expect(page.querySelector(".verdict-unknown")).not.toBeNull();
    expect(page.querySelector(".verdict-no")).toBeNull();
    expect(words(page.querySelector(".answer-row"))).toContain("unknown");
    expect(words(page.querySelector(".not-seen"))).toContain("staging: secretsmanager:GetResourcePolicy, 11 things (AccessDenied)");
    expect(page.querySelector(`[title="${LONG}"]`)).not.toBeNull();
  });

  it("names who is closest when nobody can", async () => {
    const page = await draw(<AnswerView page={WHO_COVERS} open={null} onWhy={none} onDocument={none} />);
    expect(words(page.querySelector("h1"))).toBe("Nobody can delete s3://paperboat-covers.");
    expect(page.querySelector('[data-answer="closest.0"]')).not.toBeNull();
  });

  it("groups by account when there are too many rows, and loses none", async () => {
    const page = await draw(<AnswerView page={WHO_LOGS} open={null} onWhy={none} onDocument={none} />);
    expect([...page.querySelectorAll(".answer-group summary")].map(words)).toEqual(["prod 34", "staging 33", "tools 33"]);
    expect(page.querySelectorAll(".answer-row")).toHaveLength(100);
    const things = byAccount([{ answer: { ...WHO_LOGS.answers[0]!, label: "s3://bucket" } }]);
    expect(things[0]?.[0]).toBe("elsewhere");
  });

  it("does not say the verdict twice", () => {
    expect(saysVerdict({ verdict: "no", sentence: "No: a policy denies it." })).toBe(true);
    expect(saysVerdict({ verdict: "no", sentence: "Nobody can." })).toBe(false);
    expect(saysVerdict({ verdict: "yes", sentence: "9 identities can." })).toBe(false);
  });
});

describe("the why panel of an answer", () => {
  it("gives each step its sentence, pins, and statement with line numbers", async () => {
    const answer = answerAt(WHO_INVOICES, "4");
    if (answer === null) throw new Error("no answer 4");
    const onDocument = vi.fn();
    const page = await draw(<AnswerPanel answer={answer} subject="4" onDocument={onDocument} onClose={none} />);
    expect([...page.querySelectorAll(".step-sentence")].map(words)).toEqual(answer.steps.map((step) => step.sentence));
    const first = page.querySelector(".step");
    expect([...(first?.querySelectorAll(".pin") ?? [])].map(words)).toEqual([
      "trust: lets it turn", "resource: no such layer", "boundary: no such layer", "session: not seen", "SCP: no such layer", "RCP: no such layer", "endpoint: no such layer",
    ]);
    expect([...(first?.querySelectorAll(".line-number") ?? [])].map(words)).toEqual(["4", "5", "6", "7", "8", "9", "10"]);
    await act(() => first?.querySelector<HTMLButtonElement>(".statement .link")?.click());
    expect(onDocument).toHaveBeenCalledWith(12, [4, 10]);
  });

  it("shows the statement of a pin when it is pressed", async () => {
    const answer = answerAt(WHO_INVOICES, "0");
    if (answer === null) throw new Error("no answer 0");
    const page = await draw(<AnswerPanel answer={answer} subject="0" onDocument={none} onClose={none} />);
    const scp = [...page.querySelectorAll<HTMLButtonElement>("button.pin")].find((pin) => words(pin).startsWith("SCP"));
    await act(() => scp?.click());
    expect(scp?.getAttribute("aria-expanded")).toBe("true");
    expect(words(page.querySelector(".pin-statements"))).toContain("scp/protect-prod:4");
  });

  it("finds no row for a key that names none", () => {
    for (const key of ["99", "closest.7", "-1", "x", "__proto__"]) expect(answerAt(WHO_INVOICES, key)).toBeNull();
  });
});
