import type { Step, StepAsk } from "../api/answer";
import { Name, Sentence } from "../text/Name";
import { visible } from "../text/visible";
import { asksNoExternalId } from "./draft";
import { PinKey, Pins } from "./Pins";
import { RelationLine } from "./RelationLine";
import { type OpenDocument, Statement } from "./Statement";
import { stepSentence } from "./stepWords";
import { StepMore } from "./StepMore";

/** A chain, one block per step: what happens, which layers allow it, and the statements that make it so. */
export function Steps({ steps, onOpen }: { steps: Step[]; onOpen: OpenDocument }) {
  const first = steps.findIndex((step) => step.pins.length > 0);
  return (
    <ol class="steps">
      {steps.map((step, index) => (
        <li key={index} class="step">
          <span class="step-number" aria-hidden="true">{index + 1}</span>
          <div class="step-body">
            <div class="step-head">
              <RelationLine relation={step.relation} />
              <h3 class="step-sentence">
                <Sentence text={stepSentence(step)} />
              </h3>
            </div>
            {step.requests.length > 1 ? <Requests requests={step.requests} /> : step.action !== null && <p class="step-action mono">{visible(step.action)}</p>}
            <Conditions conditions={step.if} />
            {step.pins.length > 0 && <Pins pins={step.pins} onOpen={onOpen} />}
            {index === first && <PinKey pins={step.pins} />}
            {step.relation === "runs as" && step.because.length === 0 && <p class="step-note quiet">It is set up so: no policy decides it.</p>}
            {step.because.map((citation, at) => (
              <Statement key={at} citation={citation} missing={step.relation === "becomes" && step.from.kind === "outside" && asksNoExternalId(citation) ? "no sts:ExternalId is asked for" : null} onOpen={onOpen} />
            ))}
            <StepMore step={step} />
          </div>
        </li>
      ))}
    </ol>
  );
}

/** Every request of a method, in order: what is asked of what, and what of it whoever asks may choose. */
function Requests({ requests }: { requests: StepAsk[] }) {
  return (
    <ul class="step-requests">
      {requests.map((ask, index) => (
        <li key={index}>
          <span class="mono">{visible(ask.action)}</span> <span class="quiet">on</span> <Name text={ask.on} most={72} mono />
          {ask.chosen.length > 0 && <span class="quiet"> (may choose {ask.chosen.map(visible).join(", ")})</span>}
        </li>
      ))}
    </ul>
  );
}

/** What must hold for a yes: a hollow diamond, as on the map, and the words. */
export function Conditions({ conditions }: { conditions: string[] }) {
  if (conditions.length === 0) return null;
  return (
    <ul class="conditions">
      {conditions.map((condition, index) => (
        <li key={index} class="condition">
          <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">
            <path class="condition-glyph" d="M6 1 11 6 6 11 1 6Z" />
          </svg>
          <span>if <Sentence text={condition.replace(/^if /, "")} /></span>
        </li>
      ))}
    </ul>
  );
}
