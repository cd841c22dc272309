import { describe, expect, it } from "vitest";
import type { Citation, Step } from "../../src/api/answer";
import { closingDraft, editableName } from "../../src/answer/draft";
import { checkCommand, sentences, stepSentence } from "../../src/answer/stepWords";
import { lineDiff } from "../../src/changes/lineDiff";

const POLICY = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:PutObject"],
      "Resource": "*"
    },
    {
      "Sid": "Deploy",
      "Effect": "Allow",
      "Action": "lambda:UpdateFunctionCode",
      "Resource": "*"
    }
  ]
}`;
const TRUST = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
      "Action": "sts:AssumeRole"
    }
  ]
}`;

const cite = (about: Partial<Citation>): Citation => ({ document: "policy/x", document_id: 1, layer: "identity", effect: "Allow", sid: null, statement: 1, line: 4, end_line: 9, text: "", attached: null, marks: [], outcome: "allows", ...about });
const statements = (text: string): Record<string, unknown>[] => (JSON.parse(text) as { Statement: Record<string, unknown>[] }).Statement;

describe("the draft that closes a step", () => {
  it("takes the one action out where others stand beside it, and leaves the other lines alone", () => {
    const draft = closingDraft(POLICY, cite({}), "s3:getobject", false);
    expect(statements(draft?.text ?? "")).toEqual([{ Sid: "Read", Effect: "Allow", Action: ["s3:PutObject"], Resource: "*" }, statements(POLICY)[1]]);
    expect(draft?.text.split("\n").slice(-7)).toEqual(POLICY.split("\n").slice(-7));
  });

  it("drops a statement that has no other action: the last with the comma before it", () => {
    const last = closingDraft(POLICY, cite({ statement: 2, line: 10, end_line: 15 }), "lambda:UpdateFunctionCode", false);
    expect(statements(last?.text ?? "")).toEqual([statements(POLICY)[0]]);
    const first = closingDraft(POLICY, cite({}), "sqs:SendMessage", false);
    expect(statements(first?.text ?? "")).toEqual([statements(POLICY)[1]]);
    expect(lineDiff(POLICY, first?.text ?? "").map((line) => line.number)).toEqual([4, 5, 6, 7, 8, 9]);
  });

  it("asks somebody outside for an external id, and nobody of our own", () => {
    const trust = cite({ layer: "trust", line: 4, end_line: 8 });
    expect(statements(closingDraft(TRUST, trust, "sts:AssumeRole", true)?.text ?? "")[0]?.Condition).toEqual({ StringEquals: { "sts:ExternalId": "an-id-agreed-with-them" } });
    expect(closingDraft(TRUST, trust, "sts:AssumeRole", false)).toBe(null);
  });

  it("is none where the text cannot be read, or the statement denies", () => {
    expect(closingDraft("{", cite({}), null, false)).toBe(null);
    expect(closingDraft(POLICY.replace('"Allow"', '"Deny"'), cite({}), null, false)).toBe(null);
  });
});

it("finds the policy that was cited among those of the same text", () => {
  const names = ["prod:policy/x", "staging:policy/x", "staging:policy/y"];
  expect(editableName(names, cite({ attached: "attached to staging:role/web" }))).toBe("staging:policy/x");
  expect(editableName(["policy/y"], cite({}))).toBe(null);
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
