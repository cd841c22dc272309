import { useEffect, useRef, useState } from "preact/hooks";
import { counted } from "../text/count";
import { Name } from "../text/Name";
import { visible } from "../text/visible";

/** From so many pairs on, there is a box to find one. */
const MANY_PAIRS = 8;

export interface PairLine {
  from: string;
  to: string;
  /** What the pair is about: words of access, conditions. */
  notes: string[];
}

interface Props {
  pairs: PairLine[];
  /** How many there are in all. */
  total: number;
  chosen: number | null;
  onChoose: (pair: number) => void;
}

/** The pairs that a line stands for; one of them is chosen. */
export function Pairs({ pairs, total, chosen, onChoose }: Props) {
  const [filter, setFilter] = useState("");
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-pressed=true]")?.scrollIntoView?.({ block: "nearest" });
  }, []);
  const wanted = filter.trim().toLowerCase();
  const shown = pairs.map((pair, index) => ({ pair, index })).filter(({ pair }) => wanted === "" || `${pair.from} ${pair.to}`.toLowerCase().includes(wanted));
  return (
    <section class="pairs" aria-label="pairs">
      <h3 class="block-title">
        {counted(total, "pair")} {total > pairs.length && <span class="quiet">the first {pairs.length}</span>}
      </h3>
      {pairs.length > MANY_PAIRS && (
        <input class="field" type="search" aria-label="filter the pairs" placeholder="filter" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
      )}
      <ul class="pair-list" ref={list}>
        {shown.map(({ pair, index }) => (
          <li key={index}>
            <button type="button" class="pair" aria-pressed={chosen === index} onClick={() => onChoose(index)}>
              <Name text={pair.from} most={40} />
              <span class="pair-arrow" aria-hidden="true">→</span>
              <span class="unseen">to</span>
              <Name text={pair.to} most={40} />
              {pair.notes.map((note) => <span class="pair-note" key={note}>{visible(note)}</span>)}
            </button>
          </li>
        ))}
        {shown.length === 0 && <li class="quiet">No pair has “{visible(filter.trim())}” in its names.</li>}
      </ul>
    </section>
  );
}
