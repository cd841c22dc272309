import { describe, expect, it } from "vitest";
import type { Citation, Step } from "../../src/api/answer";
import { closingDraft, editableName } from "../../src/answer/draft";
import { checkCommand, sentences, stepSentence } from "../../src/answer/stepWords";
import { lineDiff } from "../../src/changes/lineDiff";
import { DOCUMENTS } from "../mock/paperboat.mjs";

/** Policies of the demo: one that several tasks share, and a trust policy that names somebody outside. */
const textOf = (id: number) => DOCUMENTS[id]?.text ?? "";
const [POLICY, TRUST] = [textOf(11), textOf(12)];

const cite = (about: Partial<Citation>): Citation => ({ document: "policy/x", document_id: 1, layer: "identity", effect: "Allow", sid: null, statement: 3, line: 16, end_line: 21, text: "", attached: null, marks: [], outcome: "allows", ...about });
const statements = (text: string): Record<string, unknown>[] => (JSON.parse(text) as { Statement: Record<string, unknown>[] }).Statement;

describe("the draft that closes a step", () => {
  it("takes the one action out where others stand beside it, and leaves the other lines alone", () => {
    const draft = closingDraft(POLICY, cite({}), "s3:getobject", false);
    const [logs, support, artifacts, deploy] = statements(POLICY);
    expect(statements(draft?.text ?? "")).toEqual([logs, support, { ...artifacts, Action: ["s3:PutObject"] }, deploy]);
    expect(draft?.text.split("\n").slice(0, 15)).toEqual(POLICY.split("\n").slice(0, 15));
    expect(draft?.text.split("\n").slice(-8)).toEqual(POLICY.split("\n").slice(-8));
  });

  it.each([
    [["s3:GetObject", "s3:Get*", "s3:PutObject"], "s3:GetObject", ["s3:PutObject"], "has s3:GetObject and s3:Get* no more"],
    [["s3:g?tobject", "s3:GetObjectTagging"], "s3:GetObject", ["s3:GetObjectTagging"], "has s3:g?tobject no more"],
    [["*", "s3:PutObject"], "s3:GetObject", ["s3:PutObject"], "has * no more"],
    [["s3:Get.bject", "s3:GetObject"], "s3:GetObject", ["s3:Get.bject"], "has s3:GetObject no more"],
  ])("takes out whatever of %j gives %s, its name or a pattern", (actions, action, left, says) => {
    const text = POLICY.replace('["s3:GetObject", "s3:PutObject"]', JSON.stringify(actions));
    const draft = closingDraft(text, cite({}), action, false);
    expect(statements(draft?.text ?? "")[2]?.Action).toEqual(left);
    expect(draft?.says).toBe(says);
  });

  it("drops a statement that has no other action: the last with the comma before it", () => {
    const all = statements(POLICY);
    const last = closingDraft(POLICY, cite({ statement: 4, line: 22, end_line: 27 }), "lambda:UpdateFunctionCode", false);
    expect(statements(last?.text ?? "")).toEqual(all.slice(0, 3));
    const every = POLICY.replace('["s3:GetObject", "s3:PutObject"]', '["s3:*", "s3:Get*"]');
    const third = closingDraft(every, cite({}), "s3:GetObject", false);
    expect(statements(third?.text ?? "")).toEqual([all[0], all[1], all[3]]);
    expect(lineDiff(every, third?.text ?? "").map((line) => line.number)).toEqual([16, 17, 18, 19, 20, 21]);
  });

  it("asks somebody outside for an external id, and nobody of our own", () => {
    const trust = cite({ layer: "trust", statement: 1, line: 4, end_line: 10 });
    expect(statements(closingDraft(TRUST, trust, "sts:AssumeRole", true)?.text ?? "")[0]?.Condition).toEqual({ StringEquals: { "sts:ExternalId": "an-id-agreed-with-them" } });
    expect(closingDraft(TRUST, trust, "sts:AssumeRole", false)).toBe(null);
  });

  it("is none where the text cannot be read, or the statement denies", () => {
    expect(closingDraft("{", cite({}), null, false)).toBe(null);
    expect(closingDraft(POLICY.replaceAll('"Allow"', '"Deny"'), cite({}), null, false)).toBe(null);
  });
});

it("finds the policy that was cited among those of the same text", () => {
  const names = ["prod:policy/x", "staging:policy/x", "staging:policy/y"];
  const of = (attached: string, all = names) => editableName(all, cite({ attached }));
  expect(of("attached to staging:role/web")).toBe("staging:policy/x");
  expect(of("attached to prod:group/web, for its members")).toBe("prod:policy/x");
  expect(of("attached to role/web", ["policy/x"])).toBe("policy/x");
  // That of another account is another policy, however equal its text is.
  expect(of("attached to tools:role/web")).toBe(null);
  expect(of("attached to tools:role/web", ["prod:policy/x"])).toBe(null);
  // Accounts have the names that people gave them.
  expect(of("attached to Old prod:role/web", ["prod:policy/x", "Old prod:policy/x"])).toBe("Old prod:policy/x");
  expect(of("attached to Old prod:role/web", ["prod:policy/x", "Older prod:policy/x"])).toBe("prod:policy/x");
  expect(editableName(["policy/y"], cite({}))).toBe(null);
  expect(editableName(["prod:policy/x", "staging:policy/x"], cite({}))).toBe(null);
});

const step = (about: Partial<Step>): Step => {
  const thing = (name: string) => ({ name, arn: null, kind: "role", account: null });
  return { relation: "becomes", from: thing("role/a"), to: thing("role/it's"), action: "sts:AssumeRole", if: [], sentence: "", pins: [], because: [], method: null, requests: [], ...about };
};

it("says of a step who does what to what, and leaves conditions and method to the lines below", () => {
  const method = { id: "sts-001", title: "Assume a role", misuse: "", fix: "", check: "", pages: [] };
  expect(stepSentence(step({ sentence: "role/a becomes role/b: assume a role, if MFA and source IP", if: ["MFA", "source IP"], method }))).toBe("role/a becomes role/b");
  expect(stepSentence(step({ sentence: "role/a becomes role/b, if MFA", if: ["another"] }))).toBe("role/a becomes role/b, if MFA");
});

it("splits words into sentences, and quotes names for the shell", () => {
  expect(sentences("Ask for it. Narrow s3:Get* first; then s3.Put. What else?")).toEqual(["Ask for it.", "Narrow s3:Get* first; then s3.Put.", "What else?"]);
  expect(checkCommand(step({}))).toBe("clavicle can role/a sts:AssumeRole 'role/it'\\''s' --expect no");
  expect(checkCommand(step({ action: null }))).toBe(null);
});
