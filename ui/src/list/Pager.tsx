import { number } from "../text/count";

interface Props {
  total: number;
  from: number;
  /** How many rows were sent. */
  shown: number;
  onFrom: (from: number) => void;
}

/** Where in a long list this screenful is, and the ones before and after. */
export function Pager({ total, from, shown, onFrom }: Props) {
  if (total <= shown && from === 0) return null;
  const size = Math.max(shown, 60);
  return (
    <nav class="pager" aria-label="pages">
      <button type="button" class="button small" disabled={from === 0} onClick={() => onFrom(Math.max(0, from - size))}>before</button>
      <span>{shown === 0 ? "nothing here" : `${number(from + 1)} to ${number(from + shown)}`} of {number(total)}</span>
      <button type="button" class="button small" disabled={from + shown >= total} onClick={() => onFrom(from + shown)}>after</button>
    </nav>
  );
}
