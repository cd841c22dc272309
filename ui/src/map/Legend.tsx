import type { MapPage } from "../api/map";
import { RelationLine } from "../answer/RelationLine";
import { RiskMark } from "../mark/Risk";
import { KIND_WORD, KindMark, leads } from "../mark/KindGlyph";
import { wavyLine, wavyRectangle } from "./wavy";

const RELATIONS = ["becomes", "controls", "runs as", "touches"] as const;
const RISKS = ["critical", "high", "medium", "low"] as const;
const KINDS = ["user", "role", "group", "workload", "data", "secret", "service"] as const;

const CHANGES = [["gone", "only before"], ["new", "only after"], ["same", "before and after"]] as const;
const WIDTH = { gone: 4.6, new: 3.4, same: 1.4 };

/** What the marks mean, only those that are on this map. */
export function Legend({ page, away }: { page: MapPage; away: boolean }) {
  const relations = RELATIONS.filter((relation) => page.ribbons.some((ribbon) => ribbon.relation === relation));
  const risks = RISKS.filter((risk) => page.ribbons.some((ribbon) => ribbon.mark === risk) || page.shapes.some((shape) => shape.mark === risk));
  const kinds = KINDS.filter((kind) => page.shapes.some((shape) => shape.kind === kind));
  const conditions = page.ribbons.some((ribbon) => ribbon.if !== null && ribbon.if !== "" && !ribbon.unseen);
  const stubs = page.shapes.filter((shape) => shape.kind === "stub");
  const elsewhere = stubs.some((shape) => shape.unit !== null) ? "elsewhere in the organization" : "another account";
  const letters = page.ribbons.some((ribbon) => (ribbon.letters ?? "") !== "");
  return (
    <ul class={away ? "legend away" : "legend"} aria-label="legend">
      {kinds.map((kind) => (
        <li key={kind}><KindMark kind={kind} /> {KIND_WORD[kind]}</li>
      ))}
      {relations.map((relation) => (
        <li key={relation}><RelationLine relation={relation} /> {relation}</li>
      ))}
      {page.shapes.some((shape) => shape.outline === "double") && <li><KindMark kind="role" outline="double" /> ×N equal</li>}
      {page.ribbons.some((ribbon) => ribbon.label?.text.startsWith("×")) && <li>×N on a line: how many pairs</li>}
      {page.shapes.some((shape) => shape.kind === "unit") && (
        <li>
          <svg viewBox="0 0 22 16" width="22" height="16" aria-hidden="true"><g class="shape-unit" transform="translate(1 4)"><path class="shape-frame" d="M3 0V-1Q3 -3 5 -3H9Q11 -3 11 -1V0" /><rect class="shape-frame" width="20" height="11" rx="3" /></g></svg> {KIND_WORD.unit}
        </li>
      )}
      {stubs.some((shape) => !leads(shape)) && <li><KindMark kind="stub" /> comes from {elsewhere}</li>}
      {stubs.some(leads) && <li><KindMark kind="stub" leaves /> leads to {elsewhere}</li>}
      {page.shapes.some((shape) => shape.outline === "wavy") && (
        <li>
          <svg viewBox="0 0 22 14" width="22" height="14" aria-hidden="true"><path class="shape-frame" transform="translate(2 2)" d={wavyRectangle(18, 10)} /></svg> not seen
        </li>
      )}
      {page.ribbons.some((ribbon) => ribbon.unseen) && (
        <li>
          <svg class="relation-line relation-touches" viewBox="0 0 38 12" width="38" height="12" aria-hidden="true"><path class="relation-stroke" d={wavyLine("M1 6L37 6")} /></svg> unknown: not seen whether it is there
        </li>
      )}
      {letters && <li>L list, R read, W write, D delete, X run, C control</li>}
      {page.shapes.some((shape) => shape.sub === "ring") && <li>ring: each can become the others</li>}
      {conditions && (
        <li>
          <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path class="condition-glyph" d="M6 1 11 6 6 11 1 6Z" /></svg> condition
        </li>
      )}
      {page.change !== undefined && CHANGES.map(([change, word]) => (
        <li key={change}>
          <svg class={`ribbon ribbon-${change}`} viewBox="0 0 30 12" width="30" height="12" aria-hidden="true">
            <path class="ribbon-stroke" d="M1 6H29" stroke-width={WIDTH[change]} />
            {change === "gone" && <path class="ribbon-hollow" d="M1 6H29" stroke-width={2.4} />}
          </svg>{" "}
          {word}
        </li>
      ))}
      {risks.map((risk) => (
        <li key={risk}><RiskMark risk={risk} /></li>
      ))}
    </ul>
  );
}
