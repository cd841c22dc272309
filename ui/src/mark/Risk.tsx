import type { Severity } from "../api/answer";

export type Risk = Severity | "accepted" | "unknown";

const PATH: Record<Risk, string> = {
  critical: "M6 0.6 11.4 6 6 11.4 0.6 6Z",
  high: "M6 0.9 11.5 10.9H0.5Z",
  medium: "M6 1A5 5 0 1 1 6 11A5 5 0 1 1 6 1Z",
  low: "M6 1.6A4.4 4.4 0 1 1 6 10.4A4.4 4.4 0 1 1 6 1.6Z",
  accepted: "M1.5 6.5 4.7 9.7 10.5 2.6",
  unknown: "M0.8 7.2C2.4 3.4 4.4 3.6 6 6S9.6 8.6 11.2 4.8",
};

/** The glyph of a risk inside an SVG, 12 by 12 from its top left corner. Shape and colour say the same. */
export function RiskGlyph({ risk }: { risk: Risk }) {
  return <path class={`risk-glyph risk-${risk}`} d={PATH[risk]} />;
}

/** A risk in running text: colour, glyph and word, so that none of them is needed alone. */
export function RiskMark({ risk, word = true, says = risk }: { risk: Risk; word?: boolean; says?: string }) {
  return (
    <span class={`risk risk-text-${risk}`}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">
        <RiskGlyph risk={risk} />
      </svg>
      <span class={word ? "risk-word" : "unseen"}>{says}</span>
    </span>
  );
}

const ORDER: readonly Risk[] = ["critical", "high", "medium", "low", "unknown", "accepted"];

/** Smaller is worse; nothing known to be risky comes last. */
export function riskRank(risk: Risk | null): number {
  return risk === null ? ORDER.length : ORDER.indexOf(risk);
}
