import type { FunctionComponent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { address } from "../api/call";
import { shown, useFetched } from "../api/fetched";
import type { PoliciesPage, PolicyAnswer } from "../api/lists";
import type { MapPage, MarksOfTwoPage } from "../api/map";
import type { StoredDocument } from "../api/summary";
import type { Fault, LintPage, TryPage } from "../api/tried";
import type { OpenDocument } from "../answer/Statement";
import { PageGlyph } from "../answer/Statement";
import { ChooseWhere } from "../list/ChooseWhere";
import { Find } from "../list/Choose";
import { Pager } from "../list/Pager";
import { walkRows } from "../list/walkRows";
import { attachedWords } from "../policies/PoliciesView";
import { isChangeMap, type Place } from "../place/place";
import type { Go } from "../place/usePlace";
import { ErrorBox } from "../shell/ErrorBox";
import { counted } from "../text/count";
import { Name, Sentence } from "../text/Name";
import { Quoting } from "../text/Quoting";
import { visible } from "../text/visible";
import { ChangeMap, ChangePanel } from "./ChangeMap";
import { Effect } from "./Effect";
import { Stopped, Working } from "./Working";
import { Diff } from "./Diff";
import { lineDiff } from "./lineDiff";
import { usePosted, valueOf } from "./usePosted";
import { Combobox } from "../ask/Combobox";
import { type Act, ACT_DONE, ACT_OF, ACT_WORD, actOf, ACTS, commandOf, editOf } from "./edits";

interface Props {
  place: Place;
  go: Go;
  onDocument: OpenDocument;
}

const NONE: Fault[] = [];
const LINT_AFTER = 150;
const TRY_AFTER = 600;
/** A change that takes longer than this is not tried at every key. */
const LIVE_MOST = 4000;
/** A text longer than this makes no link. */
const LINK_MOST = 20_000;

/** What if? A policy is changed as a draft, and the effect is worked out on a copy; nothing is changed anywhere. */
export function ChangesView({ place, go, onDocument }: Props) {
  return place.pick === null ? <ChoosePolicy place={place} go={go} /> : <Draft key={place.pick} policy={place.pick} place={place} go={go} onDocument={onDocument} />;
}

/** Which policy? Any that its owner may edit. */
function ChoosePolicy({ place, go }: { place: Place; go: Go }) {
  const find = place.choices.find ?? "";
  const fetched = useFetched<PoliciesPage>(address("policies", { find, account: place.account, unit: place.unit, editable: "true", from: place.choices.from ?? null }), "clavicle.policies/1");
  const page = shown(fetched);
  return (
    <article class="list" aria-labelledby="list-title">
      <header class="list-head">
        <p class="list-name">Changes</p>
        <h1 class="list-sentence" id="list-title">What if I changed a policy? Choose one: it is tried on a copy, and nothing is changed in AWS.</h1>
      </header>
      <div class="list-choices">
        <ChooseWhere accounts={page?.accounts ?? []} units={page?.units ?? []} place={place} go={go} />
        <Find value={find} onFind={(value) => go({ choices: { find: value } })} />
      </div>
      {fetched.state === "failed" && <ErrorBox error={fetched.error} />}
      {page === null && fetched.state === "loading" && <p class="quiet" role="status">looking for the policies</p>}
      <ul class="rows" onKeyDown={walkRows}>
        {page?.policies.map((line) => (
          <li key={line.name}>
            <button type="button" class="row row-policy" onClick={() => go({ pick: line.name, choices: {} })}>
              <PageGlyph />
              <span class="row-main">
                <span class="row-sentence"><Name text={line.name} most={90} mono /></span>
                <span class="row-facts">
                  <span>{visible(line.kind)}</span>
                  <span><Sentence text={attachedWords(line)} /></span>
                  {line.tasks > 1 && <span class="crown">{line.tasks} unrelated tasks</span>}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {page !== null && page.policies.length === 0 && <p class="empty quiet">No policy that can be edited has this in its name.</p>}
      {page !== null && <Pager total={page.total} from={page.from} shown={page.policies.length} onFrom={(from) => go({ choices: { ...place.choices, from: from === 0 ? "" : String(from) } })} />}
    </article>
  );
}

function Draft({ policy, place, go, onDocument }: Props & { policy: string }) {
  const answer = useFetched<PolicyAnswer>(address("policy", { name: policy }), "clavicle.answer/1");
  const id = shown(answer)?.answers[0]?.steps[0]?.because[0]?.document_id ?? null;
  const stored = useFetched<StoredDocument>(id === null ? null : address("document", { id }), null);
  const original = shown(stored)?.text ?? null;
  if (answer.state === "failed") return <div class="list"><ErrorBox error={answer.error} /></div>;
  if (stored.state === "failed") return <div class="list"><ErrorBox error={stored.error} /></div>;
  if (answer.state === "ready" && id === null) return <p class="empty quiet">The text of this policy was not seen, so no other can be tried.</p>;
  if (original === null) return <p class="waiting quiet" role="status">reading the policy</p>;
  return <Trial policy={policy} bearers={bearersOf(shown(answer))} attachable={shown(answer)?.policy?.kind.endsWith("managed policy") === true} original={original} place={place} go={go} onDocument={onDocument} />;
}

function Trial({ policy, bearers, attachable, original, place, go, onDocument }: Props & { policy: string; bearers: string[]; attachable: boolean; original: string }) {
  const act = actOf(place);
  const editing = act === "edit";
  const other = (place.choices.to ?? "").trim();
  const [text, setText] = useState(place.choices.text ?? original);
  const [epoch, setEpoch] = useState(0);
  const replace = (next: string) => {
    setText(next);
    setEpoch((before) => before + 1);
  };
  const [asked, setAsked] = useState<string | null>(null);
  const [slow, setSlow] = useState(false);
  const changed = editing ? text !== original : act === "delete" || other !== "";
  const lint = usePosted<LintPage>(address("lint"), "clavicle.lint/1", JSON.stringify({ text, policy }), LINT_AFTER);
  const faults = lint.state === "ready" ? lint.value.faults : NONE;
  const refused = faults.some((fault) => fault.refused);
  const body = JSON.stringify({ edits: [editOf(act, policy, text, other)] });
  const [stopped, setStopped] = useState<string | null>(null);
  const wanted = changed && stopped !== body && (!editing || (lint.state === "ready" && !refused)) && (!slow || asked === body);
  const tried = usePosted<TryPage>(address("try"), "clavicle.try/1", wanted && !isChangeMap(place) ? body : null, slow ? 0 : TRY_AFTER);
  const onMap = isChangeMap(place) && wanted;
  const drawn = usePosted<MapPage>(address("try/map", { account: place.account, unit: place.unit }), "clavicle.map/1", onMap ? body : null, 0);
  const map = valueOf(drawn);
  // They take a search for each thing and each state: the map comes first, and does not move for them.
  const looked = usePosted<MarksOfTwoPage>(address("try/marks", { account: place.account, unit: place.unit }), "clavicle.marks-of-two/1", onMap && drawn.state === "ready" ? body : null, 0);
  const marks = looked.state === "ready" ? looked.value : null;
  useEffect(() => {
    if (tried.state !== "ready") return;
    setSlow(tried.took > LIVE_MOST);
    // What was worked out stays, however long it took; the next draft waits until it is asked for.
    setAsked(body);
  }, [tried.state]);
  // Back, forward and links bring another draft.
  const linked = useRef(place.choices.text ?? "");
  useEffect(() => {
    const draft = place.choices.text ?? "";
    if (draft === linked.current) return;
    linked.current = draft;
    replace(draft === "" ? original : draft);
  }, [place.choices.text]);
  // The draft is in the link as soon as it rests, without a step of history for each key.
  useEffect(() => {
    const timer = setTimeout(() => {
      const draft = text === original || text.length > LINK_MOST ? "" : text;
      if ((place.choices.text ?? "") === draft) return;
      linked.current = draft;
      go({ choices: { ...place.choices, text: draft } }, "replace");
    }, 300);
    return () => clearTimeout(timer);
  }, [text]);

  const command = commandOf(act, policy, other);
  if (isChangeMap(place) && changed) {
    const under = drawn.state === "loading" ? drawn.working : null;
    return (
      <div class="change-split">
        <div class="change-main">
          {drawn.state === "failed" && <ErrorBox error={drawn.error} />}
          {stopped === body && <Stopped onAgain={() => setStopped(null)} />}
          {drawn.state === "loading" && <Working step={under} what={body} doing="drawing before and after" onStop={() => setStopped(body)} />}
          {slow && asked !== body && !refused && <p class="trial-wait"><button type="button" class="button strong" onClick={() => setAsked(body)}>Work it out</button></p>}
          {drawn.state !== "loading" && refused && <p class="trial-wait">AWS would not take this text.</p>}
          {map !== null && <ChangeMap page={map} marks={marks} place={place} go={go} stale={drawn.state === "loading"} heading={<TriedHeading act={act} policy={policy} other={other} />} />}
        </div>
        {map !== null && <ChangePanel page={map} marks={marks} place={place} go={go} source={{ tried: body }} onDocument={onDocument} />}
      </div>
    );
  }
  return (
    <article class="trial" aria-labelledby="trial-title">
      <section class="trial-draft">
        <header class="trial-head">
          <p class="list-name">Changes: a draft, not applied</p>
          <h1 class="trial-title" id="trial-title"><Name text={policy} most={80} mono /></h1>
          <div class="trial-tools">
            <div class="segmented" role="group" aria-label="change">
              {ACTS.filter((each) => attachable || each === "edit" || each === "delete").map((each) => (
                <button key={each} type="button" aria-pressed={act === each} onClick={() => go({ choices: { ...place.choices, act: each === "edit" ? "" : each, to: "" } })}>{ACT_WORD[each]}</button>
              ))}
            </div>
            {editing && <button type="button" class="button small" disabled={text === original} onClick={() => replace(original)}>as it is</button>}
            <button type="button" class="button small" onClick={() => go({ pick: null, choices: {} })}>another policy</button>
          </div>
        </header>
        {act === "delete" && <p class="trial-deleted">The policy is taken as gone, with all its attachments.</p>}
        {act !== "edit" && act !== "delete" && <Bearer act={act} bearers={bearers} value={other} onValue={(to) => go({ choices: { ...place.choices, to } })} />}
        {/* Above the text: below it, what a draft changes is off the screen. */}
        {editing && <Diff lines={lineDiff(original, text)} />}
        {editing && <LazyEditor label={`text of ${visible(policy)}`} text={text} epoch={epoch} faults={faults} onText={setText} />}
        {editing && <Faults faults={faults} />}
      </section>
      <section class="trial-effect" aria-label="effect" aria-live="polite" aria-busy={tried.state === "loading"}>
        {!changed && <p class="trial-wait">{editing ? "Change the text: what it comes to is worked out on a copy and shown here." : "Say whom: what it comes to is worked out on a copy and shown here."}</p>}
        {changed && editing && refused && <p class="trial-wait">AWS would not take this text: {counted(faults.filter((fault) => fault.refused).length, "error")}.</p>}
        {changed && slow && !(editing && refused) && asked !== body && (
          <p class="trial-wait"><button type="button" class="button strong" onClick={() => setAsked(body)}>Work it out</button></p>
        )}
        {tried.state === "failed" && <ErrorBox error={tried.error} />}
        {tried.state === "loading" && <Working step={tried.working} what={body} doing="working it out" onStop={() => setStopped(body)} />}
        {changed && stopped === body && <Stopped onAgain={() => setStopped(null)} />}
        {changed && valueOf(tried) !== null && <Effect page={valueOf(tried) as TryPage} stale={tried.state === "loading"} command={command} onMap={(account) => go({ account, choices: { ...place.choices, shows: "map" } })} onDocument={onDocument} />}
      </section>
    </article>
  );
}

/** What is tried, above its map. */
function TriedHeading({ act, policy, other }: { act: Act; policy: string; other: string }) {
  if (act === "unbound") return <><Name text={other} most={60} mono /> without a boundary: not applied</>;
  return <><Name text={policy} most={60} mono /> {ACT_DONE[act]}{ACT_OF[act] !== undefined && <> <Name text={other} most={60} mono /></>}: not applied</>;
}

/** Who has the policy, as far as the answer about it names them. */
function bearersOf(answer: PolicyAnswer | null): string[] {
  const names = new Set((answer?.answers ?? []).flatMap((each) => each.who.map((thing) => thing.name)));
  for (const task of answer?.policy?.tasks ?? []) task.bearers.forEach((bearer) => names.add(bearer));
  return [...names].sort();
}

/** To whom the policy is attached, from whom it is taken, or whose boundary it is or is no more. */
function Bearer({ act, bearers, value, onValue }: { act: Act; bearers: string[]; value: string; onValue: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  return (
    <form
      class="trial-bearer"
      onSubmit={(event) => {
        event.preventDefault();
        onValue(typed.trim());
      }}
    >
      <div class="trial-bearer-line">
        <span class="quiet">{ACT_OF[act]?.word}</span>
        <Combobox label={ACT_OF[act]?.label ?? ""} slot="by" look="box" value={typed} placeholder="role/web" onValue={setTyped} onEnter={(next) => onValue(next.trim())} />
        <button type="submit" class="button small" disabled={typed.trim() === "" || typed.trim() === value}>try it</button>
      </div>
      {(act === "detach" || act === "unbound") && bearers.length > 0 && (
        <ul class="trial-bearers" aria-label="who has it">
          {bearers.slice(0, 40).map((bearer) => (
            <li key={bearer}><button type="button" class="link" aria-pressed={bearer === value} onClick={() => onValue(bearer)}><Name text={bearer} most={70} mono /></button></li>
          ))}
        </ul>
      )}
    </form>
  );
}

/** The editor is large, so it comes when it is needed. */
function LazyEditor(props: { label: string; text: string; epoch: number; faults: Fault[]; onText: (text: string) => void }) {
  const [loaded, setLoaded] = useState<{ Editor: FunctionComponent<typeof props> } | null>(null);
  useEffect(() => {
    let gone = false;
    void import("./Editor").then((module) => {
      if (!gone) setLoaded({ Editor: module.default });
    });
    return () => {
      gone = true;
    };
  }, []);
  if (loaded === null) return <p class="waiting quiet" role="status">opening the editor</p>;
  return <loaded.Editor {...props} />;
}

/** What is wrong with the text, in words: the squiggles say no more than this. */
function Faults({ faults }: { faults: Fault[] }) {
  if (faults.length === 0) return null;
  return (
    <ul class="faults" aria-label="faults of the text">
      {faults.slice(0, 8).map((fault, index) => (
        <li key={index}>
          <span class={`fault-word fault-${fault.severity}`}>{fault.severity}</span> <span class="mono">line {fault.line}:</span> <Quoting text={fault.message} />
          {fault.help !== null && <span class="quiet">; <Quoting text={fault.help} /></span>}
          {fault.why !== null && <details class="fault-why"><summary>why</summary><Quoting text={fault.why} /></details>}
        </li>
      ))}
      {faults.length > 8 && <li class="quiet">and {faults.length - 8} more</li>}
    </ul>
  );
}
