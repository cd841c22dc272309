import type { Ribbon } from "../api/map";
import { relationLook } from "../answer/RelationLine";
import { RiskGlyph } from "../mark/Risk";
import { elide } from "../text/elide";
import { visible } from "../text/visible";
import { ribbonGeometry } from "./path";
import type { Lettering } from "./ShapeMark";

const MOST_CONDITION = 22;

/** The line of one ribbon and its arrow: the look tells the relation, the width how many. */
export function RibbonLine({ ribbon, lettering }: { ribbon: Ribbon; lettering: Lettering }) {
  const geometry = ribbonGeometry(ribbon.path);
  const look = relationLook(ribbon.relation);
  const width = Math.min(6, Math.max(look === "touches" ? 1 : 1.4, ribbon.width));
  const head = 4.5 + width;
  return (
    <>
      <path class="ribbon-hit" d={ribbon.path} />
      <path class="ribbon-ring" d={ribbon.path} />
      <path class={`ribbon-stroke relation-${look}`} d={ribbon.path} stroke-width={width} />
      {geometry !== null && look !== "touches" && (
        <path
          class="ribbon-head"
          d={`M${-head * 1.3} ${-head * 0.75}L0 0 ${-head * 1.3} ${head * 0.75}`}
          transform={`translate(${geometry.end.x} ${geometry.end.y}) rotate(${geometry.angle})`}
        />
      )}
      {geometry !== null && ribbon.letters !== null && ribbon.letters !== "" && (
        <text class="ribbon-letters" x={geometry.end.x - 6} y={geometry.end.y - 3 - lettering.grow} text-anchor="end">
          {visible(ribbon.letters)}
        </text>
      )}
    </>
  );
}

/** What stands on the line: the worst risk, a hollow diamond with its condition, how many. */
export function RibbonBadge({ ribbon, lettering }: { ribbon: Ribbon; lettering: Lettering }) {
  const condition = ribbon.if === null || ribbon.if === "" ? null : elide(visible(ribbon.if.replace(/^(if )?/, "if ")), MOST_CONDITION);
  const count = ribbon.label === null ? "" : visible(ribbon.label.text);
  if (ribbon.mark === null && condition === null && count === "") return null;
  const place = ribbon.label ?? ribbonGeometry(ribbon.path)?.middle;
  if (place === undefined) return null;

  const parts: { width: number; draw: (x: number) => preact.JSX.Element }[] = [];
  const { mark } = ribbon;
  if (mark !== null) {
    parts.push({ width: 12, draw: (x) => <g transform={`translate(${x} -6)`}><RiskGlyph risk={mark} /></g> });
  }
  const words = (text: string, look: string) => ({
    width: lettering.small(text),
    draw: (x: number) => <text class={look} x={x} y={4.2}>{text}</text>,
  });
  if (count !== "") parts.push(words(count, "ribbon-count"));
  if (condition !== null) {
    parts.push({ width: 10, draw: (x) => <path class="condition-glyph" d={`M${x + 5} -5 ${x + 10} 0 ${x + 5} 5 ${x} 0Z`} /> });
    parts.push(words(condition, "ribbon-condition"));
  }
  const gap = 5;
  const total = parts.reduce((sum, part) => sum + part.width, 0) + gap * (parts.length - 1);
  let x = -total / 2;
  const height = 14 + 4 * lettering.grow;
  return (
    <g class="ribbon-badge" transform={`translate(${place.x} ${place.y})`}>
      <rect class="badge-back" x={-total / 2 - 6} y={-height / 2} width={total + 12} height={height} rx={height / 2} />
      {parts.map((part) => {
        const drawn = part.draw(x);
        x += part.width + gap;
        return drawn;
      })}
    </g>
  );
}
