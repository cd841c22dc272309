import { useEffect, useRef } from "preact/hooks";
import { Copy } from "../shell/Copy";
import { STOPS } from "./stops";

interface Props {
  /** Which stop, from 0. */
  at: number;
  onGo: (at: number) => void;
  onEnd: () => void;
}

/** One stop of the tour, beside the view that it is about: everything under it can be used. */
export function Tour({ at, onGo, onEnd }: Props) {
  const title = useRef<HTMLHeadingElement>(null);
  const stop = STOPS[at];
  useEffect(() => title.current?.focus(), [at]);
  if (stop === undefined) return null;
  const last = at === STOPS.length - 1;
  return (
    <aside
      class="tour"
      aria-labelledby="tour-title"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        onEnd();
      }}
    >
      <p class="tour-count">Stop {at + 1} of {STOPS.length}</p>
      <h2 class="tour-title" id="tour-title" ref={title} tabIndex={-1}>{stop.title}</h2>
      <p>{stop.text}</p>
      <p class="tour-command"><code class="mono">{stop.command}</code> <Copy text={stop.command} label="copy the command" /></p>
      <div class="tour-buttons">
        {at > 0 && <button type="button" class="button" onClick={() => onGo(at - 1)}>Back</button>}
        <button type="button" class="button strong" onClick={() => (last ? onEnd() : onGo(at + 1))}>{last ? "Done" : "Next"}</button>
        {!last && <button type="button" class="button tour-end" onClick={onEnd}>End the tour</button>}
      </div>
    </aside>
  );
}
