import { address, call, type Working as Step } from "../api/call";
import { useEscape } from "../shell/useEscape";
import { number } from "../text/count";
import { visible } from "../text/visible";

/** How far a trial or a comparison is, and a way to stop it: `what` is what the program knows it by. */
export function Working({ step, what, doing, onStop }: { step: Step | null | undefined; what: string; doing: string; onStop: () => void }) {
  const stop = () => {
    // Whether it was still under way or done by then, nobody waits for it any more.
    call<unknown>(address("stop"), null, new AbortController().signal, undefined, JSON.stringify({ what })).catch(() => undefined);
    onStop();
  };
  useEscape(true, stop);
  return (
    <p class="trial-wait">
      <span class="quiet" role="status">
        {step?.step == null ? doing : visible(step.step)}
        {step != null && step.total > 0 && `, ${number(step.done)} of ${number(step.total)}`}
      </span>{" "}
      <button type="button" class="button small" onClick={stop}>stop <kbd aria-hidden="true">Esc</kbd></button>
    </p>
  );
}

/** Says that it was stopped, and how to go on. */
export function Stopped({ onAgain }: { onAgain: () => void }) {
  return (
    <p class="trial-wait">
      <span role="status">Stopped.</span> <button type="button" class="button small" onClick={onAgain}>work it out</button>
    </p>
  );
}
