import type { Shape, ShapeKind } from "../api/map";

/** How the outline of a mark is drawn: see the visual language. */
export type Outline = "solid" | "double" | "dashed" | "wavy";

interface Drawing {
  /** The outline, within 16 by 16. */
  body: string;
  /** What is inside, if anything. */
  inside?: string;
  /** The same outline one step further out, for ×N. */
  second: string;
}

const circle = (cx: number, cy: number, r: number) =>
  `M${cx - r} ${cy}A${r} ${r} 0 1 1 ${cx + r} ${cy}A${r} ${r} 0 1 1 ${cx - r} ${cy}Z`;

const DRAWING: Record<ShapeKind, Drawing> = {
  user: { body: circle(8, 8, 5.5), second: circle(8, 8, 8) },
  role: { body: circle(8, 8, 5.5), inside: circle(8, 8, 2.2), second: circle(8, 8, 8) },
  group: { body: circle(8, 8, 5.5), inside: "M5 9.8A3.4 3.4 0 0 1 11 9.8M6.6 6.2A1.5 1.5 0 1 1 9.4 6.2A1.5 1.5 0 1 1 6.6 6.2", second: circle(8, 8, 8) },
  workload: { body: "M3 3H13V13H3Z", second: "M0.6 0.6H15.4V15.4H0.6Z" },
  data: {
    body: "M3 4.4C3 1.9 13 1.9 13 4.4V11.8C13 14.3 3 14.3 3 11.8Z",
    inside: "M3 4.6C3 7 13 7 13 4.6M3 8.4C3 10.8 13 10.8 13 8.4",
    second: "M0.6 3.6C0.6 -0.9 15.4 -0.9 15.4 3.6V12.6C15.4 17.1 0.6 17.1 0.6 12.6Z",
  },
  secret: { body: "M8 1.8 14.2 8 8 14.2 1.8 8Z", second: "M8 -1.2 17.2 8 8 17.2 -1.2 8Z" },
  account: { body: "M4.5 3H11.5A2.5 2.5 0 0 1 14 5.5V10.5A2.5 2.5 0 0 1 11.5 13H4.5A2.5 2.5 0 0 1 2 10.5V5.5A2.5 2.5 0 0 1 4.5 3Z", second: "M3.5 0.8H12.5A3.6 3.6 0 0 1 16.2 4.4V11.6A3.6 3.6 0 0 1 12.5 15.2H3.5A3.6 3.6 0 0 1 -0.2 11.6V4.4A3.6 3.6 0 0 1 3.5 0.8Z" },
  unit: { body: "M4 3.5H12A2 2 0 0 1 14 5.5V10.5A2 2 0 0 1 12 12.5H4A2 2 0 0 1 2 10.5V5.5A2 2 0 0 1 4 3.5Z", inside: "M5 7H11M5 9.5H11", second: "M3.5 0.8H12.5A3.6 3.6 0 0 1 16.2 4.4V11.6A3.6 3.6 0 0 1 12.5 15.2H3.5A3.6 3.6 0 0 1 -0.2 11.6V4.4A3.6 3.6 0 0 1 3.5 0.8Z" },
  outside: { body: circle(8, 8, 6.5), second: circle(8, 8, 8.6) },
  provider: { body: circle(8, 8, 6.5), second: circle(8, 8, 8.6) },
  everyone: { body: circle(8, 8, 6.5), second: circle(8, 8, 8.6) },
  service: { body: "M4.9 2.6H11.1L14.2 8 11.1 13.4H4.9L1.8 8Z", second: "M3.6 0.2H12.4L16.8 8 12.4 15.8H3.6L-0.8 8Z" },
  stub: { body: "M13 4.4V7.8A2.4 2.4 0 0 1 10.6 10.2H3.4", inside: "M6.4 7.2 3.4 10.2 6.4 13.2", second: "" },
  more: { body: "M3 8H3.2M8 8H8.2M13 8H13.2", second: "" },
};

/** The word a person would use for a kind of shape. */
export const KIND_WORD: Record<ShapeKind, string> = {
  user: "user",
  role: "role",
  group: "group",
  workload: "workload",
  data: "data",
  secret: "secret or key",
  account: "account",
  unit: "organizational unit",
  outside: "outside",
  provider: "identity provider",
  everyone: "everyone",
  service: "AWS service",
  stub: "continues elsewhere",
  more: "more",
};

/** What leads out of this map: an arrow that ends at its border. Who comes from elsewhere has one that turns back. */
const LEAVING: Drawing = { body: "M2.6 8H10.8M13.6 3.8V12.2", inside: "M7.8 5 10.8 8 7.8 11", second: "" };

/** Does a shape stand for what is reached elsewhere? Those who come from there stand on the left. */
export function leads({ kind, band }: Pick<Shape, "kind" | "band">): boolean {
  return kind === "stub" && band !== "outside";
}

/** The mark of a kind inside an SVG, 16 by 16 from its top left corner. */
export function KindGlyph({ kind, outline, known, leaves = false }: { kind: ShapeKind; outline: Outline; known: boolean | null; leaves?: boolean }) {
  const drawing = leaves ? LEAVING : (DRAWING[kind] ?? DRAWING.more);
  const open = kind === "stub" || kind === "more";
  const inner = insideOutsider(kind, known);
  return (
    <g class={`kind kind-${kind} outline-${outline}${open ? " kind-open" : ""}`}>
      {outline === "double" && drawing.second !== "" && <path class="kind-second" d={drawing.second} />}
      <path class="kind-body" d={drawing.body} />
      {drawing.inside !== undefined && <path class="kind-inside" d={drawing.inside} />}
      {inner !== null && <path class="kind-inside" d={inner} />}
    </g>
  );
}

/** What stands inside an outsider: a question mark (unknown), a tick (known), a ring (provider), a star (everyone). */
function insideOutsider(kind: ShapeKind, known: boolean | null): string | null {
  if (kind === "everyone") return "M8 4.8V11.2M5.2 6.4 10.8 9.6M10.8 6.4 5.2 9.6";
  if (kind === "provider") return circle(8, 8, 2.4);
  if (kind !== "outside") return null;
  return known === true ? "M5.2 8.3 7.2 10.3 10.9 5.9" : "M6.1 6.4A1.95 1.95 0 1 1 8.5 8.4Q8 8.6 8 9.3M8 11.3V11.5";
}

/** The same mark in running text. */
export function KindMark({ kind, outline = "solid", known = null, leaves = false }: { kind: ShapeKind; outline?: Outline; known?: boolean | null; leaves?: boolean }) {
  return (
    <svg class="kind-mark" viewBox="-1 -1 18 18" width="18" height="18" aria-hidden="true" focusable="false">
      <KindGlyph kind={kind} outline={outline} known={known} leaves={leaves} />
    </svg>
  );
}

/** The kind of mark for a kind of thing as the answers name it, such as `s3:bucket`. */
export function shapeKindOf(kind: string): ShapeKind {
  switch (kind) {
    case "user": case "role": case "group": case "account": case "unit": case "service": case "provider": case "everyone": case "outside":
      return kind;
    case "root":
      return "user";
    case "policy":
      return "more";
    default:
      if (/^(lambda|ec2|ecs|eks|batch|glue|codebuild|sagemaker|states):/.test(kind)) return "workload";
      if (/^(kms|secretsmanager|ssm):/.test(kind)) return "secret";
      return "data";
  }
}
