import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { MapPage, MarksOfTwoPage, Ribbon } from "../api/map";
import { Legend } from "../map/Legend";
import { frontOf } from "../map/front";
import { MapDrawing } from "../map/MapDrawing";
import { MapHead } from "../map/MapHead";
import { MapTable } from "../map/MapTable";
import { MapNotes } from "../map/MapView";
import { opens } from "../map/seen";
import { keep } from "../map/keep";
import { markedOfTwo } from "../map/marked";
import type { Spot } from "../map/walk";
import type { OpenDocument } from "../answer/Statement";
import { Panel } from "../panel/Panel";
import type { Place } from "../place/place";
import type { Go } from "../place/usePlace";
import { counted, number } from "../text/count";
import { Name, Sentence } from "../text/Name";
import { visible } from "../text/visible";
import { WhyOfTwo, type WhySource } from "./WhyOfTwo";

/** What is drawn of the two. */
export const SIDES = ["before", "both", "after"] as const;
export type Side = (typeof SIDES)[number];
const SIDE_WORD: Record<Side, string> = { before: "before", both: "both", after: "after" };

interface Props {
  page: MapPage;
  /** What leads to what matters on it, once that is known. */
  marks: MarksOfTwoPage | null;
  place: Place;
  go: Go;
  /** What is compared. */
  heading: ComponentChildren;
  /** A newer one is on its way. */
  stale: boolean;
  /** What has to be known to read it. */
  note?: string;
}

export function sideOf(place: Place): Side {
  return SIDES.find((side) => side === place.choices.side) ?? "both";
}

export function nextSide(side: Side): Side {
  return SIDES[(SIDES.indexOf(side) + 1) % SIDES.length] ?? "both";
}

/** Two states as one map: what goes is a ghost, what comes is bold, what stays is grey, and nothing moves. */
export function ChangeMap({ page: sent, marks, place, go, heading, stale, note }: Props) {
  const [hot, setHot] = useState<Spot | null>(null);
  const side = sideOf(place);
  const page = markedOfTwo(sent, marks, side);
  const hidden = side === "before" ? "new" : side === "after" ? "gone" : null;
  const stays = (each: { change?: string }) => hidden === null || each.change !== hidden;
  const shown = keep(page, page.shapes.filter(stays), page.ribbons.filter(stays));
  const selected: Spot | null = place.ribbon !== null ? { on: "ribbon", id: place.ribbon } : place.shape !== null ? { on: "shape", id: place.shape } : null;
  const open = (spot: Spot) => {
    if (spot.on === "ribbon") return go({ ribbon: spot.id, shape: null, pair: null });
    const shape = page.shapes.find((each) => each.id === spot.id);
    const level = shape === undefined ? null : opens(shape, place);
    if (level !== null) return go({ ...level, ribbon: null, shape: null });
    go({ shape: spot.id, ribbon: null });
  };
  const sentence = hot === null ? undefined : (hot.on === "shape" ? page.shapes : page.ribbons).find((each) => each.id === hot.id)?.sentence;
  return (
    <article class={stale ? "map change-map effect-stale" : "map change-map"} aria-labelledby="map-title" aria-busy={stale}>
      <MapHead crumbs={page.crumbs} onLevel={({ account, unit }) => go({ account, unit, ribbon: null, shape: null, pair: null })}>
        <p class="map-sentence">{heading}</p>
        <div class="segmented" role="group" aria-label="which of the two">
          {SIDES.map((each) => <button key={each} type="button" aria-pressed={side === each} onClick={() => go({ choices: { ...place.choices, side: each === "both" ? "" : each } })}>{SIDE_WORD[each]}</button>)}
        </div>
        <button type="button" class="button small" onClick={() => go({ account: null, unit: null, ribbon: null, shape: null, choices: { ...place.choices, shows: "", side: "" } })}>in words</button>
      </MapHead>
      <p class="change-count" role="status">{countWords(page)}{note !== undefined && ` ${note}`}</p>
      {ledDifferently(sent, marks).map((words) => <p class="change-count" key={words}><Sentence text={words} /></p>)}
      <div class="change-notes"><MapNotes page={page} /></div>
      {page.shapes.length === 0 ? (
        <p class="empty quiet">There is nothing on this map: no identity and no thing was seen here.</p>
      ) : (
        <MapDrawing page={shown} selected={selected} front={frontOf(shown)} onOpen={open} onHot={setHot} />
      )}
      <MapTable page={shown} shown={false} selected={place.ribbon} onOpen={(ribbon) => open({ on: "ribbon", id: ribbon })} />
      <footer class="map-foot">
        <div class="foot-main">
          <Legend page={shown} away={hot !== null} />
          {sentence !== undefined && <p class="hot-sentence" aria-hidden="true">{visible(sentence)}</p>}
        </div>
      </footer>
    </article>
  );
}

