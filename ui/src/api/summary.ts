import type { NotSeen, Severity } from "./answer";

/** `clavicle.summary/1`: what the home view says before anyone asks. */
export interface Summary {
  schema: "clavicle.summary/1";
  snapshot: {
    id: string;
    complete: boolean;
    accounts: number;
    identities: number;
    resources: number;
    organization: string | null;
  };
  catalog: string;
  demo: boolean;
  accounts: { id: string; name: string; unit: string | null; identities: number; things: number }[];
  matters: { name: string; arn: string | null; why: string | null; direct: number | null; sentence: string }[];
  outside: {
    name: string;
    known: boolean;
    kind: string;
    doors: number;
    severity: Severity | null;
    sentence: string;
  }[];
  questions: string[];
  not_seen: NotSeen[];
}

/** How far reading the snapshot has come. */
export interface Status {
  state: "loading" | "ready" | "failed";
  step: string | null;
  done: number;
  total: number;
  error: string | null;
}

export interface Completion {
  value: string;
  label: string | null;
  hint: string | null;
  kind: string | null;
}

export interface StoredDocument {
  id: number;
  name: string;
  kind: string;
  text: string;
  attached: string[];
  /** The policies that have this text and can be tried with another, by name. */
  editable: string[];
}
