import type { MapPage, Ribbon, Shape } from "../api/map";
import { riskRank } from "../mark/Risk";

/** Past so many lines nobody follows one by eye: what is worst comes to the front, and the rest stands back. */
export const MOST_FOLLOWED = 40;

/**
 * Of a map with many lines those that it opens on, by their ids; null: all lines are alike. Of an account it is the worst line,
 * and where one gets on to from there, each place by the shortest way; of an organization or a unit all lines that are as bad. Where
 * what matters wears a worse mark than any line, it is the ways that lead there. Of two states it is what goes and what comes. What stands back is still there: it comes to the front under the pointer and the
 * keyboard.
 */
export function frontOf(page: MapPage): Set<string> | null {
  if (page.ribbons.length <= MOST_FOLLOWED) return null;
  if (page.change !== undefined) {
    const changed = page.ribbons.filter((each) => each.change !== undefined && each.change !== "same");
    return changed.length === 0 || changed.length === page.ribbons.length ? null : new Set(changed.map((each) => each.id));
  }
  const worst = worstRibbon(page.ribbons);
  const led = worstLed(page);
  if (led !== null) return new Set(backward(page, led.id));
  if (worst === null) return null;
  if (page.level !== "account") return new Set(page.ribbons.filter((each) => each.mark === worst.mark).map((each) => each.id));
  return new Set([worst.id, ...onward(page, worst)]);
}

export function worstRibbon(ribbons: Ribbon[]): Ribbon | null {
  const risky = ribbons.filter((ribbon) => ribbon.mark !== null);
  return risky.sort((a, b) => riskRank(a.mark) - riskRank(b.mark))[0] ?? null;
}

/** What matters and is led to by worse than any line of the map tells: chains come from further away. */
export function worstLed(page: MapPage): Shape | null {
  const least = riskRank(worstRibbon(page.ribbons)?.mark ?? null);
  const led = page.shapes.filter((shape) => shape.crown === "matters" && riskRank(shape.mark) < least);
  return led.sort((a, b) => riskRank(a.mark) - riskRank(b.mark))[0] ?? null;
}

/** The lines by which one gets on from the end of a line: to each shape the first that leads there, and all that lead out of the account or to what matters. */
function onward(page: MapPage, from: Ribbon): string[] {
  const ends = new Set(page.shapes.filter((shape) => shape.crown === "matters" || shape.kind === "stub").map((shape) => shape.id));
  const matters = new Set(page.shapes.filter((shape) => shape.crown === "matters").map((shape) => shape.id));
  // Touching something leads nowhere, unless it is what one is after.
  return follow(page, from.to, (ribbon) => [ribbon.from, ribbon.to], (ribbon, seen) => (ribbon.relation !== "touches" || matters.has(ribbon.to)) && (ends.has(ribbon.to) || !seen.has(ribbon.to)));
}

/** The lines by which one gets to a shape: from each the first. */
function backward(page: MapPage, to: string): string[] {
  return follow(page, to, (ribbon) => [ribbon.to, ribbon.from], (ribbon, seen) => (ribbon.relation !== "touches" || ribbon.to === to) && !seen.has(ribbon.from));
}

function follow(page: MapPage, start: string, ends: (ribbon: Ribbon) => [string, string], leads: (ribbon: Ribbon, seen: Set<string>) => boolean): string[] {
  const seen = new Set([start]);
  const front: string[] = [];
  let open = [start];
  while (open.length > 0) {
    const next: string[] = [];
    for (const shape of open) {
      for (const ribbon of page.ribbons) {
        const [near, far] = ends(ribbon);
        if (near !== shape || far === start || !leads(ribbon, seen)) continue;
        front.push(ribbon.id);
        if (!seen.has(far)) next.push(far);
        seen.add(far);
      }
    }
    open = next;
  }
  return front;
}
