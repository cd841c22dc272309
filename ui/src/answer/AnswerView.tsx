import type { ComponentChildren } from "preact";
import type { Answer, AnswerPage, Cut, Verdict } from "../api/answer";
import { PIN_WORD } from "../mark/PinGlyph";
import { chainsOf } from "../panel/AnswerPanel";
import { Copy } from "../shell/Copy";
import { NotSeenStrip } from "../shell/NotSeenStrip";
import { counted, number } from "../text/count";
import { Name, ROOM_OF_VERDICT, Sentence, SentenceRoom } from "../text/Name";
import { visible } from "../text/visible";
import { AnswerRow } from "./AnswerRow";
import { PinKey, PinList } from "./Pins";
import { type OpenDocument, Statement } from "./Statement";
import { Conditions } from "./Steps";
import { TryFix } from "./TryFix";

/** Past this many rows the same answer is shown grouped by account. */
export const MOST_ROWS = 30;

const VERDICT_WORD: Record<Verdict, string> = { yes: "Yes", no: "No", depends: "It depends", unknown: "Unknown" };

interface Props {
  page: AnswerPage;
  open: string | null;
  onWhy: (key: string | null) => void;
  onDocument: OpenDocument;
  /** Was the cheapest cut asked for? */
  wantsCut?: boolean;
  onCut?: () => void;
  /** The steps as a drawing, where that is looked at; undefined: it is not. */
  picture?: ComponentChildren;
  onPicture?: (wanted: boolean) => void;
}

/** The answer to one question: the sentence first, then who, then why. */
export function AnswerView({ page, open, onWhy, onDocument, wantsCut = false, onCut = () => undefined, picture, onPicture }: Props) {
  const direct = page.answers.map((answer, index) => ({ answer, key: String(index) })).filter(({ answer }) => answer.steps.length <= 1);
  const chains = chainsOf(page);
  const closest = page.closest.map((answer, index) => ({ answer, key: `closest.${index}` }));
  const list = (title: string, note: string | null, rows: { answer: Answer; key: string }[]) => (
    <RowList title={title} note={note} rows={rows} chains={rows === chains} verb={page.question.verb} open={open} onWhy={onWhy} />
  );
  return (
    <article class="answer" aria-labelledby="answer-sentence">
      <header class={`verdict verdict-${page.verdict}${saysVerdict(page) ? " verdict-said" : ""}`}>
        <VerdictGlyph verdict={page.verdict} />
        <div>
          {!saysVerdict(page) && <p class="verdict-word">{VERDICT_WORD[page.verdict]}</p>}
          <h1 class="verdict-sentence" id="answer-sentence" tabIndex={-1}>
            <SentenceRoom.Provider value={ROOM_OF_VERDICT}><Sentence text={page.sentence} /></SentenceRoom.Provider>
          </h1>
          <Needs needs={page.needs} />
        </div>
      </header>
      {onPicture !== undefined && page.answers.some(({ steps }) => steps.length > 0) && (
        <div class="segmented answer-shown" role="group" aria-label="shown as">
          {([false, true] as const).map((wanted) => (
            <button key={String(wanted)} type="button" aria-pressed={(picture !== undefined) === wanted} onClick={() => onPicture(wanted)}>{wanted ? "picture" : "rows"}</button>
          ))}
        </div>
      )}
      {picture}
      {page.pins.length > 0 && <Decision page={page} onDocument={onDocument} />}
      {page.pins.length === 0 && list(page.question.verb === "what" ? "Itself" : "Direct", null, direct)}
      {page.pins.length === 0 && list(page.question.verb === "what" ? "Through others" : "Chains", "through other identities and workloads", chains)}
      {chains.length > 0 && <Cuts cuts={page.cuts} asked={wantsCut} onCut={onCut} onDocument={onDocument} />}
      {page.pins.length > 0 && page.answers.length > 0 && list("How", null, [...direct, ...chains])}
      {list("Who could instead", "the closest that are allowed", closest)}
      {page.not_counted.administrators > 0 && (
        <p class="answer-note">Not counted: {counted(page.not_counted.administrators, "administrator")}, who can do everything in their account.</p>
      )}
      {page.notes.map((note, index) => (
        <p class="answer-note" key={index}>
          <Sentence text={note} />
        </p>
      ))}
      <NotSeenStrip notSeen={page.not_seen} snapshot={page.snapshot} />
      {page.next !== null && <NextCommand command={page.next} />}
    </article>
  );
}

/** What breaks every chain at once, and what else would be gone. Where many could be meant, it is worked out when asked for. */
function Cuts({ cuts, asked, onCut, onDocument }: { cuts: Cut[]; asked: boolean; onCut: () => void; onDocument: OpenDocument }) {
  if (cuts.length === 0) {
    return asked ? null : <p class="cut-ask"><button type="button" class="button small" onClick={onCut}>what is the cheapest cut? <kbd aria-hidden="true">C</kbd></button></p>;
  }
  return (
    <section class="block" aria-labelledby="cut-title">
      <h2 class="block-title" id="cut-title" tabIndex={-1}>Cheapest cut <span class="quiet">what breaks every chain at once</span></h2>
      {cuts.map((cut) => (
        <div class="cut" key={cut.to}>
          <p class="cut-sentence"><Sentence text={cut.sentence} /></p>
          {cut.statements.map((citation, index) => (
            <div class="cut-statement" key={index}>
              <Statement citation={citation} onOpen={onDocument} />
              <TryFix citation={citation} action={null} fromOutside={false} />
            </div>
          ))}
          {cut.lost.length > 0 && (
            <details class="members">
              <summary>steps that would be gone too</summary>
              <ul>
                {cut.lost.map((each) => <li key={each}><Name text={each} most={120} /></li>)}
              </ul>
            </details>
          )}
        </div>
      ))}
    </section>
  );
}

