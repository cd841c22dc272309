// @ts-check
/** Paperboat Books, a made-up organization: enough of it to show every kind of answer. */
import { lay } from "./layout.mjs";

/** @typedef {import("../../src/api/answer").AnswerPage} AnswerPage */
/** @typedef {import("../../src/api/answer").Answer} Answer */
/** @typedef {import("../../src/api/answer").Step} Step */
/** @typedef {import("../../src/api/answer").Pin} Pin */
/** @typedef {import("../../src/api/answer").Thing} Thing */
/** @typedef {import("../../src/api/answer").Citation} Citation */
/** @typedef {import("../../src/api/summary").Summary} Summary */

const PROD = "111122223333";
const STAGING = "444455556666";
const TOOLS = "777788889999";
const MANAGEMENT = "123456789012";

/** A name as an attacker would choose it: markup, and a character that turns the text around. */
export const HOSTILE = "staging:role/<img src=x onerror=alert(1)>\u202Etxt.exe";
/** A name as long as AWS allows. */
export const LONG = `staging:role/service-role/${"very-long-generated-name-for-a-role-".repeat(2)}x7Qq2`;

const SHARED_OPS = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ReadLogs",
      "Effect": "Allow",
      "Action": ["logs:Get*", "logs:Describe*"],
      "Resource": "*"
    },
    {
      "Sid": "SupportTickets",
      "Effect": "Allow",
      "Action": "support:*",
      "Resource": "*"
    },
    {
      "Sid": "Artifacts",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:PutObject"],
      "Resource": "arn:aws:s3:::paperboat-*/*"
    },
    {
      "Sid": "LambdaDeploy",
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
      "Principal": {
        "AWS": "arn:aws:iam::999999999999:root"
      },
      "Action": "sts:AssumeRole"
    }
  ]
}`;

const PROTECT_PROD = `{
  "Version": "2012-10-17",
  "Statement": [
    { "Sid": "FullAccess", "Effect": "Allow", "Action": "*", "Resource": "*" },
    {
      "Sid": "DenyWritesFromStaging",
      "Effect": "Deny",
      "Action": ["s3:Put*", "s3:Delete*"],
      "Resource": "arn:aws:s3:::paperboat-*",
      "Condition": {
        "StringNotEquals": { "aws:ResourceAccount": "\${aws:PrincipalAccount}" }
      }
    }
  ]
}`;

const BILLING = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ListInvoices",
      "Effect": "Allow",
      "Action": "s3:ListBucket",
      "Resource": "arn:aws:s3:::paperboat-invoices"
    },
    {
      "Sid": "ReadInvoices",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:GetObjectVersion"],
      "Resource": "arn:aws:s3:::paperboat-invoices/*"
    }
  ]
}`;

const SUPPORT = `{
  "Version": "2012-10-17",
  "Statement": {
    "Sid": "ReadWithMfa",
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::paperboat-invoices/*",
    "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "true" } }
  }
}`;

