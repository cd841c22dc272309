import type { ComponentChildren } from "preact";
import { useContext, useId, useState } from "preact/hooks";
import type { Citation, Step } from "../api/answer";
import { address } from "../api/call";
import { shown, useFetched } from "../api/fetched";
import type { PolicyAnswer } from "../api/lists";
import type { StoredDocument } from "../api/summary";
import { kindWord } from "../findings/FindingsView";
import { Copy } from "../shell/Copy";
import { counted } from "../text/count";
import { Name } from "../text/Name";
import { quoted } from "../text/quoted";
import { visible } from "../text/visible";
import { ActsContext } from "./acts";
import { citedAddress, editableName } from "./draft";
import { checkCommand, sentences, stepWords } from "./stepWords";
import { TryFix } from "./TryFix";

/** What a person wants to know of a step next: what else the statement gives, how it could be misused, the fix, the check. */
export function StepMore({ step }: { step: Step }) {
  const words = stepWords(step);
  const allows = step.because.find((citation) => citation.effect === "Allow" && citation.document_id !== null);
  const command = checkCommand(step);
  const { onAsk } = useContext(ActsContext);
  const parts: [string, () => ComponentChildren][] = [];
  if (allows !== undefined) parts.push(["what else it gives", () => <Gives citation={allows} />]);
  parts.push([
    "misuse",
    () => (
      <>
        <Words text={words.misuse} />
        {step.method !== null && step.method.pages.length > 0 && <Pages pages={step.method.pages} />}
      </>
    ),
  ]);
  parts.push([
    "fix, what-if",
    () => (
      <>
        <Words text={words.fix} />
        {allows !== undefined && <TryFix citation={allows} action={step.action} fromOutside={step.from.kind !== "role" && step.from.kind !== "user"} />}
      </>
    ),
  ]);
  parts.push([
    "check",
    () => (
      <>
        <Words text={words.check} />
        {command !== null && <p class="step-command"><code class="mono">{visible(command)}</code> <Copy text={command} label="copy the command" /></p>}
        {step.relation === "runs as" && <p><button type="button" class="button small" onClick={() => onAsk(`what can ${quoted(step.to.name)} do`)}>what can it do</button></p>}
      </>
    ),
  ]);
  return (
    <div class="step-more">
      {step.method !== null && (
        <p class="step-method">
          {visible(step.method.title)} <span class="quiet mono">{visible(step.method.id)}</span>
        </p>
      )}
      <Parts parts={parts} />
    </div>
  );
}

/** One part at a time; it is made once somebody looks at it, since it may ask the program. */
function Parts({ parts }: { parts: [string, () => ComponentChildren][] }) {
  const id = useId();
  const [open, setOpen] = useState<string | null>(null);
  const shown = parts.find(([title]) => title === open);
  return (
    <>
      <div class="step-parts">
        {parts.map(([title]) => (
          <button type="button" class="button small" key={title} aria-expanded={open === title} aria-controls={id} onClick={() => setOpen(open === title ? null : title)}>{title}</button>
        ))}
      </div>
      <div id={id} class="step-part">{shown?.[1]()}</div>
    </>
  );
}

function Words({ text }: { text: string }) {
  return <>{sentences(text).map((sentence) => <p class="step-words" key={sentence}>{visible(sentence)}</p>)}</>;
}

function Pages({ pages }: { pages: string[] }) {
  return (
    <ul class="sources">
      {pages.map((page) => <li key={page}><a class="link" href={page} target="_blank" rel="noreferrer noopener">{visible(page)}</a></li>)}
    </ul>
  );
}

/** Does the policy itself say whom it lets in? */
function isOfThose({ layer }: Citation): boolean {
  return layer === "trust" || layer === "resource";
}

/** All that the cited statement gives to whoever has its policy. */
function Gives({ citation }: { citation: Citation }) {
  const { onPolicy } = useContext(ActsContext);
  const stored = useFetched<StoredDocument>(citedAddress(citation), null);
  const document = shown(stored);
  const name = document === null ? null : (editableName(document.editable, citation) ?? citation.document);
  const fetched = useFetched<PolicyAnswer>(name === null ? null : address("policy", { name }), "clavicle.answer/1");
  if (stored.state === "failed" || fetched.state === "failed") return <p class="step-words quiet">What else it gives could not be read.</p>;
  const page = shown(fetched);
  if (page === null) return <p class="step-words quiet" role="status">reading the policy</p>;
  const statement = page.policy?.statements.find((each) => each.statement === citation.statement);
  const gives = statement?.gives ?? [];
  return (
    <>
      {gives.length > 0 && <p class="step-words">{isOfThose(citation) ? "Whoever it names can:" : "Whoever has the policy can:"}</p>}
      {gives.length === 0 ? <p class="step-words">Nothing else that was seen.</p> : (
        <ul class="step-gives">
          {gives.slice(0, 8).map((reached, index) => (
            <li key={index}>
              {visible(reached.access)} {counted(reached.count, visible(kindWord(reached.kind)))}
              {reached.matter.length > 0 && <>, among them <Name text={reached.matter.slice(0, 2).join(", ")} most={60} /></>}
            </li>
          ))}
          {gives.length > 8 && <li class="quiet">and {gives.length - 8} more</li>}
        </ul>
      )}
      {name !== null && <p><button type="button" class="link" onClick={() => onPolicy(name)}>the whole policy, and who has it</button></p>}
    </>
  );
}
