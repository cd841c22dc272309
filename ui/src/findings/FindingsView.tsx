import { useContext } from "preact/hooks";
import { ActsContext } from "../answer/acts";
import { address } from "../api/call";
import { type Fetched, shown, useFetched } from "../api/fetched";
import type { Finding, FindingsPage, SincePage } from "../api/lists";
import { MOST_LOOKED_AT } from "../ask/lookedAt";
import { ChooseWhere } from "../list/ChooseWhere";
import { Choose, Find } from "../list/Choose";
import { ListView } from "../list/ListView";
import { RiskMark } from "../mark/Risk";
import type { Choice, Place } from "../place/place";
import type { Go } from "../place/usePlace";
import { counted, number } from "../text/count";
import { Name, Sentence } from "../text/Name";
import { quoted } from "../text/quoted";
import { visible } from "../text/visible";

const STATES = ["open", "accepted", "gone"] as const;

interface Props {
  fetched: Fetched<FindingsPage>;
  place: Place;
  go: Go;
}

/** What the rules found: one row per cause, worst first. */
export function FindingsView({ fetched, place, go }: Props) {
  const { choices } = place;
  const choose = (choice: Choice) => (value: string | null) => go({ choices: { ...choices, from: "", [choice]: value ?? "" }, pick: null });
  const state = STATES.find((each) => each === choices.state) ?? "open";
  return (
    <ListView
      name="Findings"
      fetched={fetched}
      place={place}
      go={go}
      empty="No finding is left by these choices."
      command={choices.rule === undefined ? "clavicle check" : `clavicle check --rule ${choices.rule}`}
      choices={(page) => (
        <>
          <div class="segmented" role="group" aria-label="which">
            {STATES.filter((each) => each !== "gone").map((each) => (
              <button key={each} type="button" aria-pressed={state === each} onClick={() => choose("state")(each === "open" ? null : each)}>
                {each} <span class="count">{number(each === "accepted" ? page.counts.accepted : openCount(page))}</span>
              </button>
            ))}
            <Gone asks={state === "gone" || page.snapshot.identities <= MOST_LOOKED_AT} chosen={state === "gone"} onChoose={() => choose("state")("gone")} />
          </div>
          <Choose label="rule" all="every rule" facets={page.rules} value={choices.rule ?? null} onChoose={choose("rule")} />
          <ChooseWhere accounts={page.accounts} units={page.units} place={place} go={go} />
          <Choose label="severity" all="all" facets={page.severities} value={choices.severity ?? null} onChoose={choose("severity")} />
          <Find value={choices.find ?? ""} onFind={choose("find")} />
        </>
      )}
      rows={(page) => page.findings.map((finding) => <FindingRow key={finding.id} finding={finding} acts={place.pick === null && state === "open"} open={place.pick === finding.id} onOpen={() => go({ pick: place.pick === finding.id ? null : finding.id })} />)}
    />
  );
}

/** What an older snapshot had and this one has not, where one is saved: `asks`, unasked only of a few identities, since it takes a second world. */
function Gone({ asks, chosen, onChoose }: { asks: boolean; chosen: boolean; onChoose: () => void }) {
  const page = shown(useFetched<SincePage>(asks ? address("since") : null, "clavicle.since/1"));
  if (!chosen && asks && (page === null || page.with === null)) return null;
  const { gone } = page ?? { gone: null };
  return (
    <button type="button" aria-pressed={chosen} onClick={onChoose}>
      no longer found {gone !== null && <span class="count">{number(gone.critical + gone.high + gone.medium + gone.low)}</span>}
    </button>
  );
}

function openCount(page: FindingsPage): number {
  const { critical, high, medium, low } = page.counts;
  return critical + high + medium + low;
}

interface RowProps {
  finding: Finding;
  open: boolean;
  /** Are the next steps beside it? Beside an open panel, which has them, there is no room. */
  acts: boolean;
  onOpen: () => void;
}

function FindingRow({ finding, open, acts, onOpen }: RowProps) {
  const { cause } = finding;
  const matter = mattersOf(finding);
  return (
    <li class="row-with-acts">
      <button type="button" class="row" data-pick={finding.id} aria-pressed={open} onClick={onOpen}>
        <RiskMark risk={finding.accepted === null ? finding.severity : "accepted"} />
        <span class="row-main">
          <span class="row-sentence"><Sentence text={finding.sentence} /></span>
          <span class="row-facts">
            <span class="tag">{visible(finding.rule)}</span>
            <span>
              <Name text={cause.document ?? cause.thing.name} most={56} mono />
              {cause.line !== null && <span class="mono">:{cause.line}</span>}
            </span>
            {finding.reaches.length > 0 && <span>{reachedWords(finding)}</span>}
            {matter.length > 0 && <span class="crown">→ <Name text={matter[0] ?? ""} most={40} />{matter.length > 1 && ` and ${number(matter.length - 1)} more`}</span>}
            {finding.accepted !== null && <span><Sentence text={`by ${finding.accepted.who} until ${finding.accepted.until}: ${finding.accepted.why}`} /></span>}
          </span>
        </span>
      </button>
      {acts && <FindingActs finding={finding} />}
    </li>
  );
}

/** What to do about a finding: see the way to what matters, or try the policy with another text. */
function FindingActs({ finding }: { finding: Finding }) {
  const { onAsk, onTry } = useContext(ActsContext);
  const matter = mattersOf(finding).find(isThing);
  const draft = draftOf(finding);
  const about = visible(finding.sentence);
  return (
    <span class="row-acts">
      {matter !== undefined && <button type="button" class="button small" aria-label={`path: ${about}`} onClick={() => onAsk(`who can read ${quoted(matter)}`)}>path</button>}
      {draft !== null && <button type="button" class="button small" aria-label={`what-if: ${about}`} onClick={() => onTry(draft, null)}>what-if</button>}
    </span>
  );
}

/** A role or user is one whom somebody becomes on the way to something. */
export function isThing(name: string): boolean {
  return !/(^|:)(role|user)\//.test(name);
}

/** The policy to change: of what AWS owns there is none. */
export function draftOf({ cause }: Finding): string | null {
  if (cause.document === null || (cause.thing.kind === "policy" && cause.thing.account === null && cause.document.startsWith("policy/"))) return null;
  return cause.thing.kind === "policy" ? cause.thing.name : cause.document;
}

/** What matters of what it reaches: things before those whom one becomes on the way to them. */
export function mattersOf({ reaches }: Pick<Finding, "reaches">): string[] {
  const all = [...new Set(reaches.flatMap((reached) => reached.matter))];
  return [...all.filter(isThing), ...all.filter((name) => !isThing(name))];
}

/** `control 14 functions`, as far as one line goes. */
export function reachedWords({ reaches }: Pick<Finding, "reaches">): string {
  const words = reaches.slice(0, 2).map((reached) => visible(`${reached.access} ${counted(reached.count, kindWord(reached.kind))}`));
  return words.join(", ") + (reaches.length > 2 ? ` and ${number(reaches.length - 2)} more` : "");
}

/** `s3:bucket` as `bucket`, `rds:db` as `database`, `states:stateMachine` as `state machine`. */
export function kindWord(kind: string): string {
  if (kind === "rds:db") return "database";
  return kind.split(":").at(-1)?.replaceAll("-", " ").replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) ?? kind;
}
