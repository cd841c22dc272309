import { useEffect, useMemo, useState } from "preact/hooks";
import { address } from "../api/call";
import { shown, useFetched } from "../api/fetched";
import type { CellsPage, MapPage, Shape } from "../api/map";
import { AS_SENT, changesOfView, type Drawing, DRAWINGS, levelPlace, type Place } from "../place/place";
import type { Go } from "../place/usePlace";
import { RiskMark } from "../mark/Risk";
import { counted, number } from "../text/count";
import { cutQuestion } from "../panel/ShapePanel";
import { Name, Sentence } from "../text/Name";
import { visible } from "../text/visible";
import { frontOf, worstLed, worstRibbon } from "./front";
import { Legend } from "./Legend";
import { MapDrawing } from "./MapDrawing";
import { MapHead } from "./MapHead";
import { MapMatrix, MatrixKey } from "./MapMatrix";
import { MapTable } from "./MapTable";
import { canBeTakenApart, opens, shapeActs } from "./seen";
import type { Spot } from "./walk";

interface Props {
  /** The map as it was sent. */
  whole: MapPage;
  /** What of it is to be seen. */
  page: MapPage;
  place: Place;
  go: Go;
  onAsk: (text: string, cut?: boolean) => void;
}

/** One level of the map, as a drawing or as a table of the same rows. */
export function MapView({ whole, page, place, go, onAsk }: Props) {
  const [hot, setHot] = useState<Spot | null>(null);
  const [from, setFrom] = useState<string | null>(null);
  const acts = shapeActs(place, go);
  // The first shape is from whom, the next to what.
  const path = (id: string) => {
    const shape = page.shapes.find((each) => each.id === id);
    const name = shape === undefined || shape.count > 1 ? null : (shape.members[0] ?? shape.label);
    if (name === null || from === name) return setFrom(null);
    if (from === null) return setFrom(name);
    setFrom(null);
    onAsk(`path ${from} ${name}`);
  };
  const cut = (id: string) => {
    const shape = page.shapes.find((each) => each.id === id);
    const question = shape === undefined ? null : cutQuestion(shape);
    if (question !== null) onAsk(question, true);
  };
  const drawing = drawingOf(place, page);
  // Whoever asked for some lines has them all before them.
  const front = useMemo(() => (place.focus === null ? frontOf(page) : null), [page, place.focus]);
  const beside = useFetched<CellsPage>(drawing === "matrix" ? address("cells", { account: place.account, unit: place.unit, apart: place.apart }) : null, "clavicle.cells/1");
  const cells = beside.state === "loading" ? null : shown(beside);
  useEffect(() => {
    // The parts stand below all the rest: that is where the eye and the keyboard go on.
    if (place.apart === null || place.ribbon !== null || place.shape !== null) return;
    const parts = [...document.querySelectorAll<SVGGElement>(".shapes > [data-spot]")].filter((each) => each.dataset.spot?.startsWith(`${place.apart}>`));
    parts[0]?.focus();
    parts.at(-1)?.scrollIntoView?.({ block: "nearest" });
    parts[0]?.scrollIntoView?.({ block: "nearest" });
    // Not the page itself: its marks come later, and are no reason to go anywhere.
  }, [place.apart, whole.ribbons]);
  const selected: Spot | null =
    place.ribbon !== null ? { on: "ribbon", id: place.ribbon } : place.shape !== null ? { on: "shape", id: place.shape } : null;
  const openRibbon = (ribbon: string) => go({ ribbon, shape: null, pair: null });
  const open = (spot: Spot) => {
    if (spot.on === "ribbon") {
      openRibbon(spot.id);
      return;
    }
    const shape = page.shapes.find((each) => each.id === spot.id);
    if (shape === undefined) return;
    const level = opens(shape, place);
    if (level !== null) go(levelPlace(level));
    else go({ shape: shape.id, ribbon: null, pair: null });
  };
  // One stands beside the sentence, where nothing moves for it; of several, all stand below it.
  const changes = changesOfView(place) + Number(from !== null);
  const several = changes > 1;
  const chips = changes > 0 && (
    <div class={several ? "map-chips many" : "map-chips"}>
      {place.focus !== null && (
        <button type="button" class="button small pressed" onClick={() => go({ focus: null })}>
          only what is connected to <Name text={shapeLabel(page, place.focus)} most={28} /> <span aria-hidden="true">✕</span>
          <span class="unseen">: show everything again</span>
        </button>
      )}
      {place.hidden.length > 0 && (
        <button type="button" class="button small pressed" onClick={() => go({ hidden: [] })}>
          {counted(place.hidden.length, "shape")} hidden <span aria-hidden="true">✕</span>
          <span class="unseen">: show everything again</span>
        </button>
      )}
      {place.pinned.length > 0 && (
        <button type="button" class="button small pressed" onClick={() => go({ pinned: [] })}>
          {counted(place.pinned.length, "shape")} pinned <span aria-hidden="true">✕</span>
          <span class="unseen">: pin nothing</span>
        </button>
      )}
      {place.apart !== null && (
        <button type="button" class="button small pressed" onClick={() => go({ apart: null, shape: null, ribbon: null, pair: null })}>
          <Name text={place.apart.slice(place.apart.indexOf(":") + 1)} most={28} /> taken apart <span aria-hidden="true">✕</span>
          <span class="unseen">: put it together</span>
        </button>
      )}
      {place.folded.length > 0 && (
        <button type="button" class="button small pressed" onClick={() => go({ folded: [] })}>
          {counted(place.folded.length, "band")} folded <span aria-hidden="true">✕</span>
          <span class="unseen">: unfold all</span>
        </button>
      )}
      {changesOfView(place) > 1 && (
        <button type="button" class="button small" onClick={() => go({ ...AS_SENT, shape: null, ribbon: null, pair: null })}>
          all as it was <kbd aria-hidden="true">R</kbd>
        </button>
      )}
      {from !== null && (
        <button type="button" class="button small pressed" onClick={() => setFrom(null)}>
          path from <Name text={from} most={28} /> to … <kbd aria-hidden="true">P</kbd> <span class="unseen">on another shape asks for it; here: no path</span>
        </button>
      )}
    </div>
  );
  return (
    <article class="map" aria-labelledby="map-title">
      <MapHead crumbs={page.crumbs} onLevel={(level) => go(levelPlace(level))}>
        <MapSentence page={whole} onOpen={open} />
        {!several && chips}
        {drawing === "map" && front !== null && (
          <button type="button" class="button small" aria-pressed={place.alike} onClick={() => go({ alike: !place.alike })}>
            all lines alike{!place.alike && <span class="count"> {number(page.ribbons.length - front.size)}<span class="unseen"> stand behind the worst</span></span>} <kbd aria-hidden="true">L</kbd>
          </button>
        )}
        <div class="segmented" role="group" aria-label="drawn as">
          {DRAWINGS.map((each) => <button key={each} type="button" aria-pressed={drawing === each} onClick={() => go({ drawn: each })}>{DRAWING_WORD[each]}</button>)}
        </div>
        {several && chips}
      </MapHead>
      {page.shapes.length === 0 ? (
        <p class="empty quiet">There is nothing on this map: no identity and no thing was seen here.</p>
      ) : (
        drawing === "map" && (
          <MapDrawing
            page={page}
            selected={selected}
            pinned={place.pinned}
            front={place.alike ? null : front}
            foldedBands={place.folded}
            onOpen={open}
            onFocusOn={acts.onFocusOn}
            onHide={acts.onHide}
            onPin={acts.onPin}
            onFold={acts.onFold}
            onApart={(id) => {
              const shape = page.shapes.find((each) => each.id === id);
              if (shape !== undefined && canBeTakenApart(shape)) acts.onApart(id);
            }}
            onPath={path}
            onCut={cut}
            onHot={setHot}
          />
        )
      )}
      {drawing === "matrix" && page.shapes.length > 0 && <MapMatrix page={whole} selected={place.ribbon} onOpen={openRibbon} onShape={(id) => open({ on: "shape", id })} cells={cells} onAsk={onAsk} />}
      {page.shapes.length > 0 && <MapTable page={page} shown={drawing === "table"} selected={place.ribbon} onOpen={openRibbon} />}
      {((drawing !== "table" && page.shapes.length > 0) || page.tray.length > 0 || page.notes !== undefined) && (
        <footer class="map-foot">
          {drawing === "map" && (
            <div class="foot-main">
              {/* The legend keeps its room, so that nothing moves under the pointer. */}
              <Legend page={page} away={hot !== null} />
              <HotSentence page={page} hot={hot} />
            </div>
          )}
          {drawing === "matrix" && <MatrixKey />}
          {drawing === "matrix" && beside.state === "loading" && <p class="quiet matrix-looking" role="status">looking for chains and for what denies</p>}
          {drawing === "matrix" && beside.state === "failed" && <p class="map-note">~ Chains, and what denies, could not be looked for: {visible(beside.error.message)}</p>}
          {drawing === "matrix" && cells?.notes.map((note) => <p class="map-note" key={note}>~ <Sentence text={note} /></p>)}
          <MapNotes page={page} />
          <Tray page={page} />
          {drawing === "map" && page.shapes.length > 0 && <KeyHints />}
        </footer>
      )}
    </article>
  );
}

