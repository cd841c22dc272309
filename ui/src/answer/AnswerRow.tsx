import type { Answer, Citation } from "../api/answer";
import { KindMark, shapeKindOf } from "../mark/KindGlyph";
import { RiskMark } from "../mark/Risk";
import { counted, number } from "../text/count";
import { Name } from "../text/Name";
import { visible } from "../text/visible";
import { RelationLine } from "./RelationLine";
import { Conditions } from "./Steps";

interface Props {
  id: string;
  answer: Answer;
  verb: string;
  open: boolean;
  onWhy: () => void;
}

/** One group of equal things with the same access. The whole row opens the why. */
export function AnswerRow({ id, answer, verb, open, onWhy }: Props) {
  const kind = shapeKindOf((verb === "what" ? answer.on[0] : answer.who[0])?.kind ?? "outside");
  const chain = answer.steps.length > 1;
  const citation = answer.steps.at(-1)?.because[0];
  const unsure = answer.depends_on.length > 0 && answer.if.length === 0;
  return (
    <li class={`answer-row${open ? " open" : ""}`}>
      <button type="button" class="answer-button" aria-expanded={open} aria-controls="panel" data-answer={id} onClick={onWhy}>
        <KindMark kind={kind} outline={answer.count > 1 ? "double" : answer.outside ? "dashed" : "solid"} />
        <span class="answer-main">
          <span class="answer-label">
            <Name text={answer.label} />
            {answer.count > 1 && <span class="times" title={`${answer.count} equal`}>×{number(answer.count)}</span>}
            {answer.severity !== null && <RiskMark risk={answer.severity} />}
            {unsure && <RiskMark risk="unknown" />}
            {answer.admin && <span class="tag">administrator</span>}
            {answer.outside && <span class="tag">outside</span>}
            {chain && <span class="tag">{counted(answer.steps.length, "step")}</span>}
            {verb === "what" && <span class="answer-access">{answer.access.map(visible).join(", ")}</span>}
          </span>
          <Conditions conditions={answer.if} />
          {unsure && <span class="answer-depends">depends on {answer.depends_on.map(visible).join(", ")}</span>}
          {chain && <ChainLine answer={answer} />}
        </span>
        {!chain && citation !== undefined && <CitationShort citation={citation} />}
        <svg class="chevron" viewBox="0 0 8 12" width="8" height="12" aria-hidden="true" focusable="false">
          <path d="M1.5 1.5 6 6 1.5 10.5" />
        </svg>
      </button>
    </li>
  );
}

function CitationShort({ citation }: { citation: Citation }) {
  return (
    <span class="answer-cite">
      <span class="mono">
        <Name text={`${citation.document}:${citation.line}`} most={44} />
      </span>
      {citation.sid !== null && (
        <span class="answer-sid">
          “<Name text={citation.sid} most={32} />”
        </span>
      )}
    </span>
  );
}

/** The chain in one line of text: the names, and the line of each relation with its word. */
function ChainLine({ answer }: { answer: Answer }) {
  return (
    <span class="chain">
      {answer.steps.map((step, index) => (
        <span class="chain-step" key={index}>
          <RelationLine relation={step.relation} />
          <span class="chain-word">{visible(step.relation)}</span>
          <Name text={step.to.name} most={48} />
        </span>
      ))}
    </span>
  );
}
