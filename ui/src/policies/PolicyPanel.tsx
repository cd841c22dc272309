import { address } from "../api/call";
import { shown, useFetched } from "../api/fetched";
import type { PolicyAnswer, PolicySheet, PolicyUsedPage } from "../api/lists";
import { type OpenDocument, Statement } from "../answer/Statement";
import { Conditions } from "../answer/Steps";
import { kindWord } from "../findings/FindingsView";
import { quoted } from "../text/quoted";
import { Panel } from "../panel/Panel";
import { ErrorBox } from "../shell/ErrorBox";
import { counted, number } from "../text/count";
import { Name, Sentence } from "../text/Name";
import { visible } from "../text/visible";
import { AGES, USUAL_AGE } from "../trim/TrimView";
import { usedWords } from "./usedWords";

const AGE = AGES.find(({ id }) => id === USUAL_AGE)?.label ?? USUAL_AGE;

interface Props {
  name: string;
  onDocument: OpenDocument;
  onPolicy: (name: string) => void;
  /** Opens a draft of this policy. */
  onTry: (name: string) => void;
  /** Opens what one who has it used of it, and what is enough. */
  onTrim: (who: string) => void;
  /** Opens the finding that says how a policy of several tasks is split. */
  onSplit: (name: string) => void;
  onAsk: (text: string) => void;
  onClose: () => void;
}

/** One policy: where it is attached, for which tasks, what is like it, and statement by statement what it gives. */
export function PolicyPanel({ name, onDocument, onPolicy, onTry, onTrim, onSplit, onAsk, onClose }: Props) {
  const fetched = useFetched<PolicyAnswer>(address("policy", { name }), "clavicle.answer/1");
  const page = fetched.state === "loading" ? null : shown(fetched);
  const sheet = page?.policy ?? null;
  const looked = useFetched<PolicyUsedPage>(sheet === null || sheet.bearers === 0 ? null : address("policy/used", { name, since: USUAL_AGE }), "clavicle.policy-used/1");
  const used = looked.state === "ready" ? looked.value : null;
  const bearer = page?.answers[0]?.who.find((thing) => thing.kind === "role" || thing.kind === "user")?.name;
  return (
    <Panel title={sheet === null ? "Policy" : visible(sheet.kind)} subject={name} onClose={onClose} heading={<Name text={name} most={120} mono />}>
      {fetched.state === "failed" && <ErrorBox error={fetched.error} />}
      {page === null && fetched.state === "loading" && <p class="panel-fact quiet" role="status">reading the policy</p>}
      {page !== null && (
        <>
          <p class="panel-fact"><Sentence text={page.sentence} /></p>
          {sheet !== null && page.answers.length > 0 && !sheet.kind.startsWith("AWS managed") && sheet.kind !== "permission set" && (
            <p class="panel-actions">
              <button type="button" class="button small" onClick={() => onTry(name)}>what if I change it?</button>
              {sheet.tasks.length > 1 && !sheet.follows_bearer && <button type="button" class="button small" onClick={() => onSplit(name)}>split it by task</button>}
              {bearer !== undefined && sheet.bearers > 0 && <button type="button" class="button small" onClick={() => onTrim(bearer)}>trim it for <Name text={bearer} most={40} /></button>}
            </p>
          )}
          {sheet !== null && <SheetFacts sheet={sheet} used={used} looking={looked.state === "loading"} bearers={page.answers[0]?.who.map((thing) => thing.name) ?? []} onPolicy={onPolicy} onAsk={onAsk} />}
          {page.notes.map((note, index) => <p class="panel-fact quiet" key={index}><Sentence text={note} /></p>)}
          {page.answers.map((answer, index) => {
            const statement = sheet?.statements[index];
            const usedBy = used?.statements[index] ?? null;
            return (
              <section class="policy-statement" key={index} aria-label={visible(answer.label)}>
                {answer.steps[0]?.because.map((citation, at) => <Statement key={at} citation={citation} onOpen={onDocument} />)}
                <Conditions conditions={answer.if} />
                {statement !== undefined && statement.gives.length > 0 && (
                  <p class="policy-gives">
                    <span aria-hidden="true">→ </span>
                    {answer.steps[0]?.relation === "takes" ? "takes: " : "gives: "}
                    {statement.gives.map((reached) => `${reached.access} ${counted(reached.count, kindWord(reached.kind))}`).map(visible).join(", ")}
                    {matter(statement.gives) !== "" && <span>; {visible(matter(statement.gives))} among them</span>}
                  </p>
                )}
                {(statement === undefined || statement.gives.length === 0) && answer.access.length > 0 && (
                  <p class="policy-gives quiet">{answer.access.map(visible).join(", ")}{answer.count === 0 ? ": nothing that was seen" : `: ${counted(answer.count, "thing")}`}</p>
                )}
                {usedBy !== null && <p class="policy-used"><Sentence text={usedWords(usedBy, "it", AGE)} /></p>}
                {statement?.redundant != null && <p class="policy-gives"><Sentence text={`adds nothing: ${statement.redundant}`} /></p>}
                {statement?.idle != null && <p class="policy-gives"><Sentence text={`does nothing: ${statement.idle}`} /></p>}
              </section>
            );
          })}
        </>
      )}
    </Panel>
  );
}