/** Every view opens on a sentence: on a map it is its worst line, what leads to what matters if that is worse, or how many there are. */
function MapSentence({ page, onOpen }: { page: MapPage; onOpen: (spot: Spot) => void }) {
  const led = worstLed(page);
  const worst = worstRibbon(page.ribbons);
  if (led === null && worst === null) {
    return (
      <p class="map-sentence quiet">
        {counted(page.shapes.length, "shape")}, {counted(page.ribbons.length, "line")}
      </p>
    );
  }
  const [spot, { mark, sentence }]: [Spot, { mark: Shape["mark"]; sentence: string }] =
    led !== null ? [{ on: "shape", id: led.id }, led] : [{ on: "ribbon", id: worst?.id ?? "" }, worst ?? { mark: null, sentence: "" }];
  return (
    <p class="map-sentence">
      <RiskMark risk={mark ?? "low"} />
      <button type="button" class="link" onClick={() => onOpen(spot)}><Sentence text={sentence} /></button>
    </p>
  );
}

const DRAWING_WORD: Record<Drawing, string> = { map: "Map", matrix: "Matrix", table: "Table" };

/** How a map is drawn: as was asked, else what is read most easily. */
export function drawingOf(place: Place, page: MapPage): Drawing {
  return place.drawn ?? (page.matrix?.dense === true ? "matrix" : "map");
}

