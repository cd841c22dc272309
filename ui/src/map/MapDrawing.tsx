import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { MapPage, Shape } from "../api/map";
import { measurer } from "../text/measure";
import { visible } from "../text/visible";
import { relationLook } from "../answer/RelationLine";
import { badgePlaces, crowdedLetters } from "./badges";
import { badgeSize, RibbonBadge, RibbonLetters, RibbonLine } from "./RibbonMark";
import { type Lettering, ShapeMark, ShapeWords } from "./ShapeMark";
import { type Arrow, connected, firstSpot, sameSpot, type Spot, walk } from "./walk";

interface Props {
  page: MapPage;
  selected: Spot | null;
  onOpen: (spot: Spot) => void;
  /** The key F, X, P, K, O or C on a shape; absent: it means nothing here. */
  onFocusOn?: (shape: string) => void;
  onHide?: (shape: string) => void;
  onPath?: (shape: string) => void;
  /** The key K on a shape: it stays, whatever is folded. */
  onPin?: (shape: string) => void;
  /** The key Z on a shape, or a click on the name of its band. */
  onFold?: (band: string) => void;
  /** The key O on a shape: what is drawn together is shown one by one. */
  onApart?: (shape: string) => void;
  /** The key C on a shape: the cheapest cut of the chains to it. */
  onCut?: (shape: string) => void;
  /** The bands that are folded. */
  foldedBands?: string[];
  pinned?: string[];
  /** The lines that stand before the others while nothing is looked at; null or absent: all are alike. */
  front?: Set<string> | null;
  /** Tells which spot is looked at, so that its sentence can be shown. */
  onHot: (spot: Spot | null) => void;
  /** So much smaller at the least, for the sake of its width. */
  least?: number;
}

/** A whole account fits beside a panel at 1440 pixels. */
const LEAST_SCALE = 0.68;
const MOST_SCALE = 1.3;
/** So much smaller for the sake of the last rows, but no more: the rest is scrolled. */
const LEAST_SCALE_BY_HEIGHT = 0.9;
/** The padding of the frame. */
const FRAME = 12;
const MARGIN = 14;

