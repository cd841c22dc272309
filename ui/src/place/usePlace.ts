import { useCallback, useEffect, useState } from "preact/hooks";
import { parsePlace, placeFragment, type Place } from "./place";

export type Go = (change: Partial<Place>, how?: "push" | "replace") => void;

/** The place in the URL fragment, and the way to another one. */
export function usePlace(): [Place, Go] {
  const [place, setPlace] = useState<Place>(() => parsePlace(location.hash));
  useEffect(() => {
    const read = () => setPlace(parsePlace(location.hash));
    addEventListener("popstate", read);
    addEventListener("hashchange", read);
    return () => {
      removeEventListener("popstate", read);
      removeEventListener("hashchange", read);
    };
  }, []);
  const go = useCallback<Go>((change, how = "push") => {
    const fragment = placeFragment({ ...parsePlace(location.hash), ...change });
    if (how === "replace") history.replaceState(history.state, "", fragment);
    else if (fragment !== location.hash) history.pushState({ depth: depth() + 1 }, "", fragment);
    setPlace(parsePlace(fragment));
  }, []);
  return [place, go];
}

/** Goes back within this page, never out of it; is there anything to go back to? */
export function goBack(): boolean {
  const can = depth() > 0;
  if (can) history.back();
  return can;
}

/** Leaves what is waited for: back to what was there before it, else home. */
export function leave(go: Go): void {
  if (!goBack()) go({ view: "ask", question: null, answer: null }, "replace");
}

/** How many places of this page lie behind the present one. */
function depth(): number {
  const state: unknown = history.state;
  return typeof state === "object" && state !== null && "depth" in state && typeof state.depth === "number" ? state.depth : 0;
}
