import { useContext } from "preact/hooks";
import { ActsContext } from "../answer/acts";
import type { NotSeen } from "../api/answer";
import { RiskMark } from "../mark/Risk";
import { counted, number } from "../text/count";
import { Name } from "../text/Name";
import { visible } from "../text/visible";

const MOST_CALLS = 6;
const MOST_PLACES = 4;

/** What the program could not look at, and the way to what to do. It is never taken for "no". */
export function NotSeenStrip({ notSeen, snapshot }: { notSeen: NotSeen[]; snapshot: { complete: boolean } }) {
  const { onData } = useContext(ActsContext);
  const fix = <button type="button" class="button small" onClick={onData}>how to fix</button>;
  if (notSeen.length === 0) {
    return snapshot.complete ? null : <p class="not-seen"><RiskMark risk="unknown" word={false} /> <span class="not-seen-list">The snapshot is not complete.</span> {fix}</p>;
  }
  const calls = byCall(notSeen);
  return (
    <section class="not-seen" aria-label="not seen">
      <span class="not-seen-title"><RiskMark risk="unknown" word={false} /> Not seen</span>
      <ul class="not-seen-list">
        {calls.slice(0, MOST_CALLS).map((each) => (
          <li key={`${each.call} ${each.why}`}>
            <Name text={each.places.slice(0, MOST_PLACES).join(", ")} />{each.places.length > MOST_PLACES && ` and ${number(each.places.length - MOST_PLACES)} more`}: <span class="mono">{visible(each.call)}</span>
            {each.things > 0 && `, ${counted(each.things, "thing")}`}
            {each.why !== "" && <span class="quiet"> ({visible(each.why)})</span>}
          </li>
        ))}
        {calls.length > MOST_CALLS && <li class="quiet">and {counted(calls.length - MOST_CALLS, "call")} more</li>}
      </ul>
      {fix}
    </section>
  );
}

/** One line for a call that is missing for the same reason in several places. */
export function byCall(notSeen: NotSeen[]): { call: string; why: string; places: string[]; things: number }[] {
  const calls = new Map<string, { call: string; why: string; places: string[]; things: number }>();
  for (const { call, why, where, things } of notSeen) {
    const key = `${call} ${why}`;
    const known = calls.get(key) ?? { call, why, places: [], things: 0 };
    if (!known.places.includes(where)) known.places.push(where);
    known.things += things;
    calls.set(key, known);
  }
  return [...calls.values()];
}
