import type { Shape } from "../api/map";
import { KindGlyph, leads } from "../mark/KindGlyph";
import { RiskGlyph } from "../mark/Risk";
import { number } from "../text/count";
import { beginningOf, elideToWidth } from "../text/elide";
import { visible } from "../text/visible";
import { wavyRectangle } from "./wavy";

export interface Lettering {
  label: (text: string) => number;
  small: (text: string) => number;
  /** What text has to grow by because the drawing is scaled down: text never gets smaller than 12 px. */
  grow: number;
}

const BOXES = new Set(["account", "unit"]);

/** The marks of one shape, at the place and size the server computed: frame, kind, worst risk, crown. */
export function ShapeMark({ shape }: { shape: Shape }) {
  const { w, h } = shape;
  const box = BOXES.has(shape.kind);
  return (
    <>
      {shape.kind === "unit" && <path class="shape-frame frame-tab" d="M12 0V-2.5Q12 -5 14.5 -5H55.5Q58 -5 58 -2.5V0" />}
      <Frame shape={shape} radius={box ? 10 : Math.min(7, h / 2)} />
      {!box && (
        <g transform={`translate(8 ${h / 2 - 8})`}>
          <KindGlyph kind={shape.kind} outline={shape.outline} known={shape.known} leaves={leads(shape)} />
        </g>
      )}
      {shape.mark !== null && (
        <g transform={`translate(${w - (box ? 24 : 19)} ${box ? h / 2 - 15 : h >= 40 ? h / 2 - 13 : h / 2 - 6})`}>
          <RiskGlyph risk={shape.mark} />
        </g>
      )}
      <Crown shape={shape} />
    </>
  );
}

/**
 * The words of one shape. They are a layer of their own, because the shape is a button whose name is its whole sentence:
 * shortened words inside of it would be a second, different name.
 */
export function ShapeWords({ shape, lettering }: { shape: Shape; lettering: Lettering }) {
  return BOXES.has(shape.kind) ? <BoxWords shape={shape} lettering={lettering} /> : <ChipWords shape={shape} lettering={lettering} />;
}

/** The letters of a box are larger and bolder than those that are measured. */
const BOLDER = 1.14;

/** An account or unit has its name inside its box, and several accounts how many they are where that is not said below. */
function BoxWords({ shape, lettering }: { shape: Shape; lettering: Lettering }) {
  const { w, h } = shape;
  const two = shape.sub !== null && h / lettering.grow >= 32;
  const times = shape.count > 1 && shape.kind === "account" && !two ? `×${number(shape.count)}` : "";
  const timesWidth = times === "" ? 0 : lettering.small(times) + 8;
  const right = w - 14 - (shape.mark === null ? 0 : 20);
  return (
    <>
      <text class="shape-label shape-label-box" x={14} y={two ? h / 2 - 4 : h / 2 + 4.5}>
        {elideToWidth(visible(shape.label), (right - timesWidth - 14) / BOLDER, lettering.label)}
      </text>
      {times !== "" && <text class="shape-times" x={right} y={h / 2 + 4.5} text-anchor="end">{times}</text>}
      {two && shape.sub !== null && (
        <text class="shape-sub" x={14} y={h / 2 + 10 + 4 * lettering.grow}>
          {beginningOf(visible(shape.sub), w - 28, lettering.small)}
        </text>
      )}
    </>
  );
}

/** Anything else has its name beside its mark, and how many equal ones it stands for. */
function ChipWords({ shape, lettering }: { shape: Shape; lettering: Lettering }) {
  const { w, h } = shape;
  const times = shape.count > 1 ? `×${number(shape.count)}` : "";
  const timesWidth = times === "" ? 0 : lettering.small(times) + 8;
  const left = 31;
  const right = w - 8 - (shape.mark === null ? 0 : 18);
  const room = right - timesWidth - left;
  const sub = shape.sub ?? "";
  const two = sub !== "" && h / lettering.grow >= 32;
  const label = elideToWidth(visible(shape.label), room, lettering.label);
  const beside = two || sub === "" ? 0 : room - lettering.label(label) - 10;
  const line = two ? h / 2 - 2 : h / 2 + 4.5;
  return (
    <>
      <text class="shape-label" x={left} y={line}>{label}</text>
      {two && (
        <text class="shape-sub" x={left} y={h / 2 + 9 + 4 * lettering.grow}>
          {beginningOf(visible(sub), right - left, lettering.small)}
        </text>
      )}
      {beside > 0 && lettering.small(visible(sub)) <= beside && (
        <text class="shape-sub" x={left + lettering.label(label) + 8} y={line}>{visible(sub)}</text>
      )}
      {times !== "" && <text class="shape-times" x={right} y={line} text-anchor="end">{times}</text>}
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