function matter(gives: PolicySheet["statements"][number]["gives"]): string {
  return [...new Set(gives.flatMap((reached) => reached.matter))].slice(0, 3).join(", ");
}

interface FactsProps {
  sheet: PolicySheet;
  used: PolicyUsedPage | null;
  /** Who used it is being looked for. */
  looking: boolean;
  bearers: string[];
  onPolicy: (name: string) => void;
  onAsk: (text: string) => void;
}

function SheetFacts({ sheet, used, looking, bearers, onPolicy, onAsk }: FactsProps) {
  const all = sheet.bearers + sheet.bounds;
  return (
    <dl class="facts">
      {bearers.length > 0 && (
        <>
          <dt>Attached</dt>
          <dd>
            <ul>
              {bearers.slice(0, 8).map((bearer) => (
                <li key={bearer}><button type="button" class="link" onClick={() => onAsk(`what can ${quoted(bearer)} do`)}><Name text={bearer} most={60} /></button></li>
              ))}
              {Math.max(all, bearers.length) > 8 && <li class="quiet">and {number(Math.max(all, bearers.length) - 8)} more</li>}
            </ul>
          </dd>
        </>
      )}
      {looking && (
        <>
          <dt>Used</dt>
          <dd><span class="quiet" role="status">looking who used it</span></dd>
        </>
      )}
      {used !== null && used.whole !== null && (
        <>
          <dt>Used</dt>
          <dd>
            <Sentence text={usedWords(used.whole, "any of it", AGE)} />
            {used.looked < used.has && `, of the first ${number(used.looked)} of ${number(used.has)}`}
            {used.whole.unknown === used.looked && <span class="quiet"> (read logs with <code class="mono">clavicle usage LOGS</code>)</span>}
          </dd>
        </>
      )}
      {sheet.bounds > 0 && (
        <>
          <dt>Boundary</dt>
          <dd>of {counted(sheet.bounds, "identity", "identities")}</dd>
        </>
      )}
      {sheet.permission_sets.length > 0 && (
        <>
          <dt>Sets</dt>
          <dd><Name text={sheet.permission_sets.slice(0, 6).join(", ")} most={120} /></dd>
        </>
      )}
      {sheet.tasks.length > 1 && (
        <>
          <dt>Tasks</dt>
          <dd>
            {sheet.tasks.slice(0, 12).map((task) => visible(`${task.name} ${number(task.bearers.length)}`)).join(" · ")}
            {sheet.tasks.length > 12 && ` · ${number(sheet.tasks.length - 12)} more`}
            {sheet.follows_bearer && <span class="quiet"> (each gets things of its own)</span>}
          </dd>
        </>
      )}
      <dt>Size</dt>
      <dd>
        {counted(sheet.actions, "action")}
        {sheet.version !== null && `, ${visible(sheet.version)}${sheet.versions > 1 ? ` of ${number(sheet.versions)}` : ""}`}
        {sheet.size !== null && `, ${number(sheet.size.characters)}${sheet.size.most === null ? "" : ` of ${number(sheet.size.most)}`} characters`}
      </dd>
      {sheet.equal.length > 0 && (
        <>
          <dt>Same</dt>
          <dd><Policies names={sheet.equal} onPolicy={onPolicy} /></dd>
        </>
      )}
      {sheet.near.length > 0 && (
        <>
          <dt>Near</dt>
          <dd>
            <ul>
              {sheet.near.slice(0, 6).map((near) => (
                <li key={near.document}>
                  <button type="button" class="link" onClick={() => onPolicy(near.document)}><Name text={near.document} most={60} /></button> differs in 1 statement
                  {near.line !== null && ` (line ${near.line} here${near.other_line === null ? "" : `, ${near.other_line} there`})`}
                </li>
              ))}
              {sheet.near.length > 6 && <li class="quiet">and {number(sheet.near.length - 6)} more</li>}
            </ul>
          </dd>
        </>
      )}
    </dl>
  );
}

function Policies({ names, onPolicy }: { names: string[]; onPolicy: (name: string) => void }) {
  return (
    <ul>
      {names.slice(0, 6).map((name) => <li key={name}><button type="button" class="link" onClick={() => onPolicy(name)}><Name text={name} most={60} /></button></li>)}
      {names.length > 6 && <li class="quiet">and {number(names.length - 6)} more</li>}
    </ul>
  );
}
