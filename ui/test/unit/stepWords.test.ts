import { describe, expect, it } from "vitest";
import type { Citation, Step } from "../../src/api/answer";
import { asksNoExternalId } from "../../src/answer/draft";
import { checkCommand, PLAIN, stepWords } from "../../src/answer/stepWords";

const thing = (kind: string, name: string) => ({ name, kind, arn: null, account: null });
const step = (relation: string, from: [string, string], to: [string, string]): Step => ({
  relation, from: thing(...from), to: thing(...to), action: "a:B", if: [], sentence: "", pins: [], because: [], method: null, requests: [],
});
const ROLE: [string, string] = ["role", "prod:role/r"];
const SSO: [string, string] = ["provider", "prod:provider/AWSSSO_0a1b2c_DO_NOT_DELETE"];

describe("what a step means, in plain words", () => {
  it.each([
    [step("becomes", ["user", "prod:user/u"], ROLE), "becomes"],
    [step("becomes", ["outside", "acct/999999999999"], ROLE), "becomes, outside"],
    [step("becomes", ["provider", "prod:provider/github"], ROLE), "becomes, provider"],
    [step("becomes", SSO, ROLE), "becomes, Identity Center"],
    // The conditions of a trust policy that lets in everyone are about who becomes the role, too.
    [step("becomes", ["everyone", "everyone"], ROLE), "becomes"],
    [step("reads", ROLE, ["s3:bucket", "s3://b"]), "reads"],
    [step("reads", ROLE, ["kms:key", "prod:key/k"]), "reads, key"],
    [step("writes", ROLE, ["ec2:instance", "prod:instance/i"]), "writes, workload"],
    [step("writes", ROLE, ["rds:db", "prod:db/d"]), "writes, workload"],
    [step("writes", ROLE, ["sqs:queue", "prod:queue/q"]), "writes"],
    [step("reads", ["everyone", "everyone"], ["s3:bucket", "s3://b"]), "everyone"],
    [step("does more with", ROLE, ["s3:bucket", "s3://b"]), "touches"],
  ] as [Step, string][])("%#: of its kind, of who begins it and of what it leads to", (of, words) => {
    expect(stepWords(of)).toBe(PLAIN[words]);
  });

  it("are those of its method where it has one", () => {
    const method = { id: "x-1", title: "", misuse: "m", fix: "f", check: "c", pages: [] };
    expect(stepWords({ ...step("becomes", SSO, ROLE), method })).toBe(method);
  });

  it("are checked by a question, and of whom a provider vouches for in the list", () => {
    expect(checkCommand(step("becomes", ["outside", "acct/999999999999"], ROLE))).toBe("clavicle can acct/999999999999 a:B prod:role/r --expect no");
    expect(checkCommand(step("becomes", SSO, ROLE))).toBe("clavicle outside");
  });
});

describe("a statement that lets an account outside in without an external id", () => {
  const cited = (statement: unknown, layer = "trust", behind = "") => ({ layer, text: JSON.stringify(statement) + behind }) as Citation;
  const LETS_IN = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::999999999999:root" }, Action: "sts:AssumeRole" };

  it("is told, also where others stand behind it", () => {
    expect(asksNoExternalId(cited(LETS_IN))).toBe(true);
    expect(asksNoExternalId(cited(LETS_IN, "trust", ",\n"))).toBe(true);
    expect(asksNoExternalId(cited({ ...LETS_IN, Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } }))).toBe(true);
  });

  it("is not said of one that asks for it, that denies, that is of another layer, or that cannot be read", () => {
    expect(asksNoExternalId(cited({ ...LETS_IN, Condition: { StringEquals: { "STS:ExternalID": "x" } } }))).toBe(false);
    expect(asksNoExternalId(cited({ ...LETS_IN, Effect: "Deny" }))).toBe(false);
    expect(asksNoExternalId(cited(LETS_IN, "resource"))).toBe(false);
    expect(asksNoExternalId({ layer: "trust", text: '{"Effect": "Allow"' } as Citation)).toBe(false);
  });
});
