import { useEffect } from "preact/hooks";
import { address } from "../api/call";
import { shown, useFetched } from "../api/fetched";
import type { Ribbon, SideWhy, WhyOfTwoPage } from "../api/map";
import { PinList } from "../answer/Pins";
import { type OpenDocument, Statement } from "../answer/Statement";
import { Steps } from "../answer/Steps";
import { type PairLine, Pairs } from "../panel/Pairs";
import { type PairAccess, pairWords } from "../panel/pairWords";
import type { Level } from "../place/place";
import { ErrorBox } from "../shell/ErrorBox";
import { counted } from "../text/count";
import { Sentence } from "../text/Name";
import { usePosted, valueOf } from "./usePosted";

const SCHEMA = "clavicle.why-of-two/1";

/** Of what the map is: a change that is tried, or another snapshot. */
export type WhySource = { tried: string } | { with: string };

interface Props {
  ribbon: Ribbon;
  level: Level;
  pair: number | null;
  source: WhySource;
  onPair: (pair: number) => void;
  onDocument: OpenDocument;
}

/** What makes a line on each side: the statements before and after, or what keeps it from being there. */
export function WhyOfTwo({ ribbon, level, pair, source, onPair, onDocument }: Props) {
  const asked = { account: level.account, unit: level.unit, ribbon: ribbon.id, pair };
  const posted = usePosted<WhyOfTwoPage>(address("try/why", asked), SCHEMA, "tried" in source ? source.tried : null, 0);
  const fetched = useFetched<WhyOfTwoPage>("with" in source ? address("compare/why", { ...asked, with: source.with }) : null, SCHEMA);
  const page = "tried" in source ? valueOf(posted) : shown(fetched);
  const failed = posted.state === "failed" ? posted.error : fetched.state === "failed" ? fetched.error : null;
  const single = page !== null && page.ribbon === ribbon.id && pair === null && page.pairs.length === 1;
  useEffect(() => {
    // One pair is no choice: show its statements at once.
    if (single) onPair(0);
  }, [single]);
  if (failed !== null) return <ErrorBox error={failed} />;
  if (page === null || page.ribbon !== ribbon.id) return <p class="panel-fact quiet" role="status">reading both sides</p>;
  const chosen = page.pair === null ? undefined : page.pairs[page.pair];
  return (
    <>
      {page.pairs.length > 1 && <Pairs pairs={page.pairs.map(lineOf)} total={page.total} chosen={pair} onChoose={onPair} />}
      {pair === null && page.pairs.length > 1 && <p class="panel-fact quiet">Choose a pair to see the statements of both sides.</p>}
      {chosen !== undefined && <p class="panel-fact"><Sentence text={differenceWords(chosen, same(page))} /></p>}
      {same(page) ? (
        <Side title="Before and after, the same statements" why={page.after} there onDocument={onDocument} />
      ) : (
        <>
          <Side title="Before" why={page.before} there={chosen !== undefined && chosen.before !== null} onDocument={onDocument} />
          <Side title="After" why={page.after} there={chosen !== undefined && chosen.after !== null} onDocument={onDocument} />
        </>
      )}
    </>
  );
}

/** `Before: control, without a condition. After: control, if MFA.` `same`: by the same statements. */
export function differenceWords(pair: WhyOfTwoPage["pairs"][number], same: boolean): string {
  const [before, after] = [sideWords(pair.before), sideWords(pair.after)];
  if (before !== after) return `Before: ${before}. After: ${after}.`;
  // On one key a condition may ask for another value.
  const open = !same && (pair.after?.if.length ?? 0) > 0;
  return `Before and after: ${before}.${open ? " By other statements: what they ask for may be another." : ""}`;
}

function sideWords(side: PairAccess | null): string {
  if (side === null) return "nothing";
  const words = pairWords(side);
  if (side.if.length === 0) return `${words === "" ? "yes" : words}, without a condition`;
  return side.access.length === 0 ? `yes, ${words}` : words;
}

function lineOf(pair: WhyOfTwoPage["pairs"][number]): PairLine {
  const [before, after] = [sideWords(pair.before), sideWords(pair.after)];
  return { from: pair.from.name, to: pair.to.name, notes: before === after ? [before] : [`before: ${before}`, `after: ${after}`] };
}

/** Do both sides say the same by the same statements? */
function same({ before, after }: WhyOfTwoPage): boolean {
  // Documents are numbered anew on each side.
  const text = (side: SideWhy) => JSON.stringify(side, (key, value: unknown) => (key === "document_id" ? undefined : value));
  return before !== null && after !== null && before.steps.length > 0 && text(before) === text(after);
}

function Side({ title, why, there, onDocument }: { title: string; why: SideWhy | null; there: boolean; onDocument: OpenDocument }) {
  if (why === null) return null;
  const speaking = why.refused?.pins.flatMap((pin) => (pin.state === "stops" ? pin.citations : [])) ?? [];
  return (
    <section class="side">
      <h3 class="block-title">{title} {why.steps.length > 1 && <span class="count">{counted(why.steps.length, "way")}</span>}</h3>
      {why.steps.length > 0 && <Steps steps={why.steps} onOpen={onDocument} />}
      {why.steps.length === 0 && why.refused === null && <p class="panel-fact">{there ? "It is there; by which statements was not worked out." : "It is not there; what is in its way was not worked out."}</p>}
      {why.refused !== null && (
        <>
          <p class="panel-fact"><Sentence text={why.refused.sentence} /></p>
          <PinList pins={why.refused.pins} />
          {speaking.map((citation, index) => <Statement key={index} citation={citation} onOpen={onDocument} />)}
        </>
      )}
    </section>
  );
}