/** The map: shapes and ribbons at the places the server computed. One tab stop; arrow keys follow the lines. */
export function MapDrawing({ page, selected, onOpen, onFocusOn, onHide, onPath, onPin, onFold, onApart, onCut, foldedBands = [], pinned = [], front = null, onHot, least = LEAST_SCALE }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const drawing = useRef<SVGSVGElement>(null);
  const scale = useScale(frame, page.width + 2 * MARGIN, page.height + 2 * MARGIN, least);
  const lettering = useMemo<Lettering>(() => letteringFor(scale), [scale]);
  const places = useMemo(() => badgePlaces(page, (ribbon) => badgeSize(ribbon, lettering)), [page, lettering]);
  const crowded = useMemo(() => crowdedLetters(page, lettering.grow), [page, lettering]);
  const [hover, setHover] = useState<Spot | null>(null);
  const [focus, setFocus] = useState<Spot | null>(null);
  const came = useRef<string | null>(null);

  const hot = hover ?? focus ?? selected;
  const lit = useMemo(() => (hot === null ? null : connected(page, hot)), [page, hot?.on, hot?.id]);
  useEffect(() => onHot(hover ?? focus), [hover?.id, focus?.id]);
  useEffect(() => {
    setHover(null);
    setFocus(null);
  }, [page.title, page.ribbons.length, page.shapes.length]);
  useLayoutEffect(() => {
    drawing.current?.style.setProperty("--grow", String(lettering.grow));
  }, [lettering]);

  useEffect(() => {
    if (selected === null) return;
    // A map wider than its frame is scrolled so that the whole line can be seen, its start above all.
    const line = selected.on === "ribbon" ? page.ribbons.find((each) => each.id === selected.id) : undefined;
    const ends = selected.on === "shape" ? [selected.id] : line === undefined ? [] : [line.to, line.from];
    for (const id of ends) spotElement(drawing.current, id)?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }, [selected?.on, selected?.id, page, scale]);

  const entry = selected ?? firstSpot(page);
  const stop = focus ?? entry;
  const focusSpot = (spot: Spot) => {
    const element = spotElement(drawing.current, spot.id);
    element?.focus();
    element?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    switch (event.key) {
      case "ArrowLeft":
      case "ArrowRight":
      case "ArrowUp":
      case "ArrowDown": {
        event.preventDefault();
        const next = walk(page, focus, event.key as Arrow, came.current);
        if (focus?.on === "shape" && next?.on === "ribbon") came.current = focus.id;
        if (next !== null) focusSpot(next);
        break;
      }
      case "Enter":
      case " ":
        if (focus !== null) {
          event.preventDefault();
          onOpen(focus);
        }
        break;
      case "f":
      case "F":
      case "x":
      case "X":
      case "p":
      case "P":
      case "k":
      case "K":
      case "o":
      case "O":
      case "c":
      case "C": {
        const act = { f: onFocusOn, x: onHide, p: onPath, k: onPin, o: onApart, c: onCut }[event.key.toLowerCase()];
        if (focus?.on === "shape" && act !== undefined) {
          event.stopPropagation();
          act(focus.id);
        }
        break;
      }
      case "z":
      case "Z": {
        const band = focus?.on === "shape" ? page.shapes.find((each) => each.id === focus.id)?.band : undefined;
        if (band !== undefined && onFold !== undefined) {
          event.stopPropagation();
          onFold(band);
        }
        break;
      }
    }
  };
  const spotProps = (spot: Spot, sentence: string) => ({
    role: "button" as const,
    // Lower case: in SVG, attribute names keep their case.
    tabindex: sameSpot(stop, spot) ? 0 : -1,
    "aria-label": visible(sentence),
    "data-spot": spot.id,
    onFocus: () => setFocus(spot),
    onBlur: () => setFocus(null),
    onClick: () => onOpen(spot),
    onMouseEnter: () => setHover(spot),
    onMouseLeave: () => setHover(null),
  });
  const look = (id: string) => (lit === null ? "" : lit.has(id) ? " lit" : " dim");
  const lineLook = (id: string) => (lit === null && front !== null && !front.has(id) ? " back" : look(id));

  return (
    <div class="map-frame" ref={frame}>
      <svg
        ref={drawing}
        class="map-drawing"
        role="application"
        aria-roledescription="map"
        aria-label={`${visible(page.title)}: arrow keys follow the lines, Enter opens, M shows the same as a table`}
        viewBox={`${-MARGIN} ${-MARGIN} ${page.width + 2 * MARGIN} ${page.height + 2 * MARGIN}`}
        width={Math.round((page.width + 2 * MARGIN) * scale)}
        height={Math.round((page.height + 2 * MARGIN) * scale)}
        onKeyDown={onKeyDown}
      >
        <g class="bands" aria-hidden="true">
          {page.bands.filter((band) => page.shapes.some((shape) => shape.band === band.id)).map((band) => (
            <g key={band.id} class={onFold === undefined ? "" : "band-fold"} onClick={onFold === undefined ? undefined : () => onFold(band.id)}>
              {onFold !== undefined && <rect class="band-hit" x={band.x - 4} y={-6} width={band.width + 8} height={26} />}
              <text class="band-label" x={band.x} y={12}>{onFold !== undefined && band.label !== "" && (foldedBands.includes(band.id) ? "▸ " : "▾ ")}{visible(band.label)}</text>
              {band.label !== "" && <path class="band-rule" d={`M${band.x} 20H${ruleEnd(page.bands, band)}`} />}
            </g>
          ))}
        </g>
        <g class="ribbons">
          {page.ribbons.map((ribbon) => (
            <g
              key={ribbon.id}
              class={`ribbon ribbon-is-${relationLook(ribbon.relation)}${ribbon.mark === null ? "" : ` ribbon-${ribbon.mark}`}${ribbon.change === undefined ? "" : ` ribbon-${ribbon.change}`}${lineLook(ribbon.id)}${isSelected(selected, "ribbon", ribbon.id)}`}
              {...spotProps({ on: "ribbon", id: ribbon.id }, ribbon.sentence)}
            >
              <RibbonLine ribbon={ribbon} />
            </g>
          ))}
        </g>
        <g class="shapes">
          {page.shapes.map((shape) => (
            <g
              key={shape.id}
              class={`shape shape-${shape.kind}${shape.change === undefined ? "" : ` shape-${shape.change}`}${look(shape.id)}${isSelected(selected, "shape", shape.id)}`}
              transform={`translate(${shape.x} ${shape.y})`}
              {...spotProps({ on: "shape", id: shape.id }, shapeName(shape))}
            >
              <rect class="shape-ring" x={-4} y={-4} width={shape.w + 8} height={shape.h + 8} rx={11} />
              <ShapeMark shape={shape} />
              {pinned.includes(shape.id) && <path class="pinned-glyph" d="M-3 -7H5L4 -5V-1L7 3H-5L-2 -1V-5ZM1 3V9" />}
            </g>
          ))}
        </g>
        <g class="map-words" aria-hidden="true">
          {page.shapes.map((shape) => (
            <g key={shape.id} class={`words${look(shape.id)}`} data-words={shape.id} transform={`translate(${shape.x} ${shape.y})`}>
              <ShapeWords shape={shape} lettering={lettering} />
            </g>
          ))}
          {page.ribbons.map((ribbon) => (
            <g key={ribbon.id} class={`words${lineLook(ribbon.id)}${crowded.has(ribbon.id) ? " crowded" : ""}`} data-words={ribbon.id}>
              <RibbonLetters ribbon={ribbon} />
            </g>
          ))}
        </g>
        <g class="badges" aria-hidden="true">
          {page.ribbons.map((ribbon) => {
            const spot: Spot = { on: "ribbon", id: ribbon.id };
            const place = places.get(ribbon.id);
            return place === undefined ? null : (
              <g key={ribbon.id} class={`badge${lineLook(ribbon.id)}`} onClick={() => onOpen(spot)} onMouseEnter={() => setHover(spot)} onMouseLeave={() => setHover(null)}>
                <RibbonBadge ribbon={ribbon} place={place} lettering={lettering} />
              </g>
            );
          })}
        </g>
      </svg>
    </div>
  );
}

