import { useRef, useState } from "preact/hooks";
import type { CellsPage, Lane, MapPage, MatrixCell, Shape } from "../api/map";
import { KindMark, leads } from "../mark/KindGlyph";
import { elide } from "../text/elide";
import { number } from "../text/count";
import { Name } from "../text/Name";
import { visible } from "../text/visible";
import { type Beside, besideLines } from "./beside";
import { accessWords } from "./MapTable";

interface Props {
  page: MapPage;
  /** The line whose panel is open. */
  selected: string | null;
  onOpen: (ribbon: string) => void;
  onShape: (shape: string) => void;
  /** What the cells have beside lines, once it is known. */
  cells?: CellsPage | null;
  onAsk?: (text: string) => void;
}

const SIGN = { becomes: "▷", controls: "╌▷", "runs as": "┈▷", touches: "" } as const;

/** Who by what: a row per shape that lines leave, a column per shape that they reach, the lines between them in the cells. */
export function MapMatrix({ page, selected, onOpen, onShape, cells: beside = null, onAsk = () => undefined }: Props) {
  const { rows, columns, cells } = page.matrix;
  const grid = useRef<HTMLTableElement>(null);
  const [shut, setShut] = useState<ReadonlySet<string>>(new Set());
  const toggle = (key: string) => setShut((before) => {
    const next = new Set(before);
    if (!next.delete(key)) next.add(key);
    return next;
  });
  const shapes = new Map(page.shapes.map((shape) => [shape.id, shape]));
  const at = new Map(cells.map((cell) => [`${cell.row} ${cell.column}`, cell]));
  const more = besideLines(beside);
  const moreOf = (row: Lane, column: Lane) => more.get(`${row.shape} ${column.shape}`) ?? [];
  const columnGroups = grouped(columns);
  const rowGroups = grouped(rows);
  if (cells.length === 0) return <p class="quiet empty">No line on this map.</p>;
  return (
    <div class="matrix" role="region" aria-label="who by what" tabIndex={0}>
      <table ref={grid} onKeyDown={(event) => walkCells(event, grid.current)}>
        <caption class="unseen">{visible(page.title)}: who in the rows, by what in the columns</caption>
        <thead>
          <tr>
            <td class="matrix-corner" />
            {columnGroups.map(({ band, label, lanes }) => (
              <th key={band} class="matrix-band" scope="colgroup" colSpan={shut.has(`c ${band}`) ? 1 : lanes.length}>
                <Fold open={!shut.has(`c ${band}`)} label={`${label}, ${lanes.length}`} onToggle={() => toggle(`c ${band}`)} />
              </th>
            ))}
          </tr>
          <tr>
            <td class="matrix-corner" />
            {columnGroups.map(({ band, lanes }) => shut.has(`c ${band}`) ? <th key={band} scope="col" class="matrix-column quiet">all {lanes.length}</th> : lanes.map(({ lane, index }) => (
              <th key={lane.shape} scope="col" class={isLong(shapes.get(lane.shape)) ? "matrix-column matrix-long" : "matrix-column"}><Head at={`-1 ${index}`} lane={lane} shape={shapes.get(lane.shape)} onShape={onShape} most={36} /></th>
            )))}
          </tr>
        </thead>
        <tbody>
          {rowGroups.map(({ band, label, lanes }) => [
            <tr key={band}>
              <th class="matrix-band" scope="rowgroup" colSpan={1}><Fold open={!shut.has(`r ${band}`)} label={`${label}, ${lanes.length}`} onToggle={() => toggle(`r ${band}`)} /></th>
              {columnGroups.map((group) => <td key={group.band} colSpan={shut.has(`c ${group.band}`) ? 1 : group.lanes.length} class="matrix-gap" />)}
            </tr>,
            ...(shut.has(`r ${band}`) ? [] : lanes.map(({ lane, index: row }) => (
              <tr key={lane.shape}>
                <th scope="row" class="matrix-row"><Head at={`${row} -1`} lane={lane} shape={shapes.get(lane.shape)} onShape={onShape} most={34} /></th>
                {columnGroups.map((group) => {
                  if (shut.has(`c ${group.band}`)) {
                    const empty = group.lanes.filter(({ lane: column, index }) => !at.has(`${row} ${index}`) && moreOf(lane, column).length === 0);
                    const count = group.lanes.length - empty.length;
                    const unseen = empty.some(({ lane: column }) => lane.unseen || column.unseen);
                    return <td key={group.band} class="matrix-cell">{count > 0 && number(count)} {(count === 0 || unseen) && <NoLine unseen={unseen} />}</td>;
                  }
                  return group.lanes.map(({ lane: column, index }) => (
                    <td key={column.shape} class="matrix-cell">
                      <CellMark cell={at.get(`${row} ${index}`)} unseen={lane.unseen || column.unseen} from={shapes.get(lane.shape)} to={shapes.get(column.shape)} selected={selected} onOpen={onOpen} beside={moreOf(lane, column)} place={`${row} ${index}`} onAsk={onAsk} />
                    </td>
                  ));
                })}
              </tr>
            ))),
          ])}
        </tbody>
      </table>
    </div>
  );
}

/** Past so many letters a name at the head of a narrow column would be as high as several rows, and so would the heads of all. */
const LONG = 28;

function isLong(shape: Shape | undefined): boolean {
  return shape !== undefined && visible(shape.label).length > LONG;
}

