import { useContext } from "preact/hooks";
import type { MapPage, Ribbon, Shape } from "../api/map";
import { ActsContext } from "../answer/acts";
import { RelationLine } from "../answer/RelationLine";
import { KIND_WORD, KindMark, leads } from "../mark/KindGlyph";
import { RiskMark } from "../mark/Risk";
import { bandOfFold } from "../map/folded";
import { canBeTakenApart, type shapeActs } from "../map/seen";
import { leaving, reaching } from "../map/walk";
import type { Place } from "../place/place";
import { counted, number } from "../text/count";
import { Name, Sentence } from "../text/Name";
import { quoted } from "../text/quoted";
import { Members } from "./AnswerPanel";
import { Panel } from "./Panel";

interface Props {
  page: MapPage;
  shape: Shape;
  place: Place;
  /** What the keys do to it, too. */
  acts: ReturnType<typeof shapeActs>;
  onRibbon: (id: string) => void;
  onAsk: (text: string) => void;
  onClose: () => void;
}

const IDENTITIES = new Set(["user", "role", "group", "workload"]);
const THINGS = new Set(["data", "secret"]);

/** One shape of the map: what it is, whom it stands for, and each of its lines. */
export function ShapePanel({ page, shape, place, acts, onRibbon, onAsk, onClose }: Props) {
  const focused = place.focus === shape.id;
  const pinned = place.pinned.includes(shape.id);
  const band = bandOfFold(shape.id);
  const cut = cutQuestion(shape);
  const { onAsk: onAskCut } = useContext(ActsContext);
  const out = leaving(page, shape.id);
  const into = reaching(page, shape.id);
  const question = nextQuestion(shape);
  return (
    <Panel
      title={KIND_WORD[shape.kind] ?? shape.kind}
      subject={shape.id}
      onClose={onClose}
      heading={
        <>
          <KindMark kind={shape.kind} outline={shape.outline} known={shape.known} leaves={leads(shape)} /> <Name text={shape.label} most={200} />
          {shape.count > 1 && <span class="times">×{number(shape.count)}</span>}
          {shape.mark !== null && <RiskMark risk={shape.mark} />}
        </>
      }
    >
      <p class="panel-fact"><Sentence text={shape.sentence} /></p>
      <p class="panel-actions">
        {band !== null ? (
          <button type="button" class="button small" onClick={() => acts.onFold(band)}>unfold <kbd aria-hidden="true">Z</kbd></button>
        ) : (
          <>
            <button type="button" class="button small" aria-pressed={focused} onClick={() => acts.onFocusOn(shape.id)}>
              {focused ? "show everything" : "only what is connected"} <kbd aria-hidden="true">F</kbd>
            </button>
            <button type="button" class="button small" aria-pressed={pinned} onClick={() => acts.onPin(shape.id)}>
              {pinned ? "pinned" : "pin"} <kbd aria-hidden="true">K</kbd>
            </button>
            {!pinned && <button type="button" class="button small" onClick={() => acts.onHide(shape.id)}>hide <kbd aria-hidden="true">X</kbd></button>}
            {canBeTakenApart(shape) && <button type="button" class="button small" onClick={() => acts.onApart(shape.id)}>take apart <kbd aria-hidden="true">O</kbd></button>}
            <button type="button" class="button small" onClick={() => acts.onFold(shape.band)}>
              {place.folded.includes(shape.band) ? "unfold" : "fold"} its band <kbd aria-hidden="true">Z</kbd>
            </button>
          </>
        )}
        {cut !== null && <button type="button" class="button small" onClick={() => onAskCut(cut, true)}>cheapest cut <kbd aria-hidden="true">C</kbd></button>}
        {question !== null && (
          <button type="button" class="button small" onClick={() => onAsk(question)}><Sentence text={question} /></button>
        )}
      </p>
      {shape.count > 1 && <Members names={shape.members} count={shape.count} equal={shape.equal} />}
      <RibbonList title="Reaches it" ribbons={into} onRibbon={onRibbon} />
      <RibbonList title="From here" ribbons={out} onRibbon={onRibbon} />
      {into.length + out.length === 0 && <p class="quiet">No line of this map touches it.</p>}
    </Panel>
  );
}

/** A line of a folded band: the lines of the map that it stands for. */
export function LinesPanel({ lines, subject, onRibbon, onClose }: { lines: Ribbon[]; subject: string; onRibbon: (id: string) => void; onClose: () => void }) {
  return (
    <Panel title="Folded" subject={subject} onClose={onClose} heading={counted(lines.length, "line")}>
      <p class="panel-fact quiet">A folded band has one line for all of these. Each has its own why.</p>
      <RibbonList title="Lines" ribbons={lines} onRibbon={onRibbon} />
    </Panel>
  );
}

function RibbonList({ title, ribbons, onRibbon }: { title: string; ribbons: Ribbon[]; onRibbon: (id: string) => void }) {
  if (ribbons.length === 0) return null;
  return (
    <section class="block">
      <h3 class="block-title">{title} <span class="count">{number(ribbons.length)}</span></h3>
      <ul class="ribbon-list">
        {ribbons.map((ribbon) => (
          <li key={ribbon.id}>
            <button type="button" class="ribbon-row" onClick={() => onRibbon(ribbon.id)}>
              <RelationLine relation={ribbon.relation} />
              <Sentence text={ribbon.sentence} />
              {ribbon.mark !== null && <RiskMark risk={ribbon.mark} word={false} />}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The question that goes on from a shape; only for one thing, since a group has no single name to ask about. */
function nextQuestion(shape: Shape): string | null {
  if (shape.asks !== undefined) return shape.asks;
  if (shape.count > 1) return null;
  const name = quoted(shape.members[0] ?? shape.label);
  if (THINGS.has(shape.kind)) return `who can read ${name}`;
  if (IDENTITIES.has(shape.kind)) return `what can ${name} do`;
  return null;
}

/** What to ask for the cheapest cut of the chains to a shape; only for one thing or role. */
export function cutQuestion(shape: Shape): string | null {
  if (shape.count > 1) return null;
  const name = quoted(shape.members[0] ?? shape.label);
  if (THINGS.has(shape.kind)) return `who can read ${name}`;
  return shape.kind === "role" ? `who can become ${name}` : null;
}
