import type { Fetched } from "../api/fetched";
import type { EvidenceShown, GrantedPage, UseLine } from "../api/trim";
import { ChooseWhere } from "../list/ChooseWhere";
import { Choose, Find } from "../list/Choose";
import { ListView } from "../list/ListView";
import { KindMark } from "../mark/KindGlyph";
import { RiskMark } from "../mark/Risk";
import type { Choice, Place } from "../place/place";
import type { Go } from "../place/usePlace";
import { Copy } from "../shell/Copy";
import { counted, number } from "../text/count";
import { Name, Sentence } from "../text/Name";
import { visible } from "../text/visible";
import { UseBar } from "./UseBar";

interface Props {
  fetched: Fetched<GrantedPage>;
  place: Place;
  go: Go;
}

export const AGES: { id: string; label: string }[] = [
  { id: "30d", label: "30 days" },
  { id: "90d", label: "90 days" },
  { id: "180d", label: "180 days" },
  { id: "400d", label: "400 days" },
];
export const USUAL_AGE = "90d";

/** Granted against used: every user and role, those with most that nobody used first. */
export function TrimView({ fetched, place, go }: Props) {
  const { choices } = place;
  const choose = (choice: Choice) => (value: string | null) => go({ choices: { ...choices, from: "", [choice]: value ?? "" }, pick: null });
  const age = choices.since ?? USUAL_AGE;
  return (
    <ListView
      name="Trim"
      fetched={fetched}
      place={place}
      go={go}
      empty="No user or role is left by these choices."
      command={`clavicle unused --since ${age}`}
      choices={(page) => (
        <>
          <div class="segmented" role="group" aria-label="looked back">
            {AGES.map(({ id, label }) => (
              <button key={id} type="button" aria-pressed={age === id} onClick={() => go({ choices: { ...choices, from: "", since: id === USUAL_AGE ? "" : id } })}>{label}</button>
            ))}
          </div>
          <Choose label="who" all="everybody" facets={page.standings} value={choices.standing ?? null} onChoose={choose("standing")} />
          <Choose label="kind" all="users and roles" facets={page.kinds} value={choices.kind ?? null} onChoose={choose("kind")} />
          <ChooseWhere accounts={page.accounts} units={page.units} place={place} go={go} />
          <Find value={choices.find ?? ""} onFind={choose("find")} />
        </>
      )}
      before={(page) => <Evidence evidence={page.evidence} />}
      rows={(page) => page.identities.map((line) => <UseRow key={line.thing.name} line={line} open={place.pick === line.thing.name} onOpen={() => go({ pick: place.pick === line.thing.name ? null : line.thing.name })} />)}
    />
  );
}

function UseRow({ line, open, onOpen }: { line: UseLine; open: boolean; onOpen: () => void }) {
  return (
    <li>
      <button type="button" class="row row-use" data-pick={line.thing.name} aria-pressed={open} onClick={onOpen}>
        <KindMark kind={line.thing.kind === "user" ? "user" : "role"} />
        <span class="row-main">
          <span class="row-sentence"><Name text={line.label} most={70} mono />{line.count > 1 && <span class="times"> ×{number(line.count)} equal</span>}</span>
          <span class="row-facts">
            <span>{usedWords(line)}</span>
            {line.standing === "did nothing" && <span class="crown">did nothing</span>}
            {line.standing === "cannot be known" && <RiskMark risk="unknown" says="whether it did anything is not known" />}
            {line.count > 1 && <span>numbers of each</span>}
            {line.because !== null && <span><Sentence text={line.because} /></span>}
            {line.partly_seen && <RiskMark risk="unknown" says="not all of its policies could be read" />}
          </span>
        </span>
        <UseBar used={line.used} unknown={line.unknown} unused={line.unused} />
        <span class="use-numbers">
          <span><b>{number(line.granted)}</b> granted</span>
          <span><b>{number(line.used)}</b> used</span>
          <span><b>{number(line.unknown)}</b> unknown</span>
          <span><b>{number(line.unused)}</b> not used</span>
        </span>
      </button>
    </li>
  );
}

function usedWords(line: UseLine): string {
  return line.last_used === null ? "no use known" : visible(`last used ${line.last_used.slice(0, 10)}`);
}

/** What the answer rests on; where nothing is loaded, how to load it. */
export function Evidence({ evidence }: { evidence: EvidenceShown }) {
  if (!evidence.any) return <NoEvidence />;
  const data = new Set(evidence.logs.flatMap((logs) => logs.data_events.map((source) => source.replace(/\.amazonaws\.com$/, ""))));
  const from = evidence.logs.flatMap((logs) => (logs.from === null ? [] : [logs.from])).sort()[0];
  const to = evidence.logs.flatMap((logs) => (logs.to === null ? [] : [logs.to])).sort().at(-1);
  return (
    <p class="evidence">
      <span class="quiet">evidence</span>
      <span><Tick on={evidence.last_accessed > 0} /> last-accessed reports{evidence.last_accessed > 0 ? ` of ${evidence.last_accessed}` : ""}</span>
      <span>
        <Tick on={evidence.logged > 0} /> CloudTrail of {evidence.logged} of {counted(evidence.accounts, "account")}
        {from !== undefined && to !== undefined && visible(`, ${from.slice(0, 10)} to ${to.slice(0, 10)}`)}
      </span>
      <span><Tick on={data.size > 0} /> data events{data.size > 0 ? visible(`: ${[...data].slice(0, 6).join(", ")}`) : ""}</span>
    </p>
  );
}

function Tick({ on }: { on: boolean }) {
  return on ? <span class="tick">✓<span class="unseen"> there: </span></span> : <span class="tick quiet">✕<span class="unseen"> not there: </span></span>;
}

const LOAD = ["aws s3 sync s3://TRAIL-BUCKET/AWSLogs logs", "clavicle usage logs"];

/** Nothing tells of use but what the snapshot itself says. */
function NoEvidence() {
  return (
    <section class="no-evidence" aria-labelledby="no-evidence-title">
      <h2 class="block-title" id="no-evidence-title">No evidence of use is loaded</h2>
      <p>
        What was used stands in the logs of AWS CloudTrail and in IAM's reports of last access. Without them only what the snapshot itself says of last use is known; all else is “cannot be
        known”, not “unused”. Read them into clavicle, then open this view again:
      </p>
      <ol class="no-evidence-steps">
        {LOAD.map((command) => <li key={command}><code class="mono">{command}</code> <Copy text={command} label={`copy ${command}`} /></li>)}
      </ol>
      <p class="quiet">The files stay on this computer. Answers of <span class="mono">aws iam get-service-last-accessed-details</span> in the same folder are read too; add <span class="mono">"Arn"</span> to say whose they are.</p>
    </section>
  );
}