/** `12 lines go, 3 come, 88 are there before and after`. */
function countWords(page: MapPage): string {
  const change = page.change;
  if (change === undefined) return "";
  if (change.gone + change.new === 0) return `Nothing on this map goes or comes: ${counted(change.same, "line is", "lines are")} there before and after.`;
  const left = change.left_out > 0 ? `, of which ${counted(change.left_out, "line has", "lines have")} no room here` : "";
  return `${counted(change.gone, "line goes", "lines go")}, ${counted(change.new, "line comes", "lines come")}, ${counted(change.same, "line is", "lines are")} there before and after${left}.`;
}

/** Of what matters: what leads there before and after, where that is not the same. No line tells it, since chains are longer. */
function ledDifferently(page: MapPage, marks: MarksOfTwoPage | null): string[] {
  if (marks === null) return [];
  return page.shapes.flatMap((shape) => {
    const [was, is] = [marks.before, marks.after].map((each) => each.find((mark) => mark.shape === shape.id));
    if (was === undefined || is === undefined || was.sentence === is.sentence) return [];
    return [`${shape.label}: before, ${was.sentence}; after, ${is.sentence}.`];
  });
}

/** What a line or a shape of such a map says, on the right. */
export function ChangePanel({ page: sent, marks, place, go, source, onDocument }: { page: MapPage; marks: MarksOfTwoPage | null; place: Place; go: Go; source: WhySource; onDocument: OpenDocument }) {
  const page = markedOfTwo(sent, marks, sideOf(place));
  const close = () => go({ ribbon: null, shape: null, pair: null });
  const ribbon = page.ribbons.find((each) => each.id === place.ribbon);
  const shape = page.shapes.find((each) => each.id === place.shape);
  if (ribbon !== undefined) {
    return (
      <Panel title={STATE_WORD[ribbon.change ?? "same"]} subject={ribbon.id} onClose={close} heading={<Sentence text={ribbon.sentence} />}>
        <WhyOfTwo key={ribbon.id} ribbon={ribbon} level={place} pair={place.pair} source={source} onPair={(pair) => go({ pair }, place.pair === null ? "push" : "replace")} onDocument={onDocument} />
      </Panel>
    );
  }
  if (shape === undefined) return null;
  const lines = page.ribbons.filter((each) => each.from === shape.id || each.to === shape.id);
  const changed = lines.filter((each) => each.change !== "same");
  const stays = lines.filter((each) => each.change === "same");
  return (
    <Panel title={shape.change === undefined ? "Before and after" : STATE_WORD[shape.change]} subject={shape.id} onClose={close} heading={<Name text={shape.label} most={200} />}>
      <p class="panel-fact"><Sentence text={shape.sentence} /></p>
      <LineList title="Goes or comes" ribbons={changed} onRibbon={(id) => go({ ribbon: id, shape: null, pair: null })} />
      <LineList title="Before and after" ribbons={stays} onRibbon={(id) => go({ ribbon: id, shape: null, pair: null })} />
      {lines.length === 0 && <p class="quiet">No line of this map touches it.</p>}
    </Panel>
  );
}

const STATE_WORD = { gone: "Only before", new: "Only after", same: "Before and after" } as const;
const STATE_SIGN = { gone: "−", new: "+", same: "=" } as const;

function LineList({ title, ribbons, onRibbon }: { title: string; ribbons: Ribbon[]; onRibbon: (id: string) => void }) {
  if (ribbons.length === 0) return null;
  return (
    <section class="block">
      <h3 class="block-title">{title} <span class="count">{number(ribbons.length)}</span></h3>
      <ul class="ribbon-list">
        {ribbons.map((each) => (
          <li key={each.id}><button type="button" class="ribbon-row" onClick={() => onRibbon(each.id)}><span aria-hidden="true">{STATE_SIGN[each.change ?? "same"]}</span> <Sentence text={each.sentence} /></button></li>
        ))}
      </ul>
    </section>
  );
}
