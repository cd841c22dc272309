import type { MapPage, Ribbon, Shape } from "../api/map";
import { RelationLine } from "../answer/RelationLine";
import { KIND_WORD, KindMark } from "../mark/KindGlyph";
import { RiskMark } from "../mark/Risk";
import { leaving, reaching } from "../map/walk";
import { Name, Sentence } from "../text/Name";
import { Members } from "./AnswerPanel";
import { Panel } from "./Panel";

interface Props {
  page: MapPage;
  shape: Shape;
  focused: boolean;
  onRibbon: (id: string) => void;
  onFocusOn: (id: string | null) => void;
  onAsk: (text: string) => void;
  onClose: () => void;
}

const IDENTITIES = new Set(["user", "role", "group", "workload"]);
const THINGS = new Set(["data", "secret"]);

/** One shape of the map: what it is, whom it stands for, and each of its lines. */
export function ShapePanel({ page, shape, focused, onRibbon, onFocusOn, onAsk, onClose }: Props) {
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
          <KindMark kind={shape.kind} outline={shape.outline} known={shape.known} /> <Name text={shape.label} most={200} />
          {shape.count > 1 && <span class="times">×{shape.count}</span>}
          {shape.mark !== null && <RiskMark risk={shape.mark} />}
        </>
      }
    >
      <p class="panel-fact"><Sentence text={shape.sentence} /></p>
      <p class="panel-actions">
        <button type="button" class="button small" aria-pressed={focused} onClick={() => onFocusOn(focused ? null : shape.id)}>
          {focused ? "show everything" : "only what is connected"} <kbd aria-hidden="true">F</kbd>
        </button>
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

function RibbonList({ title, ribbons, onRibbon }: { title: string; ribbons: Ribbon[]; onRibbon: (id: string) => void }) {
  if (ribbons.length === 0) return null;
  return (
    <section class="block">
      <h3 class="block-title">{title} <span class="count">{ribbons.length}</span></h3>
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
  if (shape.count > 1) return null;
  const name = shape.members[0] ?? shape.label;
  if (THINGS.has(shape.kind)) return `who can read ${name}`;
  if (IDENTITIES.has(shape.kind)) return `what can ${name} do`;
  return null;
}
