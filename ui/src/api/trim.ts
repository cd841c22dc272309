import type { Thing } from "./answer";
import type { Facet, ListHead } from "./lists";

/** What an answer about use rests on; `logs` holds the first accounts, `accounts` says how many there are. */
export interface EvidenceShown {
  logs: { account: string; from: string | null; to: string | null; reach_back: boolean; events: number; data_events: string[] }[];
  last_accessed: number;
  unmapped_events: number;
  any: boolean;
  accounts: number;
  logged: number;
}

/** One user or role, or several that are equal and used nothing: granted against used, in numbers of each. */
export interface UseLine {
  thing: Thing;
  label: string;
  count: number;
  members: string[];
  standing: "in use" | "did nothing" | "cannot be known";
  last_used: string | null;
  because: string | null;
  granted: number;
  used: number;
  unknown: number;
  unused: number;
  partly_seen: boolean;
}

/** `clavicle.granted/1`: every user and role, a screenful. */
export interface GrantedPage extends ListHead {
  schema: "clavicle.granted/1";
  since: string;
  evidence: EvidenceShown;
  identities: UseLine[];
  standings: Facet[];
  accounts: Facet[];
  units: Facet[];
  kinds: Facet[];
}

/** Actions of one service; no names where these are all that the service has. */
export interface ServiceActions {
  service: string;
  count: number;
  whole: boolean;
  actions: string[];
}

export interface PermissionsUsed {
  thing: Thing;
  granted: number;
  used: number;
  unknown: number;
  unused: number;
  partly_seen: boolean;
  used_actions: { action: string; last: string; count: number | null; needed_by: string | null; on: string[] }[];
  unused_actions: ServiceActions[];
  unknown_actions: { because: string; services: ServiceActions[] }[];
  refused: string[];
}

/** As `clavicle.trim/1`; what is absent there is absent here. */
export interface TrimPlan {
  sentence: string;
  steps: { document: string; change: string; why: string; diff: string[] }[];
  apply: string;
  rollback: string;
  needs: { action: string; on?: string; why?: string; count?: number; last?: string }[];
  kept: { actions: string[]; why: string; document: string }[];
  removed: ServiceActions[];
  unmet: { action: string; on?: string; because: string }[];
  verified: { allowed: number; as_before: number; minimal: boolean; within: "proved" | "asked" | "task"; requests?: number };
  notes: string[];
}

/** `clavicle.plan/1`: one user or role, and the plan that would take from it what was not used. */
export interface PlanPage {
  schema: "clavicle.plan/1";
  who: string;
  /** The first of what runs as it. */
  workloads: string[];
  workload_count: number;
  since: string;
  evidence: EvidenceShown;
  permissions: PermissionsUsed | null;
  plan: TrimPlan | null;
  refused: { error: string; hint: string | null } | null;
  enough: { policy: string; terraform: string | null; cloudformation: string | null } | null;
  files: { name: string; text: string }[];
  notes: string[];
}
