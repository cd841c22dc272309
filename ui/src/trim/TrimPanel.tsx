import { useState } from "preact/hooks";
import { address } from "../api/call";
import { shown, useFetched } from "../api/fetched";
import type { PlanPage, ServiceActions, TrimPlan } from "../api/trim";
import { quoted } from "../text/quoted";
import { shellWord } from "../text/shellWord";
import { Panel } from "../panel/Panel";
import { Copy } from "../shell/Copy";
import { Download } from "../shell/Download";
import { ErrorBox } from "../shell/ErrorBox";
import { counted, number } from "../text/count";
import { Name, Sentence } from "../text/Name";
import { Quoting } from "../text/Quoting";
import { visible } from "../text/visible";
import { Evidence, USUAL_AGE } from "./TrimView";

interface Props {
  who: string;
  since: string | null;
  onPolicy: (name: string) => void;
  onAsk: (text: string) => void;
  onClose: () => void;
}

/** One user or role: what it used, what cannot be known, what nobody used, and the plan that takes that away. */
export function TrimPanel({ who, since, onPolicy, onAsk, onClose }: Props) {
  const fetched = useFetched<PlanPage>(address("plan", { who, since }), "clavicle.plan/1");
  const last = shown(fetched);
  const page = last?.who === who ? last : null;
  const working = fetched.state === "loading" ? (fetched.working?.step ?? null) : null;
  const permissions = page?.permissions ?? null;
  return (
    <Panel title="Granted against used" subject={who} onClose={onClose} heading={<Name text={who} most={90} />}>
      {page !== null && page.workloads.length > 0 && (
        <p class="panel-fact">
          <span class="quiet">what runs as it:</span> {page.workloads.map((each) => <Name key={each} text={each} most={60} />)}
          {page.workload_count > page.workloads.length && ` and ${number(page.workload_count - page.workloads.length)} more`}
        </p>
      )}
      {fetched.state === "failed" && <ErrorBox error={fetched.error} />}
      {page === null && fetched.state === "loading" && <p class="waiting quiet" role="status">{working === null ? "looking what it used" : visible(working)}</p>}
      {page !== null && (
        <>
          {permissions === null && <p class="panel-words">No policy of its own or of its groups allows anything.</p>}
          {permissions !== null && <ul class="uses" aria-label="granted against used">
            {permissions.unknown_actions.map((unknown) => (
              <Use key={unknown.because} mark="?" word="cannot be known" services={unknown.services} says={`${unknown.because}: kept`} />
            ))}
            {permissions.used_actions.map((used) => (
              <li key={used.action} class="use">
                <span class="use-mark" aria-hidden="true">✓</span>
                <span class="unseen">used: </span>
                <span class="use-what mono">{visible(used.action)}</span>
                <span class="use-says">
                  {used.on.length > 0 && <>on <Name text={used.on.join(", ")} most={80} />, </>}
                  {used.count !== null && `×${number(used.count)}, `}{visible(used.last.slice(0, 10))}
                  {used.needed_by !== null && visible(`, needed by ${used.needed_by}`)}
                </span>
              </li>
            ))}
            {permissions.refused.length > 0 && (
              <li class="use">
                <span class="use-mark" aria-hidden="true">!</span>
                <span class="use-what mono">{visible(permissions.refused.slice(0, 8).join(", "))}</span>
                <span class="use-says">tried, and was denied</span>
              </li>
            )}
            {permissions.unused_actions.length > 0 && <Use mark="−" word="not used" services={permissions.unused_actions} says="not used" />}
          </ul>}
          <Plan page={page} />
          <section class="block">
            <h3 class="block-title">Evidence</h3>
            <Evidence evidence={page.evidence} />
          </section>
          {page.plan?.notes.map((note, index) => <p class="answer-note" key={index}><Sentence text={note} /></p>)}
          <p class="panel-actions">
            <button type="button" class="button small" onClick={() => onAsk(`what can ${quoted(who)} do`)}>what can it do</button>
            {page.plan?.steps.filter((step) => step.change !== "is new, and attached").slice(0, 4).map((step) => (
              <button type="button" class="button small" key={step.document} onClick={() => onPolicy(step.document)}><Sentence text={step.document} /></button>
            ))}
          </p>
          <p class="next">
            <span class="quiet">on the command line</span>
            <code class="mono next-command">{visible(`clavicle trim ${shellWord(who)} --used ${since ?? USUAL_AGE}`)}</code>
            <Copy text={`clavicle trim ${shellWord(who)} --used ${since ?? USUAL_AGE}`} label="copy the command" />
          </p>
        </>
      )}
    </Panel>
  );
}