/** Where the line below the name of a band ends: a band without a name belongs to the one before it. */
function ruleEnd(bands: MapPage["bands"], band: MapPage["bands"][number]): number {
  const behind = bands.slice(bands.indexOf(band) + 1);
  const named = behind.findIndex((each) => each.label !== "");
  const last = behind.slice(0, named < 0 ? behind.length : named).at(-1) ?? band;
  return last.x + last.width;
}

/** Ids come from names, so they are compared and never put into a selector. */
function spotElement(drawing: SVGSVGElement | null, id: string): SVGGElement | undefined {
  return [...(drawing?.querySelectorAll<SVGGElement>("[data-spot]") ?? [])].find((each) => each.dataset.spot === id);
}

function isSelected(selected: Spot | null, on: Spot["on"], id: string): string {
  return selected !== null && selected.on === on && selected.id === id ? " selected" : "";
}

/** The sentence of a shape, which begins with its label where it does not contain it: people who speak to the page say what they see. */
export function shapeName(shape: Pick<Shape, "label" | "sentence">): string {
  return shape.sentence.includes(shape.label) ? shape.sentence : `${shape.label}, ${shape.sentence}`;
}

function letteringFor(scale: number): Lettering {
  const grow = Math.max(1, 1 / scale);
  const family = typeof getComputedStyle === "function" ? getComputedStyle(document.documentElement).getPropertyValue("--sans") || "sans-serif" : "sans-serif";
  return {
    grow,
    label: measurer(`500 ${13 * grow}px ${family}`, 13 * grow),
    small: measurer(`500 ${12 * grow}px ${family}`, 12 * grow),
  };
}

/** Fits the drawing into its frame, within limits; past them the frame scrolls. Height gives way before text does. */
function useScale(frame: { current: HTMLDivElement | null }, width: number, height: number, least: number): number {
  const [room, setRoom] = useState({ width, height: Infinity });
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const measure = () => {
      if (element.clientWidth > 0) setRoom({ width: element.clientWidth - FRAME, height: element.clientHeight > 0 ? element.clientHeight - FRAME : Infinity });
    };
    measure();
    if (typeof ResizeObserver !== "function") return;
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const fit = Math.min(room.width / width, Math.max(room.height / height, LEAST_SCALE_BY_HEIGHT));
  return Math.min(MOST_SCALE, Math.max(least, Math.floor(fit * 1000) / 1000));
}
