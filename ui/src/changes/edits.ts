import type { Edit } from "../api/tried";
import type { Place } from "../place/place";
import { shellWord } from "../text/shellWord";

/** What can be done to a policy, on a copy. */
export const ACTS = ["edit", "delete", "attach", "detach", "bound", "unbound"] as const;
export type Act = (typeof ACTS)[number];
export const ACT_WORD: Record<Act, string> = { edit: "edit", delete: "delete it", attach: "attach", detach: "detach", bound: "as boundary", unbound: "take a boundary away" };
/** What is done, as a part of a sentence about the policy. Whoever loses a boundary loses theirs, which may be another policy. */
export const ACT_DONE: Record<Exclude<Act, "unbound">, string> = { edit: "with the draft", delete: "deleted", attach: "attached to", detach: "detached from", bound: "as the boundary of" };
export const ACT_OF: Partial<Record<Act, { word: string; label: string }>> = {
  attach: { word: "to", label: "attach to whom" },
  detach: { word: "from", label: "detach from whom" },
  bound: { word: "of", label: "boundary of whom" },
  unbound: { word: "of", label: "who loses the boundary" },
};

/** What is sent to be tried. */
export function editOf(act: Act, policy: string, text: string, other: string): Edit {
  switch (act) {
    case "edit": return { policy, text };
    case "delete": return { policy, delete: true };
    case "attach": return { policy, attach: other };
    case "detach": return { policy, detach: other };
    case "bound": return { policy, bound: other };
    case "unbound": return { unbound: other };
  }
}

/** The same on the command line. */
export function commandOf(act: Act, policy: string, other: string): string {
  switch (act) {
    case "edit": return `clavicle try --edit ${shellWord(`${policy}=draft.json`)}`;
    case "delete": return `clavicle try --delete ${shellWord(policy)}`;
    case "bound": return `clavicle try --boundary ${shellWord(`${policy}=${other}`)}`;
    case "unbound": return `clavicle try --no-boundary ${shellWord(other)}`;
    case "attach": case "detach": return `clavicle try --${act} ${shellWord(`${policy}=${other}`)}`;
  }
}

export function actOf(place: Place): Act {
  return ACTS.find((each) => each === place.choices.act) ?? "edit";
}

/** What is tried here, as it is sent; null: nothing yet, or a draft that is too long for a link. */
export function triedBody(place: Place): string | null {
  if (place.view !== "changes" || place.pick === null) return null;
  const act = actOf(place);
  const { text = "", to = "" } = place.choices;
  if (act === "edit" ? text === "" : act !== "delete" && to.trim() === "") return null;
  return JSON.stringify({ edits: [editOf(act, place.pick, text, to.trim())] });
}
