import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Ribbon } from "../api/map";
import { relationLook } from "../answer/RelationLine";
import { RiskGlyph } from "../mark/Risk";
import { elide } from "../text/elide";
import { visible } from "../text/visible";
import { ribbonEnd, type Point } from "./path";
import type { Lettering } from "./ShapeMark";
import { wavyLine } from "./wavy";

const MOST_CONDITION = 26;
const GAP = 5;

/** The line of one ribbon and its arrow: the look tells the relation, the width how many. */
export function RibbonLine({ ribbon }: { ribbon: Ribbon }) {
  const geometry = ribbonEnd(ribbon.path);
  const look = relationLook(ribbon.relation);
  const plain = Math.min(5, Math.max(look === "touches" ? 1 : 1.4, ribbon.width));
  // What goes is hollow, what comes is bold.
  const width = ribbon.change === "gone" ? plain + 2.4 : ribbon.change === "new" ? plain + 1.6 : plain;
  const head = 5 + width * 1.4;
  const drawn = useMemo(() => (ribbon.unseen ? wavyLine(ribbon.path) : ribbon.path), [ribbon.path, ribbon.unseen]);
  return (
    <>
      <path class="ribbon-hit" d={ribbon.path} />
      <path class="ribbon-ring" d={ribbon.path} />
      <path class={`ribbon-stroke relation-${look}`} d={drawn} stroke-width={width} />
      {ribbon.change === "gone" && <path class={`ribbon-hollow relation-${look}`} d={drawn} stroke-width={plain + 0.4} />}
      {geometry !== null && look !== "touches" && (
        <path
          class="ribbon-head"
          stroke-width={Math.max(1.6, width * 0.75)}
          d={`M${-head * 1.3} ${-head * 0.75}L0 0 ${-head * 1.3} ${head * 0.75}`}
          transform={`translate(${geometry.end.x} ${geometry.end.y}) rotate(${geometry.angle})`}
        />
      )}
    </>
  );
}

/** The letters at the end of a line, where the server found room for them: what kind of access it is. */
export function RibbonLetters({ ribbon }: { ribbon: Ribbon }) {
  const place = ribbon.letters_at;
  if (place === null || ribbon.letters === null || ribbon.letters === "") return null;
  return (
    <text class="ribbon-letters" x={place.x} y={place.y} text-anchor="end">
      {visible(ribbon.letters)}
    </text>
  );
}

interface Part {
  width: number;
  draw: (x: number) => JSX.Element;
}

/** What stands on a line: its worst risk, how many it stands for, a hollow diamond with its condition. */
function badgeParts(ribbon: Ribbon, lettering: Lettering): Part[] {
  const parts: Part[] = [];
  const { mark } = ribbon;
  if (mark !== null) parts.push({ width: 12, draw: (x) => <g transform={`translate(${x} -6)`}><RiskGlyph risk={mark} /></g> });
  const words = (text: string, look: string) => {
    parts.push({ width: lettering.small(text), draw: (x) => <text class={look} x={x} y={4.2 * lettering.grow}>{text}</text> });
  };
  if (ribbon.label !== null && ribbon.label.text !== "") words(visible(ribbon.label.text), "ribbon-count");
  if (ribbon.if !== null && ribbon.if !== "") {
    if (ribbon.unseen) parts.push({ width: 12, draw: (x) => <g transform={`translate(${x} -6)`}><RiskGlyph risk="unknown" /></g> });
    else parts.push({ width: 10, draw: (x) => <path class="condition-glyph" d={`M${x + 5} -5 ${x + 10} 0 ${x + 5} 5 ${x} 0Z`} /> });
    // Text does not get smaller with its drawing: between shapes that are nearer, there is less of it.
    words(elide(visible(conditionWords(ribbon)), Math.round(MOST_CONDITION / Math.max(1, lettering.grow * 0.8))), "ribbon-condition");
  }
  return parts;
}

/** `if MFA`; of what nobody knows, what was not seen: `unseen resource policy`. */
function conditionWords({ if: condition, unseen }: Ribbon): string {
  const words = (condition ?? "").replace(/^if /, "");
  return unseen ? words.replace(/ allows?$/, "") : `if ${words}`;
}

/** How much room the badge of a line needs, or null where there is nothing to say or the server found no room to say it. */
export function badgeSize(ribbon: Ribbon, lettering: Lettering): { width: number; height: number } | null {
  if (ribbon.label === null) return null;
  const parts = badgeParts(ribbon, lettering);
  if (parts.length === 0) return null;
  return { width: parts.reduce((sum, part) => sum + part.width + GAP, 7), height: 14 + 4 * lettering.grow };
}

/** The badge of a line, around `place`. */
export function RibbonBadge({ ribbon, place, lettering }: { ribbon: Ribbon; place: Point; lettering: Lettering }) {
  const size = badgeSize(ribbon, lettering);
  if (size === null) return null;
  let x = 6 - size.width / 2;
  return (
    <g class="ribbon-badge" transform={`translate(${place.x} ${place.y})`}>
      <rect class="badge-back" x={-size.width / 2} y={-size.height / 2} width={size.width} height={size.height} rx={size.height / 2} />
      {badgeParts(ribbon, lettering).map((part) => {
        const drawn = part.draw(x);
        x += part.width + GAP;
        return drawn;
      })}
    </g>
  );
}
