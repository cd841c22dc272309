import type { Answer, AnswerPage, Cut } from "../api/answer";
import type { OpenDocument } from "../answer/Statement";
import { Conditions, Steps } from "../answer/Steps";
import { RiskMark, riskRank } from "../mark/Risk";
import { counted, number } from "../text/count";
import { Name, Sentence } from "../text/Name";
import { visible } from "../text/visible";
import { Panel } from "./Panel";

/** The row of an answer that a place names: `3` or `closest.0`. */
export function answerAt(page: AnswerPage, key: string): Answer | null {
  const match = /^(closest\.)?(\d{1,6})$/.exec(key);
  if (match === null) return null;
  return (match[1] === undefined ? page.answers : page.closest)[Number(match[2])] ?? null;
}

/** The chains of an answer, worst first, each with the key of its row. */
export function chainsOf(page: Pick<AnswerPage, "answers">): { answer: Answer; key: string }[] {
  const chains = page.answers.map((answer, index) => ({ answer, key: String(index) })).filter(({ answer }) => answer.steps.length > 1);
  return chains.sort((a, b) => riskRank(a.answer.severity) - riskRank(b.answer.severity));
}

interface Props {
  answer: Answer;
  subject: string;
  /** Which of how many chains it is. */
  among?: [at: number, all: number] | null;
  /** What breaks the chains, where that is known. */
  cuts?: Cut[];
  onCut?: () => void;
  onDocument: OpenDocument;
  onClose: () => void;
}

/** Why one row of an answer is so: every step with its layers and statements. */
export function AnswerPanel({ answer, subject, among = null, cuts = [], onCut, onDocument, onClose }: Props) {
  const target = answer.steps.length > 1 ? (answer.steps.at(-1)?.to.name ?? null) : null;
  // That the own side of somebody outside is not known is a condition already, in words.
  const depends = answer.outside && answer.if.length > 0 ? [] : answer.depends_on;
  return (
    <Panel
      title={answer.steps.length > 1 ? `Path, ${counted(answer.steps.length, "step")}${among === null ? "" : `, ${among[0]} of ${among[1]}`}` : "Why"}
      subject={subject}
      onClose={onClose}
      heading={
        <>
          <Name text={answer.label} most={160} />
          {answer.count > 1 && <span class="times">×{number(answer.count)}</span>}
          {target !== null && <span class="panel-target">→ <Name text={target} most={100} /></span>}
          {answer.severity !== null && <RiskMark risk={answer.severity} />}
        </>
      }
    >
      {answer.actions.length > 0 && (
        <p class="panel-fact">
          <span class="quiet">{answer.access.map(visible).join(", ")}:</span> <span class="mono">{answer.actions.map(visible).join(", ")}</span>
        </p>
      )}
      {depends.length > 0 && (
        <p class="panel-fact">
          <span class="quiet">depends on</span> {depends.map(visible).join(", ")}
        </p>
      )}
      {answer.steps.length !== 1 && <Conditions conditions={answer.if} />}
      {answer.count > 1 && <Members names={answer.who.map((thing) => thing.name)} count={answer.count} />}
      {answer.ring.length > 0 && (
        <p class="panel-fact">
          <span class="quiet">each can become the others:</span> {answer.ring.slice(0, 6).map((thing) => visible(thing.name)).join(", ")}
          {answer.ring.length > 6 && ` and ${number(answer.ring.length - 6)} more`}
        </p>
      )}
      <Steps steps={answer.steps} onOpen={onDocument} />
      {answer.steps.length > 1 && onCut !== undefined && (
        <p class="panel-cut">
          {cuts.map((cut) => <Sentence key={cut.to} text={cut.sentence} />)}{" "}
          <button type="button" class="button small" onClick={onCut}>{cuts.length === 0 ? "what is the cheapest cut?" : "show the cut"} <kbd aria-hidden="true">C</kbd></button>
        </p>
      )}
    </Panel>
  );
}

/** The names one drawn shape or one row stands for. */
export function Members({ names, count, equal = true }: { names: string[]; count: number; equal?: boolean }) {
  if (names.length === 0) return null;
  return (
    <details class="members" open={names.length <= 6}>
      <summary>{number(count)} {equal ? "equal" : "drawn together"}</summary>
      <ul>
        {names.map((name) => <li key={name}><Name text={name} most={80} /></li>)}
        {count > names.length && <li class="quiet">and {number(count - names.length)} more</li>}
      </ul>
    </details>
  );
}
