import type { Answer, Citation, Thing } from "./answer";

/** A fault of a policy text; `from` and `to` count UTF-16 units from its beginning. */
export interface Fault {
  id: string;
  severity: "error" | "security" | "warning" | "suggestion";
  /** AWS would not take the text. */
  refused: boolean;
  message: string;
  help: string | null;
  /** Why it matters, where a rule says so. */
  why: string | null;
  line: number;
  from: number;
  to: number;
}

/** `clavicle.lint/1`. */
export interface LintPage {
  schema: "clavicle.lint/1";
  faults: Fault[];
}

export interface AccessChange {
  change: string;
  widens: boolean;
  label: string;
  who: Thing[];
  access: string[];
  on: Thing[];
  count: number;
  had: number;
  matters: boolean;
  sentence: string;
  because: Citation[];
}

/** `clavicle.try/1`: what a change would come to. Lists hold the first of each; `counts` says how many there are. */
export interface TryPage {
  schema: "clavicle.try/1" | "clavicle.compared/1";
  old: { id: string };
  new: { id: string };
  verdict: "widens" | "narrows" | "changes" | "same" | "unknown";
  sentence: string;
  access: AccessChange[];
  documents: { document: string; verdict: string; in_use: boolean; more: string[]; less: string[]; doubts: string[] }[];
  attachments: { policy: string; bearer: string; change: string; may_widen: boolean }[];
  opened: Answer[];
  closed: Answer[];
  ways_opened: Answer[];
  ways_closed: Answer[];
  /** What was in use and is lost, or may be; null: there is no evidence. */
  breaks: { who: Thing; action: string; on: string | null; uses: number | null; last_used: string | null; certain: boolean }[] | null;
  notes: string[];
  counts: { access: number; attachments: number; opened: number; closed: number; ways_opened: number; ways_closed: number; breaks: number };
}

/** A change as the program takes it. */
export type Edit = { policy: string; text: string } | { policy: string; delete: true } | { policy: string; attach: string } | { policy: string; detach: string } | { policy: string; bound: string } | { unbound: string };

/** `clavicle.snapshots/1`: the saved snapshots, the newest first. */
export interface SnapshotsPage {
  schema: "clavicle.snapshots/1";
  snapshots: { name: string; bytes: number; open: boolean }[];
}
