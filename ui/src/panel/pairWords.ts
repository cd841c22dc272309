/** What there is of a pair: its words, those of them that hold on conditions only, and these conditions. */
export interface PairAccess {
  if: string[];
  access: string[];
  only_if: string[];
}

/** `read`, `control, if MFA`, `read; write only if MFA`: never a word without the condition that it hangs on. */
export function pairWords(pair: PairAccess): string {
  const conditions = pair.if.length === 0 ? "" : `if ${pair.if.join(" and ")}`;
  const free = pair.access.filter((word) => !pair.only_if.includes(word));
  const open = pair.only_if.join(", ");
  if (open === "" || conditions === "") return [pair.access.join(", "), conditions].filter((part) => part !== "").join(", ");
  if (free.length === 0) return `${open}, ${conditions}`;
  return `${free.join(", ")}; ${open} only ${conditions}`;
}
