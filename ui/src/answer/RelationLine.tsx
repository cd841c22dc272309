/** How a relation is drawn on the map, as a short line: solid, dashed, dotted or thin. */
export function relationLook(relation: string): "becomes" | "controls" | "runs-as" | "touches" {
  switch (relation) {
    case "becomes":
      return "becomes";
    case "controls":
      return "controls";
    case "runs as":
      return "runs-as";
    default:
      return "touches";
  }
}

/** The line of a relation in running text. Its meaning is always written next to it. */
export function RelationLine({ relation }: { relation: string }) {
  const look = relationLook(relation);
  return (
    <svg class={`relation-line relation-${look}`} viewBox="0 0 30 12" width="30" height="12" aria-hidden="true" focusable="false">
      <path class="relation-stroke" d="M1 6H27" />
      {look !== "touches" && <path class="relation-head" d="M22.5 2 28 6 22.5 10" />}
    </svg>
  );
}
