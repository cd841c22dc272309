/** The answer format `clavicle.answer/1`: what the server says to a question. All names are untrusted text. */

export type Severity = "critical" | "high" | "medium" | "low";
export type Verdict = "yes" | "no" | "depends" | "unknown";
export type PinState = "turns" | "none" | "stops" | "unseen" | "depends";

export interface Thing {
  name: string;
  arn: string | null;
  kind: string;
  account: string | null;
}

/** A stretch of one line that made the difference; columns count characters of that line, from 0. */
export interface Mark {
  line: number;
  start: number;
  end: number;
  text: string;
}

export interface Citation {
  document: string;
  document_id: number | null;
  layer: string;
  effect: string;
  sid: string | null;
  statement: number;
  line: number;
  end_line: number;
  text: string;
  attached: string | null;
  marks: Mark[];
  outcome: string;
}

export interface Pin {
  layer: string;
  state: PinState;
  label: string | null;
  line: number | null;
  citations: Citation[];
}

/** A method of getting from one to the other, in plain words. */
export interface StepMethod {
  id: string;
  title: string;
  misuse: string;
  fix: string;
  check: string;
  pages: string[];
}

/** One request of a method. `chosen`: keys that whoever asks may choose. */
export interface StepAsk {
  by: string;
  action: string;
  on: string;
  with: Record<string, string | null>;
  chosen: string[];
  because: Citation[];
}

export interface Step {
  relation: string;
  from: Thing;
  to: Thing;
  action: string | null;
  if: string[];
  sentence: string;
  pins: Pin[];
  because: Citation[];
  method: StepMethod | null;
  requests: StepAsk[];
}

export interface Answer {
  label: string;
  count: number;
  who: Thing[];
  on: Thing[];
  access: string[];
  actions: string[];
  if: string[];
  depends_on: string[];
  admin: boolean;
  outside: boolean;
  severity: Severity | null;
  ring: Thing[];
  steps: Step[];
}

export interface NotSeen {
  call: string;
  where: string;
  things: number;
  why: string;
}

export interface Asked {
  verb: string;
  by: string | null;
  do: string | null;
  on: string | null;
  when: Record<string, string[]>;
  text: string;
}

/** Statements that break every chain to one thing, if they are narrowed. */
export interface Cut {
  to: string;
  breaks: number;
  smallest: boolean;
  statements: Citation[];
  /** Other steps that would be gone too, the first of them. */
  lost: string[];
  sentence: string;
}

export interface AnswerPage {
  schema: "clavicle.answer/1";
  question: Asked;
  verdict: Verdict;
  sentence: string;
  snapshot: { id: string; complete: boolean; accounts: number; identities: number };
  catalog: string;
  needs: { action: string; on: string; why: string }[];
  answers: Answer[];
  not_counted: { administrators: number };
  pins: Pin[];
  closest: Answer[];
  cuts: Cut[];
  not_seen: NotSeen[];
  notes: string[];
  next: string | null;
}
