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
    /** Of how many of the accounts anything was seen. */
    accounts_seen: number;
    organization: string | null;
  };
  catalog: string;
  demo: boolean;
  accounts: AccountSummary[];
  matters: { name: string; arn: string | null; why: string | null; direct: number | null; sentence: string }[];
  outside: {
    name: string;
    known: boolean;
    kind: string;
    doors: number;
    severity: Severity | null;
    sentence: string;
  }[];
  /** How many there are: of accounts and outsiders the first are sent. */
  counts: { accounts: number; outside: number; outside_rows: number; not_known: number };
  questions: string[];
  not_seen: NotSeen[];
}

export interface AccountSummary {
  id: string;
  name: string;
  unit: string | null;
  identities: number;
  things: number;
}

/** `clavicle.accounts/1`: a screenful of accounts. */
export interface AccountsPage {
  schema: "clavicle.accounts/1";
  total: number;
  from: number;
  accounts: AccountSummary[];
}

/** How far reading the snapshot has come. */
export interface Status {
  state: "loading" | "stopped" | "ready" | "failed" | "nothing";
  step: string | null;
  done: number;
  total: number;
  error: string | null;
  /** While it is loading: what was read so far. */
  seen?: Seen;
  /** What is read may be chosen here: nothing was named, and nothing is saved. */
  choice?: true;
}

/** `clavicle.begin/1`: what choosing takes. */
export interface BeginPage {
  schema: "clavicle.begin/1";
  /** The calls that reading AWS makes. */
  calls: string[];
}

/** What is known of a snapshot before it can be asked; no accounts are known until all of it was read. */
export interface Seen {
  identities: number;
  things: number;
  accounts: number;
  rows: { id: string; name: string; identities: number; things: number }[];
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
  /** The policies that have this text and can be tried with another, by name; of very many the first, or those that were cited. */
  editable: string[];
  /** Nobody of these accounts can change it, whatever has it. */
  aws_own: boolean;
}