/** Actions of several services that share a fate. */
function Use({ mark, word, services, says }: { mark: string; word: string; services: ServiceActions[]; says: string }) {
  const count = services.reduce((sum, service) => sum + service.count, 0);
  return (
    <li class="use use-many">
      <span class="use-mark" aria-hidden="true">{mark}</span>
      <span class="unseen">{word}: </span>
      <details>
        <summary>
          <span class="mono">{visible(summaryOf(services))}</span> <span class="use-says">{visible(says)}{count > 1 ? `, ${counted(count, "action")}` : ""}</span>
        </summary>
        <ul class="use-services">
          {services.map((service) => (
            <li key={service.service}>
              <span class="mono">{visible(service.actions.length === 0 ? `${service.service}:*` : service.actions.map((action) => `${service.service}:${action}`).join(", "))}</span>
              <span class="quiet"> {number(service.count)}{service.whole ? ", all that is granted of it" : ""}</span>
            </li>
          ))}
        </ul>
      </details>
    </li>
  );
}

/** `dynamodb:* (73), lambda:UpdateFunctionCode and 3 services more`. */
function summaryOf(services: ServiceActions[]): string {
  const largest = [...services].sort((one, other) => other.count - one.count).slice(0, 3);
  const names = largest.map(({ service, count, actions }) => (count === 1 && actions.length === 1 ? `${service}:${actions[0]}` : `${service} (${number(count)})`));
  const more = services.length - largest.length;
  return names.join(", ") + (more > 0 ? ` and ${counted(more, "service")} more` : "");
}

function Plan({ page }: { page: PlanPage }) {
  const { plan, refused } = page;
  if (plan === null) {
    return refused === null ? null : (
      <section class="block">
        <h3 class="block-title">No plan</h3>
        <p class="panel-words"><Quoting text={refused.error} /></p>
        {refused.hint !== null && <p class="panel-words quiet"><Quoting text={refused.hint} /></p>}
      </section>
    );
  }
  const granted = page.permissions?.granted ?? 0;
  const gone = plan.removed.reduce((sum, service) => sum + service.count, 0);
  return (
    <section class="block" aria-labelledby="plan-title">
      <h3 class="block-title plan-title" id="plan-title">
        {gone === 0 ? "Nothing can be taken away" : <>{number(granted)} granted → {number(granted - gone)} kept</>}
      </h3>
      <Texts page={page} />
      {plan.steps.map((step) => (
        <div class="plan-step" key={step.document}>
          <p><Name text={step.document} most={70} mono /> <b>{visible(step.change)}</b></p>
          <p class="quiet"><Sentence text={step.why} /></p>
          {step.diff.length > 0 && <PlanDiff lines={step.diff} label={`text of ${step.document}`} />}
        </div>
      ))}
      {plan.unmet.map((unmet, index) => (
        <p class="panel-words" key={index}>! <span class="mono">{visible(unmet.action)}</span> was seen{unmet.on === undefined ? "" : <> on <Name text={unmet.on} most={60} mono /></>}: <Sentence text={unmet.because} /></p>
      ))}
      <Verified plan={plan} />
    </section>
  );
}

