import type { PinState } from "../api/answer";

const PATH: Record<PinState, string> = {
  turns: "M2.5 7.4 5.6 10.4 11.5 3.6",
  none: "M3.4 7H10.6",
  stops: "M3.2 3.2 10.8 10.8M10.8 3.2 3.2 10.8",
  unseen: "M1.6 8.2C3.4 3.8 5.4 4.2 7 7S10.6 9.8 12.4 5.8",
  depends: "M4.4 5.2A2.7 2.7 0 1 1 7.6 7.8Q7 8.2 7 9M7 11.3V11.5",
};

/** What each mark means, in the words the tool always uses for it. */
export const PIN_WORD: Record<PinState, string> = {
  turns: "lets it turn",
  none: "no such layer",
  stops: "stops it",
  unseen: "not seen",
  depends: "depends",
};

/** The mark of one policy layer: ✓ lets it turn, – no such layer, ✕ stops it, ~ not seen, ? depends. */
export function PinGlyph({ state }: { state: PinState }) {
  return (
    <svg class={`pin-glyph pin-${state}`} viewBox="0 0 14 14" width="14" height="14" aria-hidden="true" focusable="false">
      <path d={PATH[state]} />
    </svg>
  );
}