export function nextDrawing(drawing: Drawing): Drawing {
  return DRAWINGS[(DRAWINGS.indexOf(drawing) + 1) % DRAWINGS.length] ?? "map";
}

function shapeLabel(page: MapPage, id: string): string {
  return page.shapes.find((shape) => shape.id === id)?.label ?? id;
}

/** The sentence of what the pointer or the keyboard is on. Screen readers have it as the name of the shape. */
export function HotSentence({ page, hot }: { page: MapPage; hot: Spot | null }) {
  if (hot === null) return null;
  const sentence = (hot.on === "shape" ? page.shapes : page.ribbons).find((each) => each.id === hot.id)?.sentence;
  return sentence === undefined ? null : <p class="hot-sentence" aria-hidden="true">{visible(sentence)}</p>;
}

/** The keys of the map, for eyes: the list of all keys says them to everybody. */
function KeyHints() {
  return (
    <p class="key-hints" aria-hidden="true">
      {HINTS.map(([key, word]) => <span key={key}><kbd>{key}</kbd> {word}</span>)}
    </p>
  );
}

const HINTS = [["⏎", "open"], ["U", "up"], ["←→↑↓", "follow a line"], ["F", "focus"], ["X", "hide"], ["K", "pin"], ["Z", "fold"], ["O", "take apart"], ["P", "path from, to"], ["C", "cut"], ["L", "all lines"], ["R", "as it was"], ["?", "keys"]] as const;

/** What was not looked for: that it is not drawn says nothing. */
export function MapNotes({ page }: { page: MapPage }) {
  return <>{page.notes?.map((note) => <p class="map-note" key={note}>~ <Sentence text={note} /></p>)}</>;
}

/** What no line touches is counted here and not scattered over the map. */
function Tray({ page }: { page: MapPage }) {
  if (page.tray.length === 0) return null;
  return (
    <ul class="tray" aria-label="not drawn">
      {page.tray.map((each) => (
        <li key={each.label}>
          <details>
            <summary>{visible(each.label)} <span class="count">{number(each.count)}</span></summary>
            <ul class="tray-members">
              {each.members.map((member) => <li key={member}><Name text={member} /></li>)}
              {each.count > each.members.length && <li class="quiet">and {each.count - each.members.length} more</li>}
            </ul>
          </details>
        </li>
      ))}
    </ul>
  );
}
