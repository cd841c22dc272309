/**
 * Where the person is: everything needed to come back is in the URL fragment, so a link, the back button and a reload all
 * lead to the same picture. Form: `#/ask?q=…`, `#/map/444455556666?ribbon=…&as=table`.
 */

export const VIEWS = ["ask", "map", "border", "policies", "trim", "changes", "findings", "data"] as const;
export type View = (typeof VIEWS)[number];

/** Three drawings of the same shapes and lines. */
export const DRAWINGS = ["map", "matrix", "table"] as const;
export type Drawing = (typeof DRAWINGS)[number];

/** What a map is of: an account, an organizational unit by its id, or, with neither, the organization. */
export interface Level {
  account: string | null;
  unit: string | null;
}

/** By what a list is narrowed: each view has some of these. */
const CHOICES = ["state", "rule", "severity", "standing", "opening", "public", "lens", "kind", "act", "to", "text", "with", "shows", "side", "since", "order", "group", "open", "find", "from"] as const;
export type Choice = (typeof CHOICES)[number];

/** All lines of a map, none before the others. */
const ALIKE = "alike";

/** What Border and an answer show beside their rows. */
export const PICTURE = "picture";

/** A question in words, or in the four boxes. An empty box is what is asked for. */
export type Question =
  | { in: "words"; text: string }
  | { in: "boxes"; by: string; do: string; on: string; when: string[] };

export interface Place {
  view: View;
  question: Question | null;
  /** Is the cheapest cut of the chains asked for, too? */
  cut: boolean;
  /** The answer row whose steps are open: `3`, `closest.0`, or `pins`. */
  answer: string | null;
  account: string | null;
  /** The organizational unit that the map is of, or that a list is narrowed to, where it is no account. */
  unit: string | null;
  ribbon: string | null;
  pair: number | null;
  shape: string | null;
  focus: string | null;
  /** Shapes of the map that are not to be seen. */
  hidden: string[];
  /** Shapes that are neither folded with their band nor hidden by a key. */
  pinned: string[];
  /** Bands of the map that are folded into one shape. */
  folded: string[];
  /** The shape of the map that is taken apart. */
  apart: string | null;
  /** How a map is drawn; null: as suits it. */
  drawn: Drawing | null;
  /** Are all lines of a map alike? Else the worst stand before the others, where there are many. */
  alike: boolean;
  /** The row of a list whose panel is open, by its own name. */
  pick: string | null;
  choices: Partial<Record<Choice, string>>;
  /** The policy document that is open over the page, and the lines to look at. */
  document: { id: number; lines: [number, number] | null } | null;
}

export const HOME: Place = {
  view: "ask",
  question: null,
  cut: false,
  answer: null,
  account: null,
  unit: null,
  ribbon: null,
  pair: null,
  shape: null,
  focus: null,
  hidden: [],
  pinned: [],
  folded: [],
  apart: null,
  drawn: null,
  alike: false,
  pick: null,
  choices: {},
  document: null,
};

