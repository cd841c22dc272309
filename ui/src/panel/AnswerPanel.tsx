import type { Answer, AnswerPage } from "../api/answer";
import type { OpenDocument } from "../answer/Statement";
import { Conditions, Steps } from "../answer/Steps";
import { RiskMark } from "../mark/Risk";
import { counted } from "../text/count";
import { Name } from "../text/Name";
import { visible } from "../text/visible";
import { Panel } from "./Panel";

/** The row of an answer that a place names: `3` or `closest.0`. */
export function answerAt(page: AnswerPage, key: string): Answer | null {
  const match = /^(closest\.)?(\d{1,6})$/.exec(key);
  if (match === null) return null;
  return (match[1] === undefined ? page.answers : page.closest)[Number(match[2])] ?? null;
}

interface Props {
  answer: Answer;
  subject: string;
  onDocument: OpenDocument;
  onClose: () => void;
}

/** Why one row of an answer is so: every step with its layers and statements. */
export function AnswerPanel({ answer, subject, onDocument, onClose }: Props) {
  return (
    <Panel
      title={answer.steps.length > 1 ? `Path, ${counted(answer.steps.length, "step")}` : "Why"}
      subject={subject}
      onClose={onClose}
      heading={
        <>
          <Name text={answer.label} most={160} />
          {answer.count > 1 && <span class="times">×{answer.count}</span>}
          {answer.severity !== null && <RiskMark risk={answer.severity} />}
        </>
      }
    >
      {answer.actions.length > 0 && (
        <p class="panel-fact">
          <span class="quiet">{answer.access.map(visible).join(", ")}:</span> <span class="mono">{answer.actions.map(visible).join(", ")}</span>
        </p>
      )}
      {answer.depends_on.length > 0 && (
        <p class="panel-fact">
          <span class="quiet">depends on</span> <span class="mono">{answer.depends_on.map(visible).join(", ")}</span>
        </p>
      )}
      {answer.steps.length !== 1 && <Conditions conditions={answer.if} />}
      {answer.count > 1 && <Members names={answer.who.map((thing) => thing.name)} count={answer.count} />}
      {answer.ring.length > 0 && (
        <p class="panel-fact">
          <span class="quiet">each can become the others:</span> {answer.ring.slice(0, 6).map((thing) => visible(thing.name)).join(", ")}
          {answer.ring.length > 6 && ` and ${answer.ring.length - 6} more`}
        </p>
      )}
      <Steps steps={answer.steps} onOpen={onDocument} />
    </Panel>
  );
}

/** The names one drawn shape or one row stands for. */
export function Members({ names, count, equal = true }: { names: string[]; count: number; equal?: boolean }) {
  if (names.length === 0) return null;
  return (
    <details class="members" open={names.length <= 6}>
      <summary>{count} {equal ? "equal" : "drawn together"}</summary>
      <ul>
        {names.map((name) => <li key={name}><Name text={name} most={80} /></li>)}
        {count > names.length && <li class="quiet">and {count - names.length} more</li>}
      </ul>
    </details>
  );
}
