import type { Answer } from "../api/answer";
import type { AccessChange, TryPage } from "../api/tried";
import { type OpenDocument, Statement } from "../answer/Statement";
import { Copy } from "../shell/Copy";
import { counted, number } from "../text/count";
import { Name, Sentence } from "../text/Name";
import { visible } from "../text/visible";

interface Props {
  page: TryPage;
  /** Of an older draft: the newest is on its way. */
  stale: boolean;
  command: string;
  /** Shows it on the map of an account. */
  onMap: (account: string | null) => void;
  onDocument: OpenDocument;
}

const VERDICT: Record<TryPage["verdict"], string> = {
  widens: "+ gives more",
  narrows: "− gives less",
  changes: "+ − gives more here and less there",
  same: "= the same access",
  unknown: "~ not known",
};

/** What a change comes to: chains and ways in, who gains and loses what, and what the text means for every request. */
export function Effect({ page, stale, command, onMap, onDocument }: Props) {
  const gained = page.access.filter((change) => change.widens);
  const lost = page.access.filter((change) => !change.widens);
  return (
    <div class={stale ? "effect effect-stale" : "effect"}>
      <p class={`effect-verdict effect-${page.verdict}`}>{VERDICT[page.verdict] ?? visible(page.verdict)}</p>
      <h2 class="effect-sentence"><Sentence text={page.sentence} /></h2>
      <p class="panel-actions">
        <button type="button" class="button small" onClick={() => onMap(accountOf(page))}>on the map, before and after</button>
      </p>
      <Chains sign="✓" words={["chain that is gone", "chains that are gone"]} answers={page.closed} count={page.counts.closed} />
      <Chains sign="✓" words={["way in that is gone", "ways in that are gone"]} answers={page.ways_closed} count={page.counts.ways_closed} />
      <Chains sign="!" words={["chain that is there now", "chains that are there now"]} answers={page.opened} count={page.counts.opened} />
      <Chains sign="!" words={["way in that is there now", "ways in that are there now"]} answers={page.ways_opened} count={page.counts.ways_opened} />
      <Breaks breaks={page.breaks ?? []} count={page.counts.breaks} />
      <Access sign="+" title="gained" changes={gained} onDocument={onDocument} />
      <Access sign="−" title="lost" changes={lost} onDocument={onDocument} />
      {page.counts.access > page.access.length && <p class="quiet effect-more">the first {page.access.length} of {counted(page.counts.access, "change")} of access</p>}
      {page.attachments.length > 0 && (
        <section class="block">
          <h3 class="block-title">Attachments <span class="count">{number(page.counts.attachments)}</span></h3>
          <ul class="effect-list">
            {page.attachments.map((each, index) => <li key={index}><Sentence text={attachmentWords(each)} />{each.may_widen && <span class="quiet"> (may give more on things nobody has seen)</span>}</li>)}
          </ul>
        </section>
      )}
      {page.documents.length > 0 && (
        <section class="block">
          <h3 class="block-title">For every request</h3>
          <ul class="effect-list">
            {page.documents.map((document) => (
              <li key={document.document}>
                <Name text={document.document} most={60} mono />: {documentWords(document.verdict)}
                {document.more.length > 0 && <span class="effect-actions">+ <span class="mono">{document.more.slice(0, 8).map(visible).join(", ")}</span>{document.more.length > 8 && ` and ${number(document.more.length - 8)} more`}</span>}
                {document.less.length > 0 && <span class="effect-actions">− <span class="mono">{document.less.slice(0, 8).map(visible).join(", ")}</span>{document.less.length > 8 && ` and ${number(document.less.length - 8)} more`}</span>}
                {document.doubts.map((doubt) => <span class="effect-actions quiet" key={doubt}>~ <Sentence text={doubt} /></span>)}
              </li>
            ))}
          </ul>
        </section>
      )}
      {page.notes.map((note, index) => <p class="answer-note" key={index}><Sentence text={note} /></p>)}
      <p class="next">
        <span class="quiet">on the command line</span>
        <code class="mono next-command">{visible(command)}</code>
        <Copy text={command} label="copy the command" />
      </p>
    </div>
  );
}

