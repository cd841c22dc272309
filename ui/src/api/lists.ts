import type { Answer, AnswerPage, Citation, NotSeen, Severity, Thing, Verdict } from "./answer";

/** One value that a list can be narrowed to, and how many rows it leaves. */
export interface Facet {
  id: string;
  label: string;
  count: number;
}

/** What all lists say: how many rows the choices leave, and the place of the first that was sent. */
export interface ListHead {
  sentence: string;
  total: number;
  /** How many rows these are, where some are put together; else as many. */
  lines?: number;
  from: number;
  not_seen: NotSeen[];
  notes: string[];
  snapshot: { id: string; complete: boolean; identities: number };
}

export interface Finding {
  id: string;
  rule: string;
  severity: Severity;
  reason: string;
  sentence: string;
  cause: { thing: Thing; document: string | null; statement: number | null; sid: string | null; line: number | null };
  reaches: { access: string; kind: string; count: number; matter: string[] }[];
  fix: string;
  because: Citation[];
  accepted: { who: string; why: string; until: string } | null;
}

/** `clavicle.findings/1`: what the rules found, a screenful. */
export interface FindingsPage extends ListHead {
  schema: "clavicle.findings/1";
  as_of: string | null;
  counts: Record<Severity | "accepted", number>;
  state: "open" | "accepted" | "gone";
  findings: Finding[];
  rules: Facet[];
  accounts: Facet[];
  units: Facet[];
  severities: Facet[];
}

/** `clavicle.finding/1`: one finding with its statements and the words of its rule. */
export interface FindingPage {
  schema: "clavicle.finding/1";
  finding: Finding;
  rule: { id: string; title: string; means: string; why: string; fix: string; severity: string; sources: string[] };
}

export interface Guard {
  kind: string;
  key: string;
  values: string[];
  keeps_out: boolean;
  remark: string;
  text: string;
}

export interface Way {
  rule: string;
  from: string;
  standing: string;
  outsider: string;
  known: { name: string; by: string; why: string | null; until: string | null; source: string | null } | null;
  door: string;
  opening: "allowed" | "if" | "unknown" | "blocked";
  blocked_by: string | null;
  guards: Guard[];
  guarded: boolean;
  subjects: string | null;
  missing: string[];
  public: boolean;
  reaches: { thing: string; kind: string; access: string; steps: number; conditional: boolean }[];
  last_used: string | null;
  last_used_seen: boolean;
  accepted: { by: string; why: string; until: string; expired: boolean } | null;
}

export interface WayAnswer extends Answer {
  way: Way | null;
}

export interface WayRow extends WayAnswer {
  key: string;
  /** The row stands for several, of which this is the first. */
  alike?: Alike;
  /** One of those that were opened: the id of their row. */
  within?: string;
}

/** Ways in that differ in their door alone, and in the value of an external id. */
export interface Alike {
  count: number;
  id: string;
  open: boolean;
  doors: string;
  behind: string | null;
  ids_differ: boolean;
  last_used: string | null;
  last_used_seen: boolean;
}

/** `clavicle.border/1`: who gets in from outside, a screenful. */
export interface BorderPage extends ListHead {
  schema: "clavicle.border/1";
  verdict: Verdict;
  /** Who gets in, whatever the choices leave. */
  counts: { outside: number; not_known: number };
  /** How many rows there are, those that are alike as one. */
  lines: number;
  ways: WayRow[];
  /** What the rows that were sent are put together by. `from`: the place of its first row. */
  groups: { label: string; count: number; from: number; lines: number }[];
  standings: Facet[];
  accounts: Facet[];
  units: Facet[];
  severities: Facet[];
  openings: Facet[];
}

/** `clavicle.way/1`: one way in with its steps. */
export interface WayPage {
  schema: "clavicle.way/1";
  key: string;
  way: WayAnswer;
}

export interface PolicyLine {
  name: string;
  kind: string;
  account: string | null;
  seen: boolean;
  editable: boolean;
  attached: number;
  attached_to: string[];
  /** Attached to somebody, or to others, of whom it is known after deployment only who they are. */
  known_later: boolean;
  statements: number;
  tasks: number;
  equal: number;
  near: number;
}

/** `clavicle.policies/1`: every policy, a screenful. */
export interface PoliciesPage extends ListHead {
  schema: "clavicle.policies/1";
  policies: PolicyLine[];
  lenses: Facet[];
  kinds: Facet[];
  accounts: Facet[];
  units: Facet[];
}

export interface Reached {
  access: string;
  kind: string;
  count: number;
  matter: string[];
}

/** What one policy is for, as a part of the answer about it. */
export interface PolicySheet {
  kind: string;
  version: string | null;
  versions: number;
  actions: number;
  bearers: number;
  bounds: number;
  permission_sets: string[];
  tasks: { name: string; by: string; bearers: string[] }[];
  follows_bearer: boolean;
  size: { characters: number; most: number | null } | null;
  equal: string[];
  near: { document: string; line: number | null; sid: string | null; other_line: number | null; other_sid: string | null }[];
  statements: { statement: number; gives: Reached[]; redundant: string | null; idle: string | null }[];
}

/** How many of those who have a policy used what a part of it gives. `because`: why that cannot be known of the rest. */
export interface UsedBy {
  used: number;
  unused: number;
  unknown: number;
  because: string | null;
}

/** `clavicle.policy-used/1`: who used what a policy gives; null where a part gives nothing. */
export interface PolicyUsedPage {
  schema: "clavicle.policy-used/1";
  since: string;
  has: number;
  looked: number;
  whole: UsedBy | null;
  statements: (UsedBy | null)[];
}

/** The answer to what a policy gives, one answer per statement. */
export interface PolicyAnswer extends AnswerPage {
  policy: PolicySheet | null;
}

export type CellState = "seen" | "partial" | "denied" | "failed" | "not tried" | "unsupported" | "none";

export interface Gap {
  call: string;
  state: CellState;
  why: string;
  places: string[];
  place_count: number;
  things: number;
  unseen: string[];
  unseen_count: number;
}

/** `clavicle.coverage/1`: what was seen by account and service, and what is missing. */
export interface DataPage {
  schema: "clavicle.coverage/1";
  snapshot: { id: string; complete: boolean; accounts: number; identities: number };
  catalog: string;
  sentence: string;
  regions: number;
  services: string[];
  accounts: { id: string | null; name: string; cells: CellState[] }[];
  gaps: Gap[];
  sources: { file: string; kind: string; bytes: number; modified: string | null }[];
  warnings: { place: string; text: string }[];
  total: number;
  from: number;
  choices: Facet[];
  units: Facet[];
}

export type SeverityCounts = Record<"critical" | "high" | "medium" | "low", number>;

/** `clavicle.since/1`: open findings beside those of about a week ago. */
export interface SincePage {
  schema: "clavicle.since/1";
  /** The other snapshot; null: there is none. */
  with: string | null;
  id: string | null;
  new: SeverityCounts;
  gone: SeverityCounts;
}
