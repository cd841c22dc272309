import { askAddress } from "../ask/boxes";
import { triedBody } from "../changes/edits";
import { isChangeMap, type Place, type View } from "../place/place";

/** What a view shows, as files: under which name, and by which parameters. A new view is one line here. */
const EXPORTED: Partial<Record<View, (place: Place) => { view: string; query: string; body?: string } | null>> = {
  ask: (place) => (place.question === null ? null : { view: "answer", query: askAddress(place.question, place.cut).split("?")[1] ?? "" }),
  map: (place) => ({ view: "map", query: parameters({ account: place.account, unit: place.unit, focus: place.focus, apart: place.apart }) }),
  border: (place) => ({ view: "border", query: narrowed(place) }),
  policies: (place) => (place.pick === null ? { view: "policies", query: narrowed(place) } : { view: "policy", query: parameters({ name: place.pick }) }),
  trim: (place) => ({ view: "trim", query: narrowed(place) }),
  findings: (place) => ({ view: "findings", query: narrowed(place) }),
  changes: (place) => {
    const body = triedBody(place);
    if (body === null) return null;
    return isChangeMap(place) ? { view: "map", query: parameters({ account: place.account, unit: place.unit, side: place.choices.side }), body } : { view: "changes", query: "", body };
  },
  data: (place) => (isChangeMap(place) ? { view: "map", query: parameters({ account: place.account, unit: place.unit, with: place.choices.with, side: place.choices.side }) } : { view: "data", query: narrowed(place) }),
};

export type Form = "png" | "svg" | "csv" | "md" | "html";

/** The forms, with what each is good for. */
export const FORMS: { form: Form; label: string; note: string; picture: boolean }[] = [
  { form: "html", label: "Report", note: "one HTML file that opens offline", picture: false },
  { form: "png", label: "Picture", note: "PNG, for slides", picture: true },
  { form: "svg", label: "Drawing", note: "SVG, sharp at any size", picture: true },
  { form: "csv", label: "Table", note: "CSV, for spreadsheets", picture: false },
  { form: "md", label: "Comment", note: "Markdown, for a pull request", picture: false },
];

const PICTURED = new Set(["answer", "map", "border", "policy"]);

/** The call that hands on what is shown; null where there is nothing to hand on, or no picture of it. `body`: what has to be sent. */
export function exportCall(place: Place, form: Form, redact: boolean): { address: string; body: string | null } | null {
  const shown = EXPORTED[place.view]?.(place) ?? null;
  if (shown === null) return null;
  const pictured = form === "svg" || form === "png";
  if (pictured && !PICTURED.has(shown.view)) return null;
  const head = parameters({ view: shown.view, form: form === "png" ? "svg" : form, redact: redact ? "true" : null });
  return { address: `/api/export?${head}${shown.query === "" ? "" : `&${shown.query}`}`, body: shown.body ?? null };
}

function narrowed(place: Place): string {
  const { from: _, text: __, act: ___, shows: ____, open: _____, ...choices } = place.choices;
  return parameters({ ...choices, account: place.account, unit: place.unit });
}

function parameters(values: Record<string, string | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value !== null && value !== undefined && value !== "") query.set(key, value);
  return query.toString();
}
