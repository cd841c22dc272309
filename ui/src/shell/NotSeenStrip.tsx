import type { NotSeen } from "../api/answer";
import { RiskMark } from "../mark/Risk";
import { counted } from "../text/count";
import { Name } from "../text/Name";
import { visible } from "../text/visible";

/** What the program could not look at. It is never taken for "no". */
export function NotSeenStrip({ notSeen, snapshot, onFix }: { notSeen: NotSeen[]; snapshot: { complete: boolean }; onFix?: () => void }) {
  if (notSeen.length === 0) {
    return snapshot.complete ? null : <p class="not-seen"><RiskMark risk="unknown" word={false} /> The snapshot is not complete.</p>;
  }
  return (
    <section class="not-seen" aria-label="not seen">
      <span class="not-seen-title"><RiskMark risk="unknown" word={false} /> Not seen</span>
      <ul class="not-seen-list">
        {notSeen.slice(0, 6).map((each, index) => (
          <li key={index}>
            <Name text={each.where} />: <span class="mono">{visible(each.call)}</span>
            {each.things > 0 && `, ${counted(each.things, "thing")}`}
            {each.why !== "" && <span class="quiet"> ({visible(each.why)})</span>}
          </li>
        ))}
        {notSeen.length > 6 && <li class="quiet">and {notSeen.length - 6} more</li>}
      </ul>
      {onFix !== undefined && <button type="button" class="button small" onClick={onFix}>how to fix</button>}
    </section>
  );
}