function PlanDiff({ lines, label }: { lines: string[]; label: string }) {
  return (
    <div class="diff plan-diff" role="region" aria-label={visible(label)} tabIndex={0}>
      {lines.map((line, index) => {
        const sign = line.slice(0, 1);
        return (
          <div key={index} class={sign === "-" ? "diff-line diff-lost" : sign === "+" ? "diff-line diff-gained" : "diff-line"}>
            <span class="diff-sign">{sign === "-" ? "−" : sign}</span>
            <code dir="ltr">{visible(line.slice(2))}</code>
          </div>
        );
      })}
    </div>
  );
}

/** The three results that were checked before the plan was told. */
function Verified({ plan }: { plan: TrimPlan }) {
  const { verified } = plan;
  return (
    <ul class="verified" aria-label="what was checked">
      <li><span aria-hidden="true">✓</span> {counted(verified.allowed, "request")} {verified.allowed === 1 ? "was" : "were"} asked again and {verified.allowed === 1 ? "is" : "are"} allowed{verified.as_before > 0 && `; ${number(verified.as_before)} more as before, if their conditions hold`}</li>
      <li>{verified.within === "proved" ? <><span aria-hidden="true">✓</span> it allows nothing that was not allowed (proved)</> : <><span aria-hidden="true">~</span> of {counted(verified.requests ?? 0, "request")} that were asked, it allows none that was not allowed; that is no proof</>}</li>
      <li>{verified.minimal ? <><span aria-hidden="true">✓</span> nothing in it could go without losing one of these</> : <><span aria-hidden="true">~</span> something in it may be more than is needed</>}</li>
    </ul>
  );
}

type Form = "policy" | "terraform" | "cloudformation" | "apply.sh" | "rollback.sh";

/** What to take away: the policy for other tools, the commands of the AWS CLI, and those that undo them. */
function Texts({ page }: { page: PlanPage }) {
  const forms: { form: Form; label: string; text: string | null; file: string }[] = [
    { form: "policy", label: "policy JSON", text: page.enough?.policy ?? null, file: "policy.json" },
    { form: "terraform", label: "Terraform", text: page.enough?.terraform ?? null, file: "policy.tf" },
    { form: "cloudformation", label: "CloudFormation", text: page.enough?.cloudformation ?? null, file: "policy.yaml" },
    { form: "apply.sh", label: "script", text: page.plan?.apply ?? null, file: "apply.sh" },
    { form: "rollback.sh", label: "rollback", text: page.plan?.rollback ?? null, file: "rollback.sh" },
  ];
  const [form, setForm] = useState<Form | null>(null);
  const there = forms.filter((each) => each.text !== null && each.text !== "");
  const open = there.find((each) => each.form === form);
  if (there.length === 0) return null;
  return (
    <div class="texts">
      <div class="segmented" role="group" aria-label="write it as">
        {there.map((each) => <button key={each.form} type="button" aria-pressed={form === each.form} onClick={() => setForm(form === each.form ? null : each.form)}>{each.label}</button>)}
      </div>
      {open !== undefined && open.text !== null && (
        <>
          <pre class="toml-text mono" tabIndex={0} aria-label={open.label}>{open.text.split("\n").map(visible).join("\n")}</pre>
          <p class="toml-foot">
            <Copy text={open.text} label={`copy the ${open.label}`} /> <Download text={open.text} name={open.file} label={`save the ${open.label}`} />
            {open.form === "apply.sh" || open.form === "rollback.sh" ? <span class="quiet">it reads the files old/ and new/: save them beside it</span> : null}
          </p>
          {(open.form === "apply.sh" || open.form === "rollback.sh") && (
            <ul class="plan-files">
              {page.files.filter((file) => !file.name.endsWith(".sh")).map((file) => (
                <li key={file.name}><Name text={file.name} most={60} mono /> <Copy text={file.text} label={`copy ${visible(file.name)}`} /> <Download text={file.text} name={file.name.replaceAll("/", "-")} label={`save ${visible(file.name)}`} /></li>
              ))}
            </ul>
          )}
        </>
      )}
    </div>
  );
}
