import { useEffect, useRef, useState } from "preact/hooks";
import type { WhyPage } from "../api/map";
import { address } from "../api/call";
import { shown, useFetched } from "../api/fetched";
import type { OpenDocument } from "../answer/Statement";
import { Conditions, Steps } from "../answer/Steps";
import type { Place } from "../place/place";
import type { Go } from "../place/usePlace";
import { ErrorBox } from "../shell/ErrorBox";
import { counted } from "../text/count";
import { Name, Sentence } from "../text/Name";
import { visible } from "../text/visible";
import { Panel } from "./Panel";

const SCHEMA = "clavicle.why/1";
const MANY_PAIRS = 8;

interface Props {
  place: Place & { ribbon: string };
  go: Go;
  onDocument: OpenDocument;
  onClose: () => void;
}

/** Why a line is on the map: the pairs it stands for, and the steps of one of them. */
export function WhyPanel({ place, go, onDocument, onClose }: Props) {
  const base = { account: place.account, ribbon: place.ribbon };
  const fetched = useFetched<WhyPage>(address("why", place.pair === null ? base : { ...base, pair: place.pair }), SCHEMA);
  const last = shown(fetched);
  const page = last?.ribbon === place.ribbon ? last : null;
  const single = fetched.state === "ready" && page !== null && place.pair === null && page.steps.length === 0 && page.pairs.length === 1;
  useEffect(() => {
    // One pair is no choice: show its steps at once.
    if (single) go({ pair: 0 }, "replace");
  }, [single]);
  return (
    <Panel title="Why" subject={place.ribbon} onClose={onClose} heading={page === null ? "reading why" : <Sentence text={page.sentence} />}>
      {fetched.state === "failed" && <ErrorBox error={fetched.error} />}
      {page !== null && (
        <>
          {page.pairs.length > 1 && <Pairs page={page} chosen={place.pair} onChoose={(pair) => go({ pair }, place.pair === null ? "push" : "replace")} />}
          {page.pairs.length === 1 && <Conditions conditions={page.pairs[0]?.if ?? []} />}
          {page.steps.length > 0 && <Steps steps={page.steps} onOpen={onDocument} />}
          {page.steps.length === 0 && place.pair === null && page.pairs.length > 1 && <p class="quiet">Choose a pair to see its statements.</p>}
        </>
      )}
    </Panel>
  );
}

function Pairs({ page, chosen, onChoose }: { page: WhyPage; chosen: number | null; onChoose: (pair: number) => void }) {
  const [filter, setFilter] = useState("");
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-pressed=true]")?.scrollIntoView?.({ block: "nearest" });
  }, []);
  const wanted = filter.trim().toLowerCase();
  const pairs = page.pairs
    .map((pair, index) => ({ pair, index }))
    .filter(({ pair }) => wanted === "" || `${pair.from.name} ${pair.to.name}`.toLowerCase().includes(wanted));
  return (
    <section class="pairs" aria-label="pairs">
      <h3 class="block-title">
        {counted(page.total, "pair")} {page.total > page.pairs.length && <span class="quiet">the first {page.pairs.length}</span>}
      </h3>
      {page.pairs.length > MANY_PAIRS && (
        <input class="field" type="search" aria-label="filter the pairs" placeholder="filter" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
      )}
      <ul class="pair-list" ref={list}>
        {pairs.map(({ pair, index }) => (
          <li key={index}>
            <button type="button" class="pair" aria-pressed={chosen === index} onClick={() => onChoose(index)}>
              <Name text={pair.from.name} most={40} />
              <span class="pair-arrow" aria-hidden="true">→</span>
              <span class="unseen">to</span>
              <Name text={pair.to.name} most={40} />
              {pair.access.length > 0 && <span class="pair-access">{pair.access.map(visible).join(", ")}</span>}
              {pair.if.length > 0 && <span class="pair-if">if {pair.if.map(visible).join(" and ")}</span>}
            </button>
          </li>
        ))}
        {pairs.length === 0 && <li class="quiet">No pair has “{visible(filter.trim())}” in its names.</li>}
      </ul>
    </section>
  );
}
