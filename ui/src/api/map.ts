import type { PairAccess } from "../panel/pairWords";
import type { Pin, Severity, Step, Thing } from "./answer";

export type ShapeKind =
  | "account" | "unit" | "user" | "role" | "group" | "workload" | "data" | "secret"
  | "outside" | "provider" | "everyone" | "service" | "stub" | "more";

export type Relation = "becomes" | "controls" | "runs as" | "touches";

/** Of two states on one map: only before, only after, or both. */
export type Change = "gone" | "new" | "same";

export interface Shape {
  id: string;
  band: string;
  kind: ShapeKind;
  label: string;
  sub: string | null;
  count: number;
  /** The service whose things it stands for, if it is one. */
  service: string | null;
  /** Have all of these the same access, or are they only drawn together? */
  equal: boolean;
  x: number;
  y: number;
  w: number;
  h: number;
  outline: "solid" | "double" | "dashed" | "wavy";
  known: boolean | null;
  mark: Severity | null;
  crown: "admin" | "matters" | null;
  /** What it opens: the map of an account, or of an organizational unit by its id. */
  account: string | null;
  unit: string | null;
  members: string[];
  sentence: string;
  change?: Change;
  /** The question that tells the chains to it, where it matters. The program sends it apart, in the marks of a map. */
  asks?: string;
}

export interface Ribbon {
  id: string;
  from: string;
  to: string;
  relation: Relation;
  count: number;
  letters: string | null;
  /** Where the letters stand: their right end, on the base line. Null where there is no room. */
  letters_at: { x: number; y: number } | null;
  width: number;
  mark: Severity | null;
  if: string | null;
  /** Whether it holds is not known: each of its pairs turns on something that was not seen. */
  unseen: boolean;
  path: string;
  label: { x: number; y: number; text: string } | null;
  sentence: string;
  change?: Change;
  /** The first pairs that come or go. */
  pairs?: [string, string][];
  /** Of a folded band: the lines of the map that it stands for. The program sends none. */
  parts?: Ribbon[];
}

export interface Row {
  from: string;
  relation: string;
  to: string;
  count: number;
  if: string | null;
  mark: Severity | null;
  ribbon: string;
  change?: Change;
}

export interface Lane {
  shape: string;
  band: string;
  /** Of many columns: those of one service stand together. */
  service: string | null;
  /** Not all of it was seen: an empty cell is no “no”. */
  unseen: boolean;
}

export interface MatrixCell {
  row: number;
  column: number;
  lines: { ribbon: string; relation: Relation; letters: string; conditional: boolean; unseen: boolean; count: number }[];
}

/** The same shapes and lines as rows, columns and cells; alike stands beside alike. */
export interface Matrix {
  rows: Lane[];
  columns: Lane[];
  cells: MatrixCell[];
  /** Is it read more easily than the drawing? */
  dense: boolean;
}

/** `clavicle.cells/1`: what the cells of a matrix have beside its lines; rows and columns by their shapes. */
export interface CellsPage {
  schema: "clavicle.cells/1";
  /** Somebody of the row gets to a thing of the column by way of others: the most certain way. */
  by_others: { row: string; column: string; letter: string; steps: number; verdict: "yes" | "depends" | "unknown"; ask: string }[];
  /** It is granted, and a Deny takes it. */
  denied: { row: string; column: string; letter: string; ask: string }[];
  /** What was not looked at, in sentences. */
  notes: string[];
}

/** What leads to a shape that stands for what matters, and the question that tells it. */
export interface ChainMark {
  shape: string;
  mark: Severity | null;
  chains: number;
  sentence: string;
  ask: string;
}

/** `clavicle.marks-of-two/1`: the same where two states are one map, in each of them. */
export interface MarksOfTwoPage {
  schema: "clavicle.marks-of-two/1";
  before: ChainMark[];
  after: ChainMark[];
  /** The worst of the two, in words what it was and what it is. */
  both: ChainMark[];
  notes: string[];
}

/** `clavicle.marks/1`: what leads to the shapes of a map that stand for what matters. */
export interface MarksPage {
  schema: "clavicle.marks/1";
  marks: ChainMark[];
  /** What was not looked at, in sentences. */
  notes: string[];
}

/** `clavicle.map/1`: one drawing. The server computed every place; this side only draws. */
export interface MapPage {
  schema: "clavicle.map/1";
  level: "organization" | "unit" | "account";
  title: string;
  crumbs: { label: string; account: string | null; unit: string | null }[];
  width: number;
  height: number;
  bands: { id: string; label: string; x: number; width: number }[];
  shapes: Shape[];
  ribbons: Ribbon[];
  tray: { label: string; count: number; members: string[] }[];
  rows: Row[];
  matrix: Matrix;
  /** Of two states: how many lines there are of each kind. */
  change?: { gone: number; new: number; same: number; left_out: number };
  /** What was not looked for, in sentences. */
  notes?: string[];
}

/** `clavicle.why/1`: the pairs one ribbon stands for, and the steps of the chosen pair. */
export interface WhyPage {
  schema: "clavicle.why/1";
  ribbon: string;
  sentence: string;
  total: number;
  pairs: ({ from: Thing; to: Thing } & PairAccess)[];
  pair: number | null;
  steps: Step[];
}

/** What makes a pair on one side, or what was decided of the same request there. */
export interface SideWhy {
  steps: Step[];
  refused: { sentence: string; pins: Pin[] } | null;
}

/** `clavicle.why-of-two/1`: the pairs of a line on a map of two states, and the statements of both for the chosen one. */
export interface WhyOfTwoPage {
  schema: "clavicle.why-of-two/1";
  ribbon: string;
  sentence: string;
  total: number;
  pairs: { from: Thing; to: Thing; before: PairAccess | null; after: PairAccess | null }[];
  pair: number | null;
  before: SideWhy | null;
  after: SideWhy | null;
}
