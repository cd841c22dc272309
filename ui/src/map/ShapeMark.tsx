import type { Shape } from "../api/map";
import { KindGlyph } from "../mark/KindGlyph";
import { RiskGlyph } from "../mark/Risk";
import { elideToWidth } from "../text/elide";
import { visible } from "../text/visible";
import { wavyRectangle } from "./wavy";

export interface Lettering {
  label: (text: string) => number;
  small: (text: string) => number;
  /** What text has to grow by because the drawing is scaled down: text never gets smaller than 12 px. */
  grow: number;
}

const BOXES = new Set(["account", "unit"]);

/** One shape of the map, at the place and size the server computed. */
export function ShapeMark({ shape, lettering }: { shape: Shape; lettering: Lettering }) {
  return BOXES.has(shape.kind) ? <Box shape={shape} lettering={lettering} /> : <Chip shape={shape} lettering={lettering} />;
}

/** An account or unit: a rounded box with its name inside. */
function Box({ shape, lettering }: { shape: Shape; lettering: Lettering }) {
  const { w, h } = shape;
  const room = w - 28 - (shape.mark === null ? 0 : 20);
  const two = shape.sub !== null && h >= 40;
  return (
    <>
      <Frame shape={shape} radius={10} />
      <text class="shape-label shape-label-box" x={14} y={two ? h / 2 - 4 : h / 2 + 4.5}>
        {elideToWidth(visible(shape.label), room, lettering.label)}
      </text>
      {two && shape.sub !== null && (
        <text class="shape-sub" x={14} y={h / 2 + 10 + 4 * lettering.grow}>
          {elideToWidth(visible(shape.sub), w - 28, lettering.small)}
        </text>
      )}
      {shape.mark !== null && (
        <g transform={`translate(${w - 24} ${h / 2 - 15})`}>
          <RiskGlyph risk={shape.mark} />
        </g>
      )}
      <Crown shape={shape} />
    </>
  );
}

/** Anything else: its mark, its name, and how many equal ones it stands for. */
function Chip({ shape, lettering }: { shape: Shape; lettering: Lettering }) {
  const { w, h } = shape;
  const times = shape.count > 1 ? `×${shape.count}` : "";
  const timesWidth = times === "" ? 0 : lettering.small(times) + 8;
  const riskWidth = shape.mark === null ? 0 : 18;
  const left = 31;
  const right = w - 8 - riskWidth;
  const room = right - timesWidth - left;
  const two = shape.sub !== null && shape.sub !== "" && h >= 34;
  const label = elideToWidth(visible(shape.label), room, lettering.label);
  const beside = two || shape.sub === null ? 0 : right - timesWidth - left - lettering.label(label) - 10;
  const middle = h / 2 + 4.5;
  return (
    <>
      <Frame shape={shape} radius={Math.min(7, h / 2)} />
      <g transform={`translate(8 ${h / 2 - 8})`}>
        <KindGlyph kind={shape.kind} outline={shape.outline} known={shape.known} />
      </g>
      <text class="shape-label" x={left} y={two ? h / 2 - 2 : middle}>{label}</text>
      {two && shape.sub !== null && (
        <text class="shape-sub" x={left} y={h / 2 + 9 + 4 * lettering.grow}>
          {elideToWidth(visible(shape.sub), right - left, lettering.small)}
        </text>
      )}
      {!two && shape.sub !== null && beside > 36 && (
        <text class="shape-sub" x={left + lettering.label(label) + 8} y={middle}>
          {elideToWidth(visible(shape.sub), beside, lettering.small)}
        </text>
      )}
      {times !== "" && (
        <text class="shape-times" x={right} y={two ? h / 2 - 2 : middle} text-anchor="end">{times}</text>
      )}
      {shape.mark !== null && (
        <g transform={`translate(${w - 19} ${two ? h / 2 - 12 : h / 2 - 6})`}>
          <RiskGlyph risk={shape.mark} />
        </g>
      )}
      <Crown shape={shape} />
    </>
  );
}

function Frame({ shape, radius }: { shape: Shape; radius: number }) {
  const { w, h } = shape;
  if (shape.outline === "wavy") return <path class="shape-frame frame-wavy" d={wavyRectangle(w, h)} />;
  return (
    <>
      {shape.outline === "double" && <rect class="shape-frame frame-behind" x={3} y={3} width={w} height={h} rx={radius} />}
      <rect class={`shape-frame frame-${shape.outline}`} width={w} height={h} rx={radius} />
    </>
  );
}

/** A small crown at the top right: it matters, or it can do everything. */
function Crown({ shape }: { shape: Shape }) {
  if (shape.crown === null) return null;
  return (
    <g class={`crown crown-${shape.crown}`} transform={`translate(${shape.w - 22} -8)`}>
      <rect class="crown-back" x={-4} y={-2} width={24} height={15} rx={4} />
      <path class="crown-glyph" d="M1 10.5V2.5L5 6 8 1.5 11 6 15 2.5V10.5Z" />
    </g>
  );
}
