import { useState } from "preact/hooks";
import { address } from "../api/call";
import { shown, useFetched } from "../api/fetched";
import type { Finding, FindingPage } from "../api/lists";
import { type OpenDocument, Statement } from "../answer/Statement";
import { sentences } from "../answer/stepWords";
import { Toml, tomlLine } from "../list/Toml";
import { RiskMark } from "../mark/Risk";
import { Panel } from "../panel/Panel";
import { Copy } from "../shell/Copy";
import { ErrorBox } from "../shell/ErrorBox";
import { counted, number } from "../text/count";
import { quoted } from "../text/quoted";
import { Quoting } from "../text/Quoting";
import { Name, Sentence } from "../text/Name";
import { visible } from "../text/visible";
import { draftOf, kindWord } from "./FindingsView";

interface Props {
  id: string;
  /** It is one of an older snapshot, and no longer found. */
  gone?: boolean;
  onDocument: OpenDocument;
  /** Opens a draft of a policy. */
  onTry: (policy: string) => void;
  onAsk: (text: string) => void;
  onClose: () => void;
}

/** One finding: why it is that bad, the statements, what to do, how to check it, how to accept it. */
export function FindingPanel({ id, gone = false, onDocument, onTry, onAsk, onClose }: Props) {
  const fetched = useFetched<FindingPage>(address("finding", { id, state: gone ? "gone" : null }), "clavicle.finding/1");
  const last = shown(fetched);
  const page = last?.finding.id === id ? last : null;
  const finding = page?.finding;
  // What is gone may have nothing left to ask about or to change.
  const question = finding === undefined || gone ? null : questionOf(finding);
  const draft = finding === undefined || gone || finding.because.length === 0 ? null : draftOf(finding);
  return (
    <Panel title={gone ? "No longer found" : "Finding"} subject={id} onClose={onClose} heading={finding === undefined ? "reading the finding" : <span class="panel-sentence"><Sentence text={finding.sentence} /></span>}>
      {fetched.state === "failed" && <ErrorBox error={fetched.error} />}
      {page !== null && finding !== undefined && (
        <>
          <p class="panel-fact">
            <RiskMark risk={finding.severity} /> <Sentence text={finding.reason} />
          </p>
          {finding.accepted !== null && (
            <p class="panel-fact"><RiskMark risk="accepted" /> <Sentence text={`by ${finding.accepted.who} until ${finding.accepted.until}: ${finding.accepted.why}`} /></p>
          )}
          <dl class="facts">
            <dt>Fix</dt>
            <dd><Quoting text={finding.fix} /></dd>
            {finding.reaches.length > 0 && (
              <>
                <dt>Reaches</dt>
                <dd>
                  <ul>
                    {finding.reaches.map((reached, index) => (
                      <li key={index}>
                        {visible(reached.access)} {counted(reached.count, visible(kindWord(reached.kind)))}
                        {reached.matter.length > 0 && <>{reached.matter.length === reached.count ? ": " : ", among them "}<Name text={reached.matter.slice(0, 3).join(", ")} most={80} />{reached.matter.length > 3 && ` and ${number(reached.matter.length - 3)} more that matter`}</>}
                      </li>
                    ))}
                  </ul>
                </dd>
              </>
            )}
            <dt>Check</dt>
            <dd><span class="mono">clavicle check --rule {visible(finding.rule)}</span> <Copy text={`clavicle check --rule ${finding.rule}`} label="copy the command" /></dd>
          </dl>
          {(question !== null || draft !== null) && <p class="panel-actions">
            {question !== null && <button type="button" class="button small" onClick={() => onAsk(question)}><Sentence text={question} /></button>}
            {draft !== null && <button type="button" class="button small" onClick={() => onTry(draft)}>what if I change it?</button>}
          </p>}
          {finding.because.map((citation, index) => <Statement key={index} citation={citation} onOpen={onDocument} />)}
          <section class="block">
            <h3 class="block-title">{visible(page.rule.title)}</h3>
            <Words text={page.rule.means} />
            <Words text={page.rule.why} />
            <h4 class="panel-subtitle">What to do</h4>
            <Words text={page.rule.fix} />
            <h4 class="panel-subtitle">How bad it is</h4>
            <Words text={page.rule.severity} />
            <ul class="sources">
              {page.rule.sources.map((source) => <li key={source}><a class="link" href={source} target="_blank" rel="noreferrer noopener">{source}</a></li>)}
            </ul>
          </section>
          {finding.accepted === null && !gone && <Accept finding={finding} />}
        </>
      )}
    </Panel>
  );
}

/** Sentence by sentence, each on lines of its own. */
function Words({ text }: { text: string }) {
  return <>{sentences(text).map((each) => <p class="panel-words" key={each}><Quoting text={each} /></p>)}</>;
}

/** Accepting needs who, why and until when; it is written down in `clavicle.toml`, which people review. */
function Accept({ finding }: { finding: Finding }) {
  const [who, setWho] = useState("");
  const [why, setWhy] = useState("");
  const [until, setUntil] = useState("");
  const fields: [string, "text" | "date", string, (value: string) => void][] = [
    ["who", "text", who, setWho],
    ["why", "text", why, setWhy],
    ["until", "date", until, setUntil],
  ];
  const complete = who.trim() !== "" && why.trim() !== "" && until !== "";
  return (
    <details class="drawer">
      <summary>accept…</summary>
      <div class="drawer-inside">
        {fields.map(([label, type, value, set]) => (
          <label key={label} class="drawer-field">
            <span>{label}</span>
            {type === "date" ? (
              <input class="field" type="date" value={value} onInput={(event) => set(event.currentTarget.value)} />
            ) : (
              <input class="field" type="text" value={value} onInput={(event) => set(event.currentTarget.value)} />
            )}
          </label>
        ))}
        {complete ? (
          <Toml lines={["[[accept]]", tomlLine("finding", finding.id), tomlLine("who", who.trim()), tomlLine("why", why.trim()), tomlLine("until", until)]} />
        ) : (
          <p class="quiet">All three are needed; past the day it is reported again.</p>
        )}
      </div>
    </details>
  );
}

/** The question that shows how far the cause reaches; of a policy, what it gives. */
function questionOf({ cause }: Finding): string | null {
  const { kind, name } = cause.thing;
  if (kind === "policy") return `what does ${quoted(name)} give`;
  if (kind === "role" || kind === "user") return `what can ${quoted(name)} do`;
  return name === "" ? null : `who can read ${quoted(name)}`;
}
