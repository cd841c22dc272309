import type { Citation } from "../api/answer";
import { address } from "../api/call";

/** A changed text of a policy, and in words what was changed. */
export interface PolicyDraft {
  text: string;
  says: string;
}

type Statement = Record<string, unknown>;

/**
 * The text in which the cited statement does not let this action through any more: without the action where others stand
 * beside it, guarded by an external id where a trust policy lets in somebody outside without one, else without the
 * statement. Lines outside of the statement stay as they are. Null: the text cannot be read, or the statement denies.
 */
export function closingDraft(text: string, citation: Citation, action: string | null, fromOutside: boolean): PolicyDraft | null {
  const statement = statementAt(text, citation.statement);
  if (statement === null || statement.Effect !== "Allow") return null;
  if (citation.layer === "trust" && fromOutside && lacksExternalId(statement)) {
    const condition = { ...(objectOf(statement.Condition) ?? {}), StringEquals: { ...(objectOf(objectOf(statement.Condition)?.StringEquals) ?? {}), "sts:ExternalId": "an-id-agreed-with-them" } };
    return replaced(text, citation, { ...statement, Condition: condition }, "asks for an external id that was agreed on");
  }
  const { Action: actions } = statement;
  if (action !== null && Array.isArray(actions) && actions.every((each) => typeof each === "string")) {
    // A pattern that matches the action gives it as well as its name does.
    const gone = actions.filter((each) => matches(each, action));
    const left = actions.filter((each) => !gone.includes(each));
    if (left.length > 0 && gone.length > 0) return replaced(text, citation, { ...statement, Action: left }, `has ${gone.join(" and ")} no more`);
  }
  return withoutStatement(text, citation);
}

/**
 * Does an entry of `Action` match an action? IAM User Guide, "IAM JSON policy elements: Action": names are compared without
 * regard to case, and `*` and `?` stand for any letters and for one.
 */
function matches(pattern: string, action: string): boolean {
  const parts = pattern.split(/([*?])/).map((part) => (part === "*" ? ".*" : part === "?" ? "." : part.replace(/[^\w]/g, "\\$&")));
  return new RegExp(`^${parts.join("")}$`, "is").test(action);
}

function statementAt(text: string, place: number): Statement | null {
  const all = statementsOf(parsed(text));
  return all[place - 1] ?? null;
}

function statementsOf(policy: Record<string, unknown> | null): Statement[] {
  const statements = policy?.Statement;
  const all: unknown[] = Array.isArray(statements) ? statements : [statements];
  return all.map(objectOf).filter((each) => each !== null);
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return null;
  }
}

function objectOf(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
}

/** Does a statement of a trust policy let somebody from outside in without an external id? */
export function asksNoExternalId(citation: Citation): boolean {
  const statement = parsed(citation.text.replace(/,\s*$/, ""));
  return citation.layer === "trust" && statement?.Effect === "Allow" && lacksExternalId(statement);
}

/** Does a trust policy name another account, and ask for nothing? */
function lacksExternalId(statement: Statement): boolean {
  const principal = objectOf(statement.Principal)?.AWS;
  const names = (Array.isArray(principal) ? principal : [principal]).filter((each) => typeof each === "string");
  const keys = Object.values(objectOf(statement.Condition) ?? {}).flatMap((each) => Object.keys(objectOf(each) ?? {}));
  return names.length > 0 && !keys.some((key) => key.toLowerCase() === "sts:externalid");
}

/** Only the lines of the statement are written anew, where it has lines of its own. */
function replaced(text: string, citation: Citation, statement: Statement, says: string): PolicyDraft | null {
  const lines = text.split("\n");
  const own = lines.slice(citation.line - 1, citation.end_line);
  const indent = /^\s*/.exec(own[0] ?? "")?.[0] ?? "";
  const comma = /,\s*$/.test(own.at(-1) ?? "") ? "," : "";
  const written = `${JSON.stringify(statement, null, 2)}${comma}`.split("\n").map((line) => indent + line);
  const draft = [...lines.slice(0, citation.line - 1), ...written, ...lines.slice(citation.end_line)].join("\n");
  return checked(draft, text, citation, statement, says);
}

function withoutStatement(text: string, citation: Citation): PolicyDraft | null {
  const policy = parsed(text);
  const all = statementsOf(policy);
  if (policy === null || all.length < 2) return null;
  const lines = text.split("\n");
  const before = lines.slice(0, citation.line - 1);
  const after = lines.slice(citation.end_line);
  // The last statement has no comma behind it, so the one before it loses its own.
  if (citation.statement === all.length) before[before.length - 1] = (before.at(-1) ?? "").replace(/,\s*$/, "");
  return checked([...before, ...after].join("\n"), text, citation, null, "is gone");
}

/** What was made has to mean what is said of it: the one statement is another or gone, all others are as they were. */
function checked(draft: string, text: string, citation: Citation, statement: Statement | null, says: string): PolicyDraft | null {
  const before = parsed(text);
  if (before === null) return null;
  const wanted = statementsOf(before).flatMap((each, index) => (index === citation.statement - 1 ? (statement ?? []) : each));
  const made = parsed(draft);
  const same = made !== null && JSON.stringify(statementsOf(made)) === JSON.stringify(wanted);
  return { text: same ? draft : JSON.stringify({ ...before, Statement: wanted }, null, 2), says };
}

/** The call that tells the text of a cited document, and which of those that have it is meant. */
export function citedAddress(citation: Citation): string {
  return address("document", { id: citation.document_id ?? 0, cited: citation.document });
}

/**
 * The name under which Changes takes a policy that was cited: the one of these names that is the cited document. A managed
 * policy is cited without its account, which is that of whoever has it. Null: none of them, or it cannot be told which.
 */
export function editableName(editable: string[], citation: Citation): string | null {
  if (editable.includes(citation.document)) return citation.document;
  const { attached } = citation;
  const named = editable.filter((name) => name.endsWith(`:${citation.document}`));
  const accountOf = (name: string) => name.slice(0, -citation.document.length);
  const isBearers = (name: string) => attached !== null && ["user", "role", "group"].some((kind) => ` ${attached}`.includes(` ${accountOf(name)}${kind}/`));
  // Of `a:` and `of a:` the longer is what was said.
  const [own] = named.filter(isBearers).sort((a, b) => b.length - a.length);
  if (own !== undefined) return own;
  const isOfSome = attached !== null && /:(?:user|role|group)\//.test(attached);
  return isOfSome || named.length !== 1 ? null : (named[0] ?? null);
}
