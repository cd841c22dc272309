/** One line that is only in the old text, only in the new one, or in both. */
export interface DiffLine {
  sign: "-" | "+" | " ";
  number: number;
  text: string;
}

/** More lines than this are not compared one by one. */
const MOST = 1500;

/** The lines that went and came, in order, by the longest common part. Quadratic in lines: policies are short. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const old = before.split(/\r\n|\r|\n/);
  const now = after.split(/\r\n|\r|\n/);
  if (old.length > MOST || now.length > MOST) return [];
  const width = now.length + 1;
  const common = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = old[i] === now[j] ? (common[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      i += 1;
      j += 1;
    } else if (j >= now.length || (i < old.length && (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))) {
      lines.push({ sign: "-", number: i + 1, text: old[i] ?? "" });
      i += 1;
    } else {
      lines.push({ sign: "+", number: j + 1, text: now[j] ?? "" });
      j += 1;
    }
  }
  return wholeBlocks(lines, old, now);
}

/**
 * What went or came begins where a block begins: where the line before it is the same as its last line, either could be
 * the one that stays, and `{ … },` is read more easily than `… }, {`.
 */
function wholeBlocks(lines: DiffLine[], old: string[], now: string[]): DiffLine[] {
  const slid = [...lines];
  for (let start = 0; start < slid.length; ) {
    const first = slid[start] as DiffLine;
    let end = start + 1;
    while (end < slid.length && slid[end]?.sign === first.sign && slid[end]?.number === (slid[end - 1]?.number ?? 0) + 1) end += 1;
    const text = first.sign === "-" ? old : now;
    const last = slid[end - 1] as DiffLine;
    const before = text[first.number - 2];
    const alone = slid[start - 1]?.sign !== "-" || slid[start - 1]?.number !== first.number - 1;
    if (alone && before !== undefined && before === last.text && /^\s*[{[]$/.test(before)) {
      for (let at = start; at < end; at += 1) {
        const number = (slid[at] as DiffLine).number - 1;
        slid[at] = { sign: first.sign, number, text: text[number - 1] ?? "" };
      }
    }
    start = end;
  }
  return slid;
}