/** Whether the sentence opens with the verdict, so that it need not be said twice. */
export function saysVerdict(page: Pick<AnswerPage, "verdict" | "sentence">): boolean {
  return new RegExp(`^${VERDICT_WORD[page.verdict]}\\b`, "i").test(page.sentence);
}

function Needs({ needs }: { needs: AnswerPage["needs"] }) {
  if (needs.length === 0) return null;
  return (
    <ul class="needs">
      {needs.map((need, index) => (
        <li key={index}>
          needs <span class="mono">{visible(need.action)}</span> on <Name text={need.on} mono /> <span class="quiet">({visible(need.why)})</span>
        </li>
      ))}
    </ul>
  );
}

/** The one decision of a yes-or-no question: every layer, also the silent ones, and what those that spoke said. */
function Decision({ page, onDocument }: { page: AnswerPage; onDocument: OpenDocument }) {
  const speaking = page.pins.filter((pin) => pin.citations.length > 0);
  const decisive = speaking.filter((pin) => pin.state === "stops");
  const shown = decisive.length > 0 ? [...decisive, ...speaking.filter((pin) => pin.state !== "stops")] : speaking;
  const conditions = page.answers.length === 1 ? (page.answers[0]?.if ?? []) : [];
  return (
    <section class="block" aria-labelledby="decision-title">
      <h2 class="block-title" id="decision-title">
        Policy layers <span class="quiet">like the pins of a lock: all must let the key turn</span>
      </h2>
      <PinList pins={page.pins} />
      <PinKey pins={page.pins} />
      <Conditions conditions={conditions} />
      {shown.map((pin) =>
        pin.citations.map((citation, index) => (
          <div class="decision-layer" key={`${pin.layer}.${index}`}>
            <h3 class="unseen">{`${pin.layer}: ${PIN_WORD[pin.state]}`}</h3>
            <Statement citation={citation} onOpen={onDocument} />
          </div>
        )),
      )}
    </section>
  );
}

interface RowListProps {
  title: string;
  note: string | null;
  rows: { answer: Answer; key: string }[];
  /** Chains are counted as such, not by who stands at their start. */
  chains: boolean;
  verb: string;
  open: string | null;
  onWhy: (key: string | null) => void;
}

function RowList({ title, note, rows, chains, verb, open, onWhy }: RowListProps) {
  if (rows.length === 0) return null;
  const counted = chains ? rows.length : rows.reduce((sum, { answer }) => sum + Math.max(1, answer.count), 0);
  const row = ({ answer, key }: { answer: Answer; key: string }) => (
    <AnswerRow key={key} id={key} answer={answer} verb={verb} open={open === key} onWhy={() => onWhy(open === key ? null : key)} />
  );
  return (
    <section class="block">
      <h2 class="block-title">
        {title} <span class="count">{number(counted)}</span> {note !== null && <span class="quiet">{note}</span>}
      </h2>
      {rows.length <= MOST_ROWS ? (
        <ul class="answer-rows">{rows.map(row)}</ul>
      ) : (
        byAccount(rows).map(([account, some]) => (
          <details key={account} class="answer-group" open={some.some(({ key }) => key === open)}>
            <summary>
              <Name text={account} /> <span class="count">{number(some.reduce((sum, { answer }) => sum + Math.max(1, answer.count), 0))}</span>
            </summary>
            <ul class="answer-rows">{some.map(row)}</ul>
          </details>
        ))
      )}
    </section>
  );
}

/** The account a display name starts with (`prod:role/web`), or where it is from if it names none. */
export function byAccount<T extends { answer: Answer }>(rows: T[]): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const prefix = /^([^:/\s]+):(?!\/\/)/.exec(row.answer.label)?.[1];
    const account = prefix ?? row.answer.who[0]?.account ?? "elsewhere";
    const group = groups.get(account);
    if (group === undefined) groups.set(account, [row]);
    else group.push(row);
  }
  return [...groups].sort(([, a], [, b]) => b.length - a.length);
}

function NextCommand({ command }: { command: string }) {
  return (
    <p class="next">
      <span class="quiet">on the command line</span>
      <code class="mono next-command">{visible(command)}</code>
      <Copy text={command} label="copy the command" />
    </p>
  );
}

/** The verdict as a shape: tick, cross, hollow diamond, or the wave of what was not seen. */
function VerdictGlyph({ verdict }: { verdict: Verdict }) {
  const path: Record<Verdict, string> = {
    yes: "M8 16.5 13.5 22 24 10.5",
    no: "M10 10 22 22M22 10 10 22",
    depends: "M16 7.5 24.5 16 16 24.5 7.5 16Z",
    unknown: "M6.5 18.5C10 9.5 13.5 10.5 16 16S22 22.5 25.5 13.5",
  };
  return (
    <svg class="verdict-glyph" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
      <circle class="verdict-disc" cx="16" cy="16" r="15" />
      <path d={path[verdict]} />
    </svg>
  );
}