/** What stands in the cells, in words: below the matrix, where it is seen however far it is scrolled. */
export function MatrixKey() {
  return <p class="matrix-key quiet">L list, R read, W write, D delete, X run, C control · ▷ becomes · ╌▷ controls · ┈▷ runs as · [R] if a condition holds · R~ unknown, turns on what was not seen · ⁴R in 4 steps, by way of others · ✕ granted, and denied by name · ~ not seen · a dot is no line</p>;
}

/** Lanes that stand together: by band, and of many columns those of one service. */
function grouped(lanes: Lane[]): { band: string; label: string; lanes: { lane: Lane; index: number }[] }[] {
  const groups = new Map<string, { band: string; label: string; lanes: { lane: Lane; index: number }[] }>();
  lanes.forEach((lane, index) => {
    const band = `${lane.band} ${lane.service ?? ""}`;
    const group = groups.get(band) ?? { band, label: lane.service !== null ? visible(lane.service) : lanes.some((each) => each.service !== null && each.band === lane.band) ? `other ${lane.band.toLowerCase()}` : lane.band.toLowerCase(), lanes: [] };
    groups.set(band, group);
    group.lanes.push({ lane, index });
  });
  return [...groups.values()];
}

function Fold({ open, label, onToggle }: { open: boolean; label: string; onToggle: () => void }) {
  return <button type="button" class="matrix-fold" aria-expanded={open} onClick={onToggle}><span aria-hidden="true">{open ? "▾" : "▸"}</span> {label}</button>;
}

/** A name at the edge. Arrow keys get to it, so that Tab need not pass all of them on its way to the cells. */
function Head({ at, lane, shape, onShape, most }: { at: string; lane: Lane; shape: Shape | undefined; onShape: (id: string) => void; most: number }) {
  if (shape === undefined) return null;
  return (
    <button type="button" class="matrix-head" tabIndex={-1} data-cell={at} title={visible(shape.sentence)} onClick={() => onShape(lane.shape)}>
      <KindMark kind={shape.kind} outline={shape.outline} known={shape.known} leaves={leads(shape)} />
      <Name text={elide(shape.label, most)} most={most} />
      {shape.count > 1 && <span class="times">×{number(shape.count)}</span>}
      {shape.crown !== null && <span class="tag">{shape.crown === "admin" ? "admin" : "matters"}</span>}
      {lane.unseen && <span class="quiet">~</span>}
    </button>
  );
}

interface CellProps {
  cell: MatrixCell | undefined;
  unseen: boolean;
  from: Shape | undefined;
  to: Shape | undefined;
  selected: string | null;
  onOpen: (ribbon: string) => void;
  beside: Beside[];
  place: string;
  onAsk: (text: string) => void;
}

function CellMark({ cell, unseen, from, to, selected, onOpen, beside, place, onAsk }: CellProps) {
  if (cell === undefined && beside.length === 0) return <NoLine unseen={unseen} />;
  const name = (words: string) => visible(`${words}: ${from?.label ?? ""} and ${to?.label ?? ""}`);
  return (
    <>
      {cell?.lines.map((line) => {
        const sign = line.relation === "touches" ? line.letters : SIGN[line.relation];
        const text = line.unseen ? `${sign}~` : line.conditional ? `[${sign}]` : sign;
        const words = line.relation === "touches" ? accessWords(line.letters) : line.relation;
        return (
          <button key={line.ribbon} type="button" class="matrix-line" data-cell={`${cell.row} ${cell.column}`} aria-pressed={line.ribbon === selected} aria-label={visible(`${text}: ${from?.label ?? ""} ${words} ${to?.label ?? ""}${line.unseen ? ", not known: it turns on what was not seen" : line.conditional ? ", if a condition holds" : ""}`)} onClick={() => onOpen(line.ribbon)}>
            {text}
          </button>
        );
      })}
      {beside.map(({ text, words, ask }) => (
        <button key={text} type="button" class="matrix-line" data-cell={place} title={words} aria-label={`${text}: ${name(words)}`} onClick={() => onAsk(ask)}>{text}</button>
      ))}
    </>
  );
}

/** No line, or none that was seen: where something was not seen, nobody says that there is none. */
function NoLine({ unseen }: { unseen: boolean }) {
  return <span class="matrix-no">{unseen ? "~" : "·"}<span class="unseen"> {unseen ? "not seen" : "no line"}</span></span>;
}

/** Arrow keys go from one cell with a line, or name at the edge, to the next one in that direction. */
function walkCells(event: KeyboardEvent, grid: HTMLElement | null): void {
  const by = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
  const here = document.activeElement?.closest<HTMLElement>("[data-cell]");
  if (by === undefined || here == null || grid === null || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  const [row, column] = placeOf(here);
  const [down, right] = by as [number, number];
  const ahead = [...grid.querySelectorAll<HTMLElement>("[data-cell]")].flatMap((each) => {
    const [r, c] = placeOf(each);
    const along = down !== 0 ? (r - row) * down : (c - column) * right;
    const aside = down !== 0 ? Math.abs(c - column) : Math.abs(r - row);
    // Left and right stay in the row; up and down may step aside where the column is empty.
    return along > 0 && (down !== 0 || aside === 0) ? [{ each, along, aside }] : [];
  });
  ahead.sort((one, other) => one.aside * 3 + one.along - (other.aside * 3 + other.along) || one.aside - other.aside);
  ahead[0]?.each.focus();
}

function placeOf(element: HTMLElement): [number, number] {
  const [row = 0, column = 0] = (element.dataset.cell ?? "").split(" ").map(Number);
  return [row, column];
}