/** The account in which most of it happens. */
function accountOf(page: TryPage): string | null {
  const rows = new Map<string, number>();
  for (const change of page.access) {
    const account = change.who[0]?.account ?? change.on[0]?.account ?? null;
    if (account !== null) rows.set(account, (rows.get(account) ?? 0) + 1);
  }
  return [...rows].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

function attachmentWords({ policy, change, bearer }: TryPage["attachments"][number]): string {
  switch (change) {
    case "attached": return `+ ${policy} is attached to ${bearer}`;
    case "detached": return `− ${policy} is detached from ${bearer}`;
    case "member": return `+ ${bearer} is in ${policy} now`;
    case "no member": return `− ${bearer} is not in ${policy} any more`;
    case "runs as": return `+ ${bearer} runs as ${policy} now`;
    case "runs as no more": return `− ${bearer} does not run as ${policy} any more`;
    case "tag": return `~ ${bearer} has another ${policy}`;
    case "boundary": return `~ ${policy} becomes the boundary of ${bearer}`;
    default: return `+ ${policy} is not the boundary of ${bearer} any more`;
  }
}

function documentWords(verdict: string): string {
  switch (verdict) {
    case "widens": return "gives more (proved)";
    case "narrows": return "gives less (proved)";
    case "changes": return "gives more of some and less of other (proved)";
    case "same": return "other text, the same access (proved)";
    default: return "~ whether it gives more is not known";
  }
}

function Chains({ sign, words: [one, many], answers, count }: { sign: string; words: [one: string, many: string]; answers: Answer[]; count: number }) {
  if (count === 0) return null;
  return (
    <section class="block">
      <h3 class="block-title"><span aria-hidden="true">{sign}</span> {counted(count, one, many)}</h3>
      <ul class="effect-list">
        {answers.map((answer, index) => (
          <li key={index}>
            <Name text={answer.label} most={60} /> → <Name text={answer.on[0]?.name ?? answer.steps.at(-1)?.to.name ?? ""} most={60} />
            {answer.steps.length > 1 && <span class="quiet">, {counted(answer.steps.length, "step")}</span>}
          </li>
        ))}
        {count > answers.length && <li class="quiet">and {count - answers.length} more</li>}
      </ul>
    </section>
  );
}

/** What was in use and would be refused now: the part of a change that somebody will miss. */
function Breaks({ breaks, count }: { breaks: NonNullable<TryPage["breaks"]>; count: number }) {
  if (breaks.length === 0) return null;
  return (
    <section class="block">
      <h3 class="block-title"><span aria-hidden="true">!</span> used, and lost <span class="count">{number(count)}</span></h3>
      <ul class="effect-list">
        {breaks.map((each, index) => (
          <li key={index}>
            <Name text={each.who.name} most={60} /> used <span class="mono">{visible(each.action)}</span>
            {each.on !== null && <> on <Name text={each.on} most={60} /></>}
            {each.last_used !== null && visible(` ${each.last_used.slice(0, 10)}`)}
            {each.uses !== null && each.uses > 1 && `, ${counted(each.uses, "time")}`}: {each.certain ? "would now be denied" : "may now be denied"}
          </li>
        ))}
        {count > breaks.length && <li class="quiet">and {count - breaks.length} more</li>}
      </ul>
    </section>
  );
}

function Access({ sign, title, changes, onDocument }: { sign: string; title: string; changes: AccessChange[]; onDocument: OpenDocument }) {
  if (changes.length === 0) return null;
  return (
    <section class="block">
      <h3 class="block-title"><span aria-hidden="true">{sign}</span> {title} <span class="count">{number(changes.length)}</span></h3>
      <ul class="effect-list">
        {changes.map((change, index) => (
          <li key={index} class={change.matters ? "effect-matters" : ""}>
            <details>
              <summary><Sentence text={change.sentence} />{change.matters && <span class="tag">matters</span>}</summary>
              <p class="quiet effect-who">{change.who.slice(0, 12).map((thing) => visible(thing.name)).join(", ")}{change.on.length > 0 && `: ${change.on.slice(0, 12).map((thing) => visible(thing.name)).join(", ")}${change.count > 12 ? ` and ${change.count - 12} more` : ""}`}</p>
              {change.because.map((citation, at) => <Statement key={at} citation={citation} onOpen={onDocument} />)}
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}
