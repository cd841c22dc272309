import { useMemo, useState } from "preact/hooks";
import type { Answer } from "../api/answer";
import { shown, type Fetched } from "../api/fetched";
import type { MapPage } from "../api/map";
import { Legend } from "../map/Legend";
import { MapDrawing } from "../map/MapDrawing";
import { HotSentence } from "../map/MapView";
import type { Spot } from "../map/walk";
import { ErrorBox } from "../shell/ErrorBox";
import { number } from "../text/count";
import { visible } from "../text/visible";

interface Props {
  fetched: Fetched<MapPage>;
  answers: Answer[];
  /** Opens the row with this place in `answers`. */
  onRow: (at: number) => void;
}

/** The steps of an answer as a drawing: what many pass by is there once, and what is opened is the first row that goes there. */
export function AnswerPicture({ fetched, answers, onRow }: Props) {
  const [hot, setHot] = useState<Spot | null>(null);
  const page = shown(fetched);
  const short = useMemo(() => (page === null ? null : shortened(page)), [page]);
  if (fetched.state === "failed") return <ErrorBox error={fetched.error} />;
  if (page === null || short === null) return <p class="quiet" role="status">drawing</p>;
  const open = (spot: Spot) => {
    const at = rowAlong(answers, page, spot);
    if (at !== null) onRow(at);
  };
  return (
    <section class="answer-picture" aria-label="as a picture">
      <MapDrawing page={short} least={LEAST_SCALE} selected={null} onOpen={open} onHot={setHot} />
      <footer class="map-foot">
        <div class="foot-main">
          <Legend page={page} away={hot !== null} />
          <HotSentence page={page} hot={hot} />
        </div>
        {page.tray.map(({ label, count }) => <p class="quiet" key={label}>{number(count)} {visible(label)}</p>)}
      </footer>
    </section>
  );
}

/** Chains of five steps are wide: what is drawn has to be seen whole, with its end. */
const LEAST_SCALE = 0.5;

/** Names without their account and kind, which stand beside or below them where there is room; the sentence has the whole. */
export function shortened(page: MapPage): MapPage {
  const shapes = page.shapes.map((shape) => {
    const [, account, kind, name] = /^([^:/\s]+):([a-z-]+)\/(.+)$/.exec(shape.label) ?? [];
    return account === undefined || kind === undefined || name === undefined ? shape : { ...shape, label: name, sub: `${kind}, ${account}` };
  });
  return { ...page, shapes };
}

/** The place of the first answer that goes along a line, or by a shape. */
export function rowAlong(answers: Answer[], page: Pick<MapPage, "shapes" | "ribbons">, spot: Spot): number | null {
  const line = page.ribbons.find((ribbon) => spot.on === "ribbon" && ribbon.id === spot.id);
  const wanted = (line === undefined ? [spot.id] : [line.from, line.to]).map((id) => {
    const shape = page.shapes.find((each) => each.id === id);
    return new Set(shape === undefined ? [] : [shape.label, ...shape.members]);
  });
  const passes = (answer: Answer) => {
    const ends = endsOf(answer);
    return ends.some((_, at) => wanted.every((names, next) => ends[at + next]?.some((name) => names.has(name)) === true));
  };
  const at = answers.findIndex(passes);
  return at < 0 ? null : at;
}

/** Who begins, and where each step leads, each by every name that a picture may have for it. */
function endsOf(answer: Answer): string[][] {
  const start = [answer.label, ...answer.who.map(({ name }) => name), ...answer.steps.slice(0, 1).map(({ from }) => from.name)];
  const last = answer.steps.length - 1;
  return [start, ...answer.steps.map(({ to }, at) => (at === last ? [to.name, answer.label, ...answer.on.map(({ name }) => name)] : [to.name]))];
}
