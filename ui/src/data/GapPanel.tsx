import type { Gap } from "../api/lists";
import { quoted } from "../text/quoted";
import { Panel } from "../panel/Panel";
import { Copy } from "../shell/Copy";
import { counted, number } from "../text/count";
import { Name, Sentence } from "../text/Name";
import { visible } from "../text/visible";
import { CELL_WORD, placesOf } from "./DataView";

interface Props {
  gap: Gap;
  subject: string;
  onAsk: (text: string) => void;
  onClose: () => void;
}

const PRINT = "clavicle collect --print-policy";

/** One thing that is missing: which call, what AWS said, the fix, and which answers it touches. */
export function GapPanel({ gap, subject, onAsk, onClose }: Props) {
  return (
    <Panel title="Missing" subject={subject} onClose={onClose} heading={<span class="mono">{visible(gap.call)}</span>}>
      <dl class="facts">
        <dt>State</dt>
        <dd>{CELL_WORD[gap.state]} in <Sentence text={placesOf(gap)} /></dd>
        <dt>Why</dt>
        <dd><Sentence text={gap.why} /></dd>
        <dt>Fix</dt>
        <dd>
          {gap.state === "denied" ? "Allow the call to whoever collects, and collect again. This prints the whole policy that is needed:" : "Collect from AWS itself: it asks this call. The policy that it needs is printed by:"}{" "}
          <span class="mono">{PRINT}</span> <Copy text={PRINT} label="copy the command" />
        </dd>
      </dl>
      <section class="block">
        <h3 class="block-title">Answers it touches <span class="count">{number(gap.unseen_count)}</span></h3>
        {gap.unseen.length === 0 ? (
          <p class="panel-words">{gap.things > 0 ? `${counted(gap.things, "thing")} of this call were not seen.` : "No thing is known that hangs on it; whether there are any, nobody has said."}</p>
        ) : (
          <>
            <p class="panel-words">The policies of these were not seen: whom they let in is “unknown”, never “no”.</p>
            <ul class="source-list">
              {gap.unseen.map((thing) => (
                <li key={thing}><button type="button" class="link" onClick={() => onAsk(`who can read ${quoted(thing)}`)}><Name text={thing} most={70} /></button></li>
              ))}
              {gap.unseen_count > gap.unseen.length && <li class="quiet">and {gap.unseen_count - gap.unseen.length} more</li>}
            </ul>
          </>
        )}
      </section>
    </Panel>
  );
}
