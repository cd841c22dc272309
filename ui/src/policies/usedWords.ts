import type { UsedBy } from "../api/lists";
import { number } from "../text/count";

/** `2 of 5 used it in 90 days`. What no evidence shows is not called unused. `what`: of which they used it, or any of it. */
export function usedWords({ used, unused, unknown, because }: UsedBy, what: "it" | "any of it", age: string): string {
  const all = used + unused + unknown;
  const why = because === null ? "" : `: ${because}`;
  if (all === unknown) return all === 1 ? `whether the one who has it used ${what} is not known${why}` : `which of ${number(all)} used ${what} is not known${why}`;
  const some = used === 0 ? "none" : number(used);
  if (unknown > 0) return `${some} of ${number(all)} ${used < 2 ? "is" : "are"} known to have used ${what} in ${age}; of ${number(unknown)} that cannot be known${why}`;
  if (all === 1) return `the one who has it ${used === 1 ? "used" : "did not use"} ${what} in ${age}`;
  return `${some} of ${number(all)} used ${what} in ${age}`;
}
