import type { ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import { ActsContext } from "../answer/acts";
import type { Fetched } from "../api/fetched";
import type { Finding, FindingsPage } from "../api/lists";
import { draftOf, isThing, mattersOf } from "../findings/FindingsView";
import { RiskMark } from "../mark/Risk";
import type { Go } from "../place/usePlace";
import { number } from "../text/count";
import { Name, Sentence } from "../text/Name";
import { quoted } from "../text/quoted";
import { visible } from "../text/visible";

/** So many are named; the rest is one click away. */
const NAMED = 4;
const SEVERITIES = ["critical", "high", "medium", "low"] as const;

/** What the rules found: how many of each severity, how many more or less than before, and the worst with the step that mends them. */
export function HomeFindings({ findings, go, since }: { findings: Fetched<FindingsPage>; go: Go; since: ComponentChildren }) {
  const toFindings = (choices: Record<string, string> = {}, pick: string | null = null) => go({ view: "findings", choices, pick });
  if (findings.state === "idle") {
    return <p><button type="button" class="button small" onClick={() => toFindings()}>look what the rules find</button></p>;
  }
  if (findings.state === "failed") return <p class="quiet">What the rules find could not be worked out.</p>;
  if (findings.state === "loading") {
    const working = findings.working;
    const counted = working !== undefined && working.total > 0 ? `, ${number(working.done)} of ${number(working.total)}` : "";
    return <p class="quiet" role="status" aria-busy="true">{visible(working?.step ?? "asking the rules")}{counted}</p>;
  }
  const page = findings.value;
  const some = SEVERITIES.filter((severity) => page.counts[severity] > 0);
  if (some.length === 0) return <><p class="quiet">The rules find nothing that is open.</p>{since}</>;
  const more = some.reduce((sum, severity) => sum + page.counts[severity], 0) - Math.min(NAMED, page.findings.length);
  return (
    <>
      <div class="home-worst">
        <ul class="home-counts" aria-label="findings by severity">
          {some.map((severity) => (
            <li key={severity}>
              <button type="button" class="home-count" onClick={() => toFindings({ severity })}><RiskMark risk={severity} says={`${number(page.counts[severity])} ${severity}`} /></button>
            </li>
          ))}
        </ul>
        {since}
      </div>
      <ul class="fact-list">
        {page.findings.slice(0, NAMED).map((finding) => (
          <li class="fact" key={finding.id}>
            <RiskMark risk={finding.severity} word={false} />
            <span class="fact-main">
              <button type="button" class="fact-open" onClick={() => toFindings({}, finding.id)}><Sentence text={finding.sentence} /></button>
              <Leads finding={finding} />
            </span>
            <Next finding={finding} />
          </li>
        ))}
      </ul>
      {more > 0 && <p class="home-more"><button type="button" class="link" onClick={() => toFindings()}>and {number(more)} more</button></p>}
    </>
  );
}

/** What matters that a finding leads to, where its sentence does not say so. */
function Leads({ finding }: { finding: Finding }) {
  const [matter, ...others] = mattersOf(finding).filter((name) => !finding.sentence.includes(name));
  if (matter === undefined) return null;
  return <span class="fact-sub">leads to <Name text={matter} most={60} />{others.length > 0 && ` and ${number(others.length)} more`}</span>;
}

/** The one step from a finding to its fix. */
function Next({ finding }: { finding: Finding }) {
  const { onAsk, onPolicy, onTry } = useContext(ActsContext);
  // Chains lead to things; who becomes a role is mended where the role lets them in.
  const matter = mattersOf(finding).find(isThing);
  const draft = draftOf(finding);
  if (finding.rule === "shared-policy") return <button type="button" class="button small" onClick={() => onPolicy(finding.cause.thing.name)}>split</button>;
  if (matter !== undefined) return <button type="button" class="button small" onClick={() => onAsk(`who can read ${quoted(matter)}`, true)}>cut</button>;
  return draft === null ? null : <button type="button" class="button small" onClick={() => onTry(draft, null)}>what-if</button>;
}
