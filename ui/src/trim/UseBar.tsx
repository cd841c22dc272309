interface Props {
  used: number;
  unknown: number;
  unused: number;
}

const WIDTH = 120;
const HEIGHT = 10;

/** Granted against used: full is used, hatched cannot be known, empty was not used. The numbers stand beside it. */
export function UseBar({ used, unknown, unused }: Props) {
  const granted = used + unknown + unused;
  if (granted === 0) return null;
  // What is there at all is wide enough to be seen.
  const part = (count: number) => (count === 0 ? 0 : Math.max(2, (count / granted) * WIDTH));
  const full = Math.min(part(used), WIDTH);
  const hatched = Math.min(part(unknown), WIDTH - full);
  const strokes = Array.from({ length: Math.max(0, Math.floor(hatched / 4)) }, (_, at) => full + 4 * at + 4);
  return (
    <svg class="use-bar" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true" focusable="false">
      <rect class="use-all" x="0.5" y="0.5" width={WIDTH - 1} height={HEIGHT - 1} rx="2" />
      {hatched > 0 && <rect class="use-unknown" x={full} y="0.5" width={hatched} height={HEIGHT - 1} />}
      {strokes.map((x) => <path key={x} class="use-hatch" d={`M${x - 3} ${HEIGHT - 1} L${x} 1`} />)}
      {full > 0 && <rect class="use-used" x="0" y="0" width={full} height={HEIGHT} rx="2" />}
    </svg>
  );
}
