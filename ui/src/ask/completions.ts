import { useEffect, useState } from "preact/hooks";
import { address, call } from "../api/call";
import type { Completion } from "../api/summary";

export type Slot = "ask" | "by" | "do" | "on";

const PAUSE_MS = 70;

/** What the snapshot offers for the text so far; nothing while `open` is false. */
export function useCompletions(slot: Slot, text: string, open: boolean): Completion[] {
  const [items, setItems] = useState<Completion[]>([]);
  useEffect(() => {
    if (!open) {
      setItems([]);
      return;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      call<{ items: Completion[] }>(address("complete", { slot, text }), null, abort.signal).then(
        (page) => setItems(page.items),
        () => {
          // A completion that does not come is no reason to disturb the person who types.
          if (!abort.signal.aborted) setItems([]);
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [slot, text, open]);
  return items;
}

/**
 * The text after choosing a completion. A whole question, or a value that carries on what was typed, replaces everything;
 * anything else replaces the word that was being typed.
 */
export function completed(slot: Slot, text: string, value: string): string {
  if (slot !== "ask") return value;
  if (/^(who|what|can|how)\s/i.test(value) || value.toLowerCase().startsWith(text.trim().toLowerCase())) return value;
  const word = /\S*$/.exec(text)?.index ?? text.length;
  return text.slice(0, word) + value;
}
