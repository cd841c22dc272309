import { useEffect, useRef } from "preact/hooks";

/** While `active`, Escape means this and nothing else. */
export function useEscape(active: boolean, act: () => void): void {
  const current = useRef(act);
  current.current = act;
  useEffect(() => {
    if (!active) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.ctrlKey || event.metaKey || event.altKey) return;
      // A dialog closes first.
      if (document.querySelector("dialog[open]") !== null) return;
      event.preventDefault();
      event.stopPropagation();
      current.current();
    };
    // Before anything inside of the page hears of it.
    addEventListener("keydown", onKeyDown, { capture: true });
    return () => removeEventListener("keydown", onKeyDown, { capture: true });
  }, [active]);
}
