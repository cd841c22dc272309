import { useEffect } from "preact/hooks";
import type { WhyPage } from "../api/map";
import { address } from "../api/call";
import { shown, useFetched } from "../api/fetched";
import type { OpenDocument } from "../answer/Statement";
import { Conditions, Steps } from "../answer/Steps";
import type { Place } from "../place/place";
import type { Go } from "../place/usePlace";
import { ErrorBox } from "../shell/ErrorBox";
import { Sentence } from "../text/Name";
import { type PairLine, Pairs } from "./Pairs";
import { Panel } from "./Panel";
import { pairWords } from "./pairWords";

const SCHEMA = "clavicle.why/1";

interface Props {
  place: Place & { ribbon: string };
  go: Go;
  onDocument: OpenDocument;
  onClose: () => void;
}

/** Why a line is on the map: the pairs it stands for, and the steps of one of them. */
export function WhyPanel({ place, go, onDocument, onClose }: Props) {
  const base = { account: place.account, unit: place.unit, apart: place.apart, ribbon: place.ribbon };
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
          {page.pairs.length > 1 && <Pairs pairs={page.pairs.map(lineOf)} total={page.total} chosen={place.pair} onChoose={(pair) => go({ pair }, place.pair === null ? "push" : "replace")} />}
          {page.pairs.length === 1 && <Conditions conditions={page.pairs[0]?.if ?? []} />}
          {page.steps.length > 0 && <Steps steps={page.steps} onOpen={onDocument} />}
          {page.steps.length === 0 && place.pair === null && page.pairs.length > 1 && <p class="quiet">Choose a pair to see its statements.</p>}
        </>
      )}
    </Panel>
  );
}

function lineOf(pair: WhyPage["pairs"][number]): PairLine {
  return { from: pair.from.name, to: pair.to.name, notes: [pairWords(pair)].filter((note) => note !== "") };
}