const BUCKET_POLICY = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "StagingMayWrite",
      "Effect": "Allow",
      "Principal": { "AWS": "arn:aws:iam::444455556666:root" },
      "Action": "s3:PutObject",
      "Resource": "arn:aws:s3:::paperboat-invoices/*"
    }
  ]
}`;

const NIGHTLY = `{
  "Version": "2012-10-17",
  "Statement": [
    { "Sid": "Become", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::111122223333:role/reporting-read" },
    { "Sid": "Logs", "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*" }
  ]
}`;

/** @type {Record<number, import("../../src/api/summary").StoredDocument>} */
export const DOCUMENTS = {
  11: { id: 11, name: "staging:policy/shared-ops", kind: "managed policy", text: SHARED_OPS, attached: ["staging:role/deployer", "staging:user/support-sam", "staging:role/LogShipper", HOSTILE], editable: [], aws_own: false },
  12: { id: 12, name: "staging:role/LogShipper#trust", kind: "trust policy", text: TRUST, attached: ["staging:role/LogShipper"], editable: [], aws_own: false },
  13: { id: 13, name: "scp/protect-prod", kind: "service control policy", text: PROTECT_PROD, attached: ["ou/staging"], editable: [], aws_own: false },
  14: { id: 14, name: "prod:policy/billing-data", kind: "managed policy", text: BILLING, attached: ["prod:role/billing-eu", "prod:role/billing-us"], editable: [], aws_own: false },
  15: { id: 15, name: "prod:policy/InvoiceSupport", kind: "managed policy", text: SUPPORT, attached: ["prod:user/dana"], editable: [], aws_own: false },
  16: { id: 16, name: "s3://paperboat-invoices#policy", kind: "bucket policy", text: BUCKET_POLICY, attached: ["s3://paperboat-invoices"], editable: [], aws_own: false },
  17: { id: 17, name: "staging:role/nightly-exec#nightly", kind: "inline policy", text: NIGHTLY, attached: ["staging:role/nightly-exec"], editable: [], aws_own: false },
};

/**
 * Cites lines of a document, with what is found in them underlined.
 * @param {number} id @param {number} line @param {number} end
 * @param {Partial<Citation> & { layer: string }} about @param {[string, string][]} [found]
 * @returns {Citation}
 */
function cite(id, line, end, about, found = []) {
  const document = DOCUMENTS[id];
  if (document === undefined) throw new Error(`no document ${id}`);
  const lines = document.text.split("\n").slice(line - 1, end);
  const marks = found.map(([text, note]) => {
    const at = lines.findIndex((each) => each.includes(text));
    const start = lines[at]?.indexOf(text) ?? 0;
    return { line: line + at, start, end: start + text.length, text: note };
  });
  return {
    document: document.name, document_id: id, effect: "Allow", sid: /"Sid": "(\w+)"/.exec(lines.join("\n"))?.[1] ?? null, statement: 1, line, end_line: end,
    text: lines.join("\n"), attached: `attached to ${document.attached[0]}`, marks, outcome: "allows", ...about,
  };
}

const LAYERS = ["identity", "resource", "boundary", "session", "scp", "rcp", "endpoint"];

/**
 * @param {Partial<Record<string, Partial<Pin>>>} said
 * @returns {Pin[]}
 */
function pins(said) {
  const layers = said["trust"] ? ["trust", ...LAYERS.slice(1)] : LAYERS;
  return layers.map((layer) => ({ layer, state: "none", label: null, line: null, citations: [], ...said[layer] }));
}

/** @param {Citation} citation @param {Pin["state"]} [state] @returns {Partial<Pin>} */
function pin(citation, state = "turns") {
  return { state, label: citation.document, line: citation.line, citations: [citation] };
}

/** @param {string} name @param {string} kind @param {string | null} [account] @returns {Thing} */
function thing(name, kind, account = null) {
  const plain = name.replace(/^\w+:/, "");
  const arn = name.startsWith("s3://") ? `arn:aws:s3:::${name.slice(5)}` : account === null ? null : `arn:aws:iam::${account}:${plain}`;
  return { name, arn, kind, account };
}

const INVOICES = thing("s3://paperboat-invoices", "s3:bucket", PROD);
const UNKNOWN_ACCOUNT = thing("account 999999999999", "outside");
const SHIPPER = thing("staging:role/LogShipper", "role", STAGING);
const FUNCTION = thing("staging:lambda/nightly-report", "lambda:function", STAGING);
const EXEC = thing("staging:role/nightly-exec", "role", STAGING);
const REPORTING = thing("prod:role/reporting-read", "role", PROD);
const DEPLOYER = thing("staging:role/deployer", "role", STAGING);

const trustCite = cite(12, 4, 10, { layer: "trust", sid: null, attached: "trust policy of staging:role/LogShipper" }, [["arn:aws:iam::999999999999:root", "every identity of that account; no sts:ExternalId is asked for"]]);
const deployCite = cite(11, 22, 27, { layer: "identity", statement: 4 }, [["lambda:UpdateFunctionCode", "replaces the code"], ['"*"', "every function, also this one"]]);
const becomeCite = cite(17, 4, 4, { layer: "identity" }, [["arn:aws:iam::111122223333:role/reporting-read", "names the role"]]);
const readCite = cite(14, 10, 15, { layer: "identity", statement: 2, attached: "attached to prod:role/billing-eu" }, [["s3:GetObject", "is the action"], ["arn:aws:s3:::paperboat-invoices/*", "matches every object"]]);
const scpAllow = cite(13, 4, 4, { layer: "scp", attached: "attached to ou/staging" });
const scpDeny = cite(13, 5, 13, { layer: "scp", effect: "Deny", statement: 2, attached: "attached to ou/staging", outcome: "denies" }, [["arn:aws:s3:::paperboat-*", "matches the object"], ['"aws:ResourceAccount"', "111122223333 is not 444455556666, so the deny applies"]]);
const putCite = cite(11, 16, 21, { layer: "identity", statement: 3 }, [["s3:PutObject", "is the action"]]);
const bucketCite = cite(16, 4, 10, { layer: "resource", attached: "policy of s3://paperboat-invoices" });
const mfaCite = cite(15, 3, 9, { layer: "identity", outcome: "depends", attached: "attached to prod:user/dana" }, [["aws:MultiFactorAuthPresent", "must be true"]]);

/** @param {Partial<Step> & { relation: string, from: Thing, to: Thing }} about @returns {Step} */
function step(about) {
  return { action: null, if: [], sentence: `${about.from.name} ${about.relation} ${about.to.name}`, pins: [], because: [], method: null, requests: [], ...about };
}

const readStep = step({ relation: "reads", from: REPORTING, to: INVOICES, action: "s3:GetObject", pins: pins({ identity: pin(readCite), scp: pin(scpAllow) }), because: [readCite] });
const tail = [
  step({ relation: "runs as", from: FUNCTION, to: EXEC, sentence: "code in staging:lambda/nightly-report runs as staging:role/nightly-exec" }),
  step({ relation: "becomes", from: EXEC, to: REPORTING, action: "sts:AssumeRole", pins: pins({ identity: pin(becomeCite), resource: pin(becomeCite), scp: pin(scpAllow) }), because: [becomeCite] }),
  readStep,
];
/** @param {Thing} from */
function control(from) {
  return step({ relation: "controls", from, to: FUNCTION, action: "lambda:UpdateFunctionCode", sentence: `${from.name} can replace the code of staging:lambda/nightly-report`, pins: pins({ identity: pin(deployCite), scp: pin(scpAllow) }), because: [deployCite],
    method: { id: "lambda-003", title: "Replace the code of a function", misuse: "What runs there acts as the role.", fix: "Narrow it to the functions of this task.", check: "Simulate the action.", pages: [] },
  });
}

/** @param {Partial<Answer> & { label: string }} about @returns {Answer} */
function answer(about) {
  return { count: 1, who: [], on: [INVOICES], access: ["read"], actions: ["s3:GetObject"], if: [], depends_on: [], admin: false, outside: false, severity: null, ring: [], steps: [], ...about };
}

const billing = ["eu", "us", "uk", "jp", "br", "in", "ca"].map((region) => thing(`prod:role/billing-${region}`, "role", PROD));
const dana = thing("prod:user/dana", "user", PROD);
const hostile = thing(HOSTILE, "role", STAGING);

const BILLING_ANSWER = answer({
  label: "prod:role/billing-*", count: 7, who: billing,
  steps: [step({ relation: "reads", from: thing("prod:role/billing-eu", "role", PROD), to: INVOICES, action: "s3:GetObject", pins: pins({ identity: pin(readCite), scp: pin(scpAllow), resource: { state: "none" } }), because: [readCite] })],
});

const snapshot = { id: "2026-08-22T09:14:00Z", complete: false, accounts: 4, identities: 345 };
const NOT_SEEN = [{ call: "secretsmanager:GetResourcePolicy", where: "staging", things: 11, why: "AccessDenied" }];

/** @param {Partial<AnswerPage> & { question: AnswerPage["question"], sentence: string, verdict: AnswerPage["verdict"] }} about @returns {AnswerPage} */
function page(about) {
  return { schema: "clavicle.answer/1", snapshot, catalog: "2026-09-26", needs: [], answers: [], not_counted: { administrators: 0 }, pins: [], closest: [], cuts: [], not_seen: [], notes: [], next: null, ...about };
}

/** @type {AnswerPage} */
export const WHO_INVOICES = page({
  question: { verb: "who", by: "anyone", do: "read", on: "s3://paperboat-invoices", when: {}, text: "who can read s3://paperboat-invoices" },
  verdict: "yes",
  sentence: "10 identities can read s3://paperboat-invoices directly. 3 chains let others in, one of them from outside.",
  needs: [{ action: "kms:Decrypt", on: "prod:key/invoices", why: "default encryption of the bucket" }],
  answers: [
    BILLING_ANSWER,
    answer({ label: "prod:role/reporting-read", who: [REPORTING], steps: [readStep] }),
    answer({ label: "prod:user/dana", who: [dana], if: ["aws:MultiFactorAuthPresent is true"], depends_on: ["aws:MultiFactorAuthPresent"], steps: [step({ relation: "reads", from: dana, to: INVOICES, action: "s3:GetObject", if: ["aws:MultiFactorAuthPresent is true"], pins: pins({ identity: pin(mfaCite, "depends"), scp: pin(scpAllow) }), because: [mfaCite] })] }),
    answer({ label: HOSTILE, who: [hostile], steps: [step({ relation: "reads", from: hostile, to: INVOICES, action: "s3:GetObject", pins: pins({ identity: pin(readCite) }), because: [readCite] })] }),
    answer({ label: "account 999999999999", who: [UNKNOWN_ACCOUNT], outside: true, severity: "critical", steps: [step({ relation: "becomes", from: UNKNOWN_ACCOUNT, to: SHIPPER, action: "sts:AssumeRole", pins: pins({ trust: pin(trustCite), session: { state: "unseen" } }), because: [trustCite] }), control(SHIPPER), ...tail] }),
    answer({ label: "staging:role/deployer", count: 2, who: [DEPLOYER, thing("staging:role/deployer-2", "role", STAGING)], severity: "medium", steps: [control(DEPLOYER), ...tail] }),
    answer({ label: "staging:user/support-sam", who: [thing("staging:user/support-sam", "user", STAGING)], severity: "medium", steps: [control(thing("staging:user/support-sam", "user", STAGING)), ...tail] }),
  ],
  not_counted: { administrators: 2 },
  next: "clavicle can staging:role/deployer s3:PutObject s3://paperboat-invoices/2026/07.csv",
});

/** @type {AnswerPage} */
export const CAN_PUT = page({
  question: { verb: "can", by: "staging:role/deployer", do: "s3:PutObject", on: "s3://paperboat-invoices/2026/07.csv", when: {}, text: "can staging:role/deployer s3:PutObject s3://paperboat-invoices/2026/07.csv" },
  verdict: "no",
  sentence: "No: a service control policy denies it.",
  pins: pins({ identity: pin(putCite), resource: pin(bucketCite), scp: pin(scpDeny, "stops"), session: { state: "none" } }),
  closest: [BILLING_ANSWER],
  notes: ["A deny always wins: adding an allow elsewhere will not help."],
  next: "clavicle who s3://paperboat-invoices --do write",
});

/** @type {AnswerPage} */
export const WHAT_NIGHTLY = page({
  question: { verb: "what", by: "staging:lambda/nightly-report", do: null, on: null, when: {}, text: "what can staging:lambda/nightly-report do" },
  verdict: "yes",
  sentence: "staging:lambda/nightly-report reaches 2 things itself and 1 through another role.",
  answers: [
    answer({ label: "staging:logs/*", count: 9, access: ["write"], actions: ["logs:PutLogEvents"], who: [FUNCTION], on: [thing("staging:logs/nightly", "logs:log-group", STAGING)], steps: [step({ relation: "writes", from: EXEC, to: thing("staging:logs/nightly", "logs:log-group", STAGING), action: "logs:PutLogEvents", because: [cite(17, 5, 5, { layer: "identity", statement: 2 })] })] }),
    answer({ label: "s3://paperboat-invoices", who: [FUNCTION], severity: "high", steps: tail }),
  ],
});

/** @type {AnswerPage} */
export const WHO_SECRET = page({
  question: { verb: "who", by: "anyone", do: "read", on: "staging:secret/db-password", when: {}, text: "who can read staging:secret/db-password" },
  verdict: "unknown",
  sentence: "Unknown: the resource policy of staging:secret/db-password was not seen.",
  answers: [answer({ label: LONG, who: [thing(LONG, "role", STAGING)], depends_on: ["resource policy of staging:secret/db-password"], on: [thing("staging:secret/db-password", "secretsmanager:secret", STAGING)], actions: ["secretsmanager:GetSecretValue"], steps: [step({ relation: "reads", from: thing(LONG, "role", STAGING), to: thing("staging:secret/db-password", "secretsmanager:secret", STAGING), action: "secretsmanager:GetSecretValue", pins: pins({ identity: pin(putCite), resource: { state: "unseen", label: "policy of staging:secret/db-password" } }), because: [] })] })],
  not_seen: NOT_SEEN,
  notes: ["A policy that was not seen could allow or deny."],
});

/** @type {AnswerPage} */
export const WHO_COVERS = page({
  question: { verb: "who", by: "anyone", do: "delete", on: "s3://paperboat-covers", when: {}, text: "who can delete s3://paperboat-covers" },
  verdict: "no",
  sentence: "Nobody can delete s3://paperboat-covers.",
  closest: [answer({ label: "prod:role/covers-upload", access: ["write"], who: [thing("prod:role/covers-upload", "role", PROD)], steps: [] })],
});

/** A hundred groups in three accounts: more than fit on a screen as rows. @type {AnswerPage} */
export const WHO_LOGS = page({
  question: { verb: "who", by: "anyone", do: "list", on: "s3://paperboat-logs", when: {}, text: "who can list s3://paperboat-logs" },
  verdict: "yes",
  sentence: "100 groups of identities can list s3://paperboat-logs.",
  answers: Array.from({ length: 100 }, (_, index) => {
    const name = `${["prod", "staging", "tools"][index % 3]}:role/task-${index}`;
    return answer({ label: name, access: ["list"], who: [thing(name, "role")], steps: [step({ relation: "lists", from: thing(name, "role"), to: INVOICES, because: [readCite] })] });
  }),
});

export const ANSWERS = [WHO_INVOICES, CAN_PUT, WHAT_NIGHTLY, WHO_SECRET, WHO_COVERS, WHO_LOGS];

/** @type {Summary} */
export const SUMMARY = {
  schema: "clavicle.summary/1",
  snapshot: { ...snapshot, accounts_seen: snapshot.accounts, resources: 590, organization: "o-paperboat1" },
  catalog: "2026-09-26",
  demo: true,
  accounts: [
    { id: MANAGEMENT, name: "management", unit: null, identities: 12, things: 31 },
    { id: PROD, name: "prod", unit: "workloads/prod", identities: 214, things: 402 },
    { id: STAGING, name: "staging", unit: "workloads/staging", identities: 88, things: 120 },
    { id: TOOLS, name: "tools", unit: "tools", identities: 31, things: 37 },
  ],
  matters: [
    { name: "s3://paperboat-invoices", arn: "arn:aws:s3:::paperboat-invoices", why: "customer billing data", direct: 10, sentence: "10 identities read it, 3 chains lead to it" },
    { name: "s3://paperboat-customers", arn: "arn:aws:s3:::paperboat-customers", why: "personal data", direct: 4, sentence: "4 identities read or write it" },
  ],
  outside: [
    { name: "everyone", known: true, kind: "everyone", doors: 1, severity: null, sentence: "everyone can read s3://paperboat-covers" },
    { name: "account 999999999999", known: false, kind: "account", doors: 1, severity: "critical", sentence: "unknown account 999999999999 can become staging:role/LogShipper" },
    { name: "github.com", known: true, kind: "provider", doors: 1, severity: "high", sentence: "any branch of any repository of paperboat can become tools:role/ci-deploy" },
    { name: "Sailcheck", known: true, kind: "account", doors: 1, severity: null, sentence: "Sailcheck can become prod:role/sailcheck-read if sts:ExternalId is the agreed one" },
  ],
  counts: { accounts: 4, outside: 4, outside_rows: 4, not_known: 1 },
  questions: WHO_SUGGESTED(),
  not_seen: NOT_SEEN,
};

function WHO_SUGGESTED() {
  return [WHO_INVOICES, CAN_PUT, WHAT_NIGHTLY, WHO_SECRET].map((each) => each.question.text);
}

export const ORGANIZATION = lay({
  level: "organization",
  title: "Paperboat Books",
  crumbs: [{ label: "Paperboat Books", account: null, unit: null }],
  width: 1180, rowHeight: 104, shapeHeight: 60,
  bands: [
    { id: "outside", label: "OUTSIDE", width: 190, shapes: [
      { id: "outside:999999999999", kind: "outside", label: "999999999999", sub: "unknown account", known: false, outline: "dashed", mark: "critical", h: 46, sentence: "unknown account 999999999999" },
      { id: "provider:github", kind: "provider", label: "github.com", sub: "OIDC", outline: "dashed", mark: "high", h: 46, sentence: "identity provider github.com" },
      { id: "outside:sailcheck", kind: "outside", label: "Sailcheck", sub: "known vendor", known: true, outline: "dashed", h: 46, sentence: "Sailcheck, a known vendor" },
      { id: "everyone", kind: "everyone", label: "everyone", sub: "no sign-in", outline: "dashed", h: 46, sentence: "everyone, without signing in" },
    ] },
    { id: "accounts", label: "ACCOUNTS", width: 190, shapes: [
      { id: `acct:${STAGING}`, kind: "account", label: "staging", sub: "88 identities", account: STAGING, mark: "critical", sentence: "staging, 88 identities" },
      { id: `acct:${TOOLS}`, kind: "account", label: "tools", sub: "31 identities", account: TOOLS, mark: "high", sentence: "tools, 31 identities" },
      { id: `acct:${MANAGEMENT}`, kind: "account", label: "management", sub: "12 identities", account: MANAGEMENT, crown: "admin", sentence: "management, 12 identities" },
    ] },
    { id: "accounts2", label: "", width: 190, shapes: [
      { id: `acct:${PROD}`, kind: "account", label: "prod", sub: "214 identities, 402 things", account: PROD, sentence: "prod, 214 identities, 402 things" },
    ] },
    { id: "matters", label: "WHAT MATTERS", width: 220, shapes: [
      { id: "invoices", kind: "data", label: "s3://paperboat-invoices", sub: "customer billing data", crown: "matters", mark: "critical", h: 46, sentence: "s3://paperboat-invoices matters: customer billing data" },
      { id: "customers", kind: "data", label: "s3://paperboat-customers", sub: "personal data", crown: "matters", h: 46, sentence: "s3://paperboat-customers matters: personal data" },
      { id: "covers", kind: "data", label: "s3://paperboat-covers", sub: "public", h: 46, sentence: "s3://paperboat-covers" },
    ] },
  ],
  ribbons: [
    { from: "outside:999999999999", to: `acct:${STAGING}`, relation: "becomes", mark: "critical", sentence: "unknown account 999999999999 can become staging:role/LogShipper" },
    { from: "provider:github", to: `acct:${TOOLS}`, relation: "becomes", mark: "high", if: "sub is repo:paperboat/*:*", sentence: "github.com can become tools:role/ci-deploy if sub is repo:paperboat/*:*" },
    { from: "outside:sailcheck", to: `acct:${PROD}`, relation: "becomes", if: "ExternalId", sentence: "Sailcheck can become prod:role/sailcheck-read if sts:ExternalId is the agreed one" },
    { from: "everyone", to: "covers", relation: "touches", letters: "R", sentence: "everyone reads s3://paperboat-covers" },
    { from: `acct:${STAGING}`, to: `acct:${PROD}`, relation: "becomes", count: 3, sentence: "3 identities of staging can become 1 role of prod" },
    { from: `acct:${TOOLS}`, to: `acct:${PROD}`, relation: "controls", count: 9, sentence: "9 identities of tools control functions of prod" },
    { from: `acct:${MANAGEMENT}`, to: `acct:${PROD}`, relation: "becomes", count: 12, if: "MFA", sentence: "12 identities of management can become roles of prod if MFA" },
    { from: `acct:${PROD}`, to: "invoices", relation: "touches", count: 9, letters: "R", sentence: "9 identities of prod read s3://paperboat-invoices" },
    { from: `acct:${PROD}`, to: "customers", relation: "touches", count: 4, letters: "RW", sentence: "4 identities of prod read and write s3://paperboat-customers" },
    { from: `acct:${PROD}`, to: "covers", relation: "touches", count: 2, letters: "RW", sentence: "2 identities of prod read and write s3://paperboat-covers" },
  ],
});

export const STAGING_MAP = lay({
  level: "account",
  title: "staging",
  crumbs: [{ label: "Paperboat Books", account: null, unit: null }, { label: "staging", account: STAGING, unit: null }],
  width: 1180, rowHeight: 62, shapeHeight: 34,
  bands: [
    { id: "outside", label: "OUTSIDE", width: 160, shapes: [
      { id: "o:1", kind: "outside", label: "999999999999", known: false, outline: "dashed", mark: "critical", sentence: "unknown account 999999999999" },
      { id: "o:2", kind: "provider", label: "SSO", outline: "dashed", sentence: "identity provider SSO" },
    ] },
    { id: "entry", label: "ENTRY", width: 180, shapes: [
      { id: "e:shipper", kind: "role", label: "LogShipper", mark: "critical", members: ["staging:role/LogShipper"], sentence: "staging:role/LogShipper" },
      { id: "e:sso", kind: "role", label: "sso-dev", count: 6, members: ["staging:role/sso-dev-1", "staging:role/sso-dev-2"], sentence: "6 equal roles sso-dev" },
      { id: "e:sam", kind: "user", label: "support-sam", members: ["staging:user/support-sam"], sentence: "staging:user/support-sam" },
    ] },
    { id: "identities", label: "IDENTITIES", width: 190, shapes: [
      { id: "i:dev", kind: "role", label: "dev-*", count: 41, members: Array.from({ length: 41 }, (_, index) => `staging:role/dev-${index + 1}`), sentence: "41 equal roles dev-*" },
      { id: "i:deployer", kind: "role", label: "deployer", count: 2, mark: "medium", members: ["staging:role/deployer", "staging:role/deployer-2"], sentence: "2 equal roles deployer" },
      { id: "i:exec", kind: "role", label: "nightly-exec", members: ["staging:role/nightly-exec"], sentence: "staging:role/nightly-exec" },
      { id: "i:glass", kind: "role", label: "break-glass", crown: "admin", members: ["staging:role/break-glass"], sentence: "staging:role/break-glass, administrator" },
      { id: "i:ring", kind: "role", label: "ring of 3", count: 3, sub: "each can become the others", members: ["staging:role/a", "staging:role/b", "staging:role/c"], sentence: "3 roles that can each become the others" },
      { id: "i:hostile", kind: "role", label: HOSTILE.slice(8), members: [HOSTILE], sentence: HOSTILE },
      { id: "i:long", kind: "role", label: LONG.slice(8), members: [LONG], sentence: LONG },
    ] },
    { id: "workloads", label: "WORKLOADS", width: 180, shapes: [
      { id: "w:nightly", kind: "workload", label: "nightly-report", members: ["staging:lambda/nightly-report"], mark: "high", sentence: "staging:lambda/nightly-report" },
      { id: "w:web", kind: "workload", label: "web-*", count: 12, members: ["staging:lambda/web-1"], sentence: "12 equal functions web-*" },
    ] },
    { id: "things", label: "THINGS", width: 190, shapes: [
      { id: "t:logs", kind: "data", label: "logs", count: 9, members: ["s3://paperboat-logs-1"], sentence: "9 equal log buckets" },
      { id: "t:secrets", kind: "secret", label: "secrets", count: 11, outline: "wavy", members: ["staging:secret/db-password"], sentence: "11 secrets that were not seen" },
      { id: "t:stub", kind: "stub", label: "prod: 1 role", account: PROD, sentence: "continues in prod: 1 role" },
      { id: "t:key", kind: "secret", label: "key/staging", members: ["staging:key/staging"], sentence: "staging:key/staging" },
    ] },
  ],
  ribbons: [
    { from: "o:1", to: "e:shipper", relation: "becomes", mark: "critical", sentence: "unknown account 999999999999 can become staging:role/LogShipper" },
    { from: "o:2", to: "e:sso", relation: "becomes", count: 6, sentence: "people who sign in with SSO can become 6 roles sso-dev" },
    { from: "e:shipper", to: "w:nightly", relation: "controls", mark: "high", sentence: "staging:role/LogShipper can replace the code of staging:lambda/nightly-report" },
    { from: "e:sam", to: "w:nightly", relation: "controls", sentence: "staging:user/support-sam can replace the code of staging:lambda/nightly-report" },
    { from: "e:sso", to: "i:dev", relation: "becomes", count: 246, if: "MFA", sentence: "6 roles sso-dev can become 41 roles dev-* if MFA" },
    { from: "i:deployer", to: "w:nightly", relation: "controls", count: 2, sentence: "2 roles deployer can replace the code of staging:lambda/nightly-report" },
    { from: "i:deployer", to: "w:web", relation: "controls", count: 24, sentence: "2 roles deployer can replace the code of 12 functions web-*" },
    { from: "w:nightly", to: "i:exec", relation: "runs as", sentence: "staging:lambda/nightly-report runs as staging:role/nightly-exec" },
    { from: "i:exec", to: "t:stub", relation: "becomes", sentence: "staging:role/nightly-exec can become prod:role/reporting-read" },
    { from: "i:dev", to: "t:logs", relation: "touches", letters: "LR", count: 369, sentence: "41 roles dev-* list and read 9 log buckets" },
    { from: "i:hostile", to: "t:key", relation: "touches", letters: "X", sentence: `${HOSTILE} uses staging:key/staging` },
    { from: "w:web", to: "t:secrets", relation: "touches", letters: "R", count: 12, sentence: "12 functions web-* perhaps read 11 secrets that were not seen" },
  ],
  tray: [{ label: "roles without a line", count: 12, members: ["staging:role/unused-1", "staging:role/unused-2"] }],
});

/** An account with nothing but a few users. @param {{ id: string, name: string }} account */
export function plainMap(account) {
  return lay({
    level: "account", title: account.name, crumbs: [{ label: "Paperboat Books", account: null, unit: null }, { label: account.name, account: account.id, unit: null }],
    width: 1180, rowHeight: 62, shapeHeight: 34,
    bands: [
      { id: "entry", label: "ENTRY", width: 180, shapes: [{ id: "e:admin", kind: "user", label: "root", crown: "admin", sentence: `the root user of ${account.name}` }] },
      { id: "identities", label: "IDENTITIES", width: 190, shapes: [{ id: "i:ops", kind: "role", label: "ops", sentence: `${account.name}:role/ops`, members: [`${account.name}:role/ops`] }] },
      { id: "things", label: "THINGS", width: 190, shapes: [{ id: "t:data", kind: "data", label: "data", count: 4, sentence: "4 equal buckets" }] },
    ],
    ribbons: [{ from: "i:ops", to: "t:data", relation: "touches", letters: "RW", count: 4, sentence: `${account.name}:role/ops reads and writes 4 buckets` }],
  });
}

/** @type {Record<string, Step[]>} */
const WHY_STEPS = {
  [`becomes|outside:999999999999|acct:${STAGING}`]: WHO_INVOICES.answers[4]?.steps.slice(0, 1) ?? [],
  "becomes|o:1|e:shipper": WHO_INVOICES.answers[4]?.steps.slice(0, 1) ?? [],
  "controls|e:shipper|w:nightly": [control(SHIPPER)],
  "runs as|w:nightly|i:exec": tail.slice(0, 1),
  "becomes|i:exec|t:stub": tail.slice(1, 2),
};

/**
 * @param {import("../../src/api/map").MapPage} map @param {string} id @param {number | null} pair
 * @returns {import("../../src/api/map").WhyPage | null}
 */
export function why(map, id, pair) {
  const ribbon = map.ribbons.find((each) => each.id === id);
  if (ribbon === undefined) return null;
  const steps = WHY_STEPS[id];
  const from = map.shapes.find((shape) => shape.id === ribbon.from);
  const to = map.shapes.find((shape) => shape.id === ribbon.to);
  const pairs = steps === undefined
    ? Array.from({ length: Math.min(ribbon.count, 200) }, (_, index) => ({
      from: thing(from?.members[index % Math.max(1, from.members.length)] ?? `${from?.label} ${index + 1}`, "role"),
      to: thing(to?.members[0] ?? to?.label ?? "", "s3:bucket"), if: ribbon.if === null ? [] : [ribbon.if], access: ribbon.relation === "touches" ? ["read"] : [],
      only_if: ribbon.relation === "touches" && ribbon.if !== null ? ["read"] : [],
    }))
    : steps.slice(0, 1).map((each) => ({ from: each.from, to: each.to, if: each.if, access: [], only_if: [] }));
  const chosen = pair === null ? undefined : pairs[pair];
  return {
    schema: "clavicle.why/1", ribbon: id, sentence: ribbon.sentence, total: ribbon.count, pairs, pair,
    steps: chosen === undefined ? [] : (steps ?? [step({ relation: ribbon.relation === "touches" ? "reads" : ribbon.relation, from: chosen.from, to: chosen.to, if: chosen.if, pins: pins({ identity: pin(readCite), scp: pin(scpAllow) }), because: [readCite] })]),
  };
}