/** Reads a fragment; what it does not understand it leaves out, so a bad link still opens something. */
export function parsePlace(fragment: string): Place {
  const [path = "", query = ""] = splitOnce(fragment.replace(/^#/, ""), "?");
  const [view, account] = path.replace(/^\//, "").split("/").map(decode);
  const found = new URLSearchParams(query);
  const place: Place = { ...HOME, choices: {}, view: VIEWS.find((each) => each === view) ?? "ask", question: parseQuestion(found) };
  place.document = parseDocument(found);
  if (place.view === "ask") {
    place.answer = place.question === null ? null : text(found, "why");
    place.cut = place.question !== null && found.get("cut") === "1";
    if (place.question !== null && found.get("shows") === PICTURE) place.choices.shows = PICTURE;
    return place;
  }
  place.account = account === undefined || account === "" ? null : account;
  place.unit = place.account === null ? text(found, "unit") : null;
  if (place.view !== "map") {
    place.pick = text(found, "pick");
    for (const choice of CHOICES) {
      const value = text(found, choice);
      if (value !== null) place.choices[choice] = value;
    }
    if (isChangeMap(place)) {
      place.ribbon = text(found, "ribbon");
      place.pair = place.ribbon === null ? null : whole(found.get("pair"));
      place.shape = place.ribbon === null ? text(found, "shape") : null;
    }
    return place;
  }
  place.ribbon = text(found, "ribbon");
  place.pair = place.ribbon === null ? null : whole(found.get("pair"));
  place.shape = place.ribbon === null ? text(found, "shape") : null;
  place.focus = text(found, "focus");
  place.hidden = found.getAll("hide").filter((each) => each !== "");
  place.pinned = found.getAll("pin").filter((each) => each !== "");
  place.folded = found.getAll("fold").filter((each) => each !== "");
  place.apart = text(found, "apart");
  place.drawn = DRAWINGS.find((each) => each === found.get("as")) ?? null;
  place.alike = found.get("lines") === ALIKE;
  return place;
}

/** The fragment of a place, with the `#`. */
export function placeFragment(place: Place): string {
  const query = new URLSearchParams();
  const { question } = place;
  if (question?.in === "words") query.set("q", question.text);
  if (question?.in === "boxes") {
    for (const box of ["by", "do", "on"] as const) if (question[box] !== "") query.set(box, question[box]);
    for (const condition of question.when) query.append("when", condition);
  }
  if (place.view !== "ask") set(query, "unit", place.account === null ? place.unit : null);
  if (place.view === "ask") {
    set(query, "why", place.answer);
    set(query, "cut", place.cut && question !== null ? "1" : null);
    set(query, "shows", question !== null && place.choices.shows === PICTURE ? PICTURE : null);
  } else if (place.view !== "map") {
    for (const choice of CHOICES) set(query, choice, place.choices[choice] ?? null);
    set(query, "pick", place.pick);
    if (isChangeMap(place)) {
      set(query, "ribbon", place.ribbon);
      set(query, "pair", place.ribbon === null || place.pair === null ? null : String(place.pair));
      set(query, "shape", place.ribbon === null ? place.shape : null);
    }
  } else {
    set(query, "focus", place.focus);
    for (const shape of place.hidden) query.append("hide", shape);
    for (const shape of place.pinned) query.append("pin", shape);
    for (const band of place.folded) query.append("fold", band);
    set(query, "apart", place.apart);
    set(query, "ribbon", place.ribbon);
    set(query, "pair", place.ribbon === null || place.pair === null ? null : String(place.pair));
    set(query, "shape", place.ribbon === null ? place.shape : null);
    set(query, "as", place.drawn);
    set(query, "lines", place.alike ? ALIKE : null);
  }
  if (place.document !== null) {
    const { id, lines } = place.document;
    query.set("doc", lines === null ? String(id) : `${id}:${lines[0]}-${lines[1]}`);
  }
  const path = place.view !== "ask" && place.account !== null ? `/${place.view}/${encodeURIComponent(place.account)}` : `/${place.view}`;
  const tail = query.toString();
  return tail === "" ? `#${path}` : `#${path}?${tail}`;
}

/** A map as it was sent: all of it, nothing folded, pinned or taken apart. */
export const AS_SENT = { focus: null, hidden: [], pinned: [], folded: [], apart: null } satisfies Partial<Place>;

/** In how many ways a map is not as it was sent. */
export function changesOfView(place: Pick<Place, keyof typeof AS_SENT>): number {
  return [place.hidden.length, place.pinned.length, place.folded.length, place.focus, place.apart].filter(Boolean).length;
}

/** Another level of the map: what was picked, hidden, pinned or folded on this one is not there. */
export function levelPlace({ account, unit }: Level): Partial<Place> {
  return { view: "map", account, unit, ribbon: null, pair: null, shape: null, ...AS_SENT };
}

/** Is a change, or what two snapshots differ in, looked at on the map? */
export function isChangeMap(place: Place): boolean {
  return place.choices.shows === "map" && ((place.view === "changes" && place.pick !== null) || (place.view === "data" && place.choices.with !== undefined));
}

function parseQuestion(found: URLSearchParams): Question | null {
  const words = text(found, "q");
  if (words !== null) return { in: "words", text: words };
  const boxes = { by: found.get("by") ?? "", do: found.get("do") ?? "", on: found.get("on") ?? "", when: found.getAll("when").filter((each) => each !== "") };
  if (boxes.by === "" && boxes.on === "") return null;
  return { in: "boxes", ...boxes };
}

function parseDocument(found: URLSearchParams): Place["document"] {
  const match = /^(\d{1,12})(?::(\d{1,9})-(\d{1,9}))?$/.exec(found.get("doc") ?? "");
  if (match === null) return null;
  const [, id, first, last] = match;
  return { id: Number(id), lines: first === undefined || last === undefined ? null : [Number(first), Number(last)] };
}

function splitOnce(value: string, at: string): [string, string] {
  const index = value.indexOf(at);
  return index < 0 ? [value, ""] : [value.slice(0, index), value.slice(index + 1)];
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function text(found: URLSearchParams, key: string): string | null {
  const value = found.get(key);
  return value === null || value === "" ? null : value;
}

function whole(value: string | null): number | null {
  return value !== null && /^\d{1,9}$/.test(value) ? Number(value) : null;
}

function set(query: URLSearchParams, key: string, value: string | null): void {
  if (value !== null && value !== "") query.set(key, value);
}
