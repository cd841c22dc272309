import { useEffect, useRef } from "preact/hooks";

/** Calls what belongs to a key pressed anywhere outside of a text box; `Escape` works everywhere. */
export function useKeys(keys: Record<string, () => void>, singleKeys: boolean): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key !== "Escape" && (!singleKeys || isTyping(event.composedPath()[0] ?? event.target))) return;
      const act = current.current[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [singleKeys]);
}

/** Events of a shadow tree say outside of it that they come from its host, so the innermost target is asked for. */
function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== "checkbox";
  return target instanceof HTMLElement && (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName));
}
