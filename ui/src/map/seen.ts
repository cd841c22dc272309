import type { MapPage, Shape } from "../api/map";
import type { Level, Place } from "../place/place";
import type { Go } from "../place/usePlace";
import { bandOfFold, folded } from "./folded";
import { keep } from "./keep";

/** What of a map is to be seen: without what is hidden, with bands folded; every other shape stays where it is. */
export function seenOf(page: MapPage, place: Pick<Place, "hidden" | "folded" | "pinned">): MapPage {
  return folded(without(page, place.hidden), place.folded, place.pinned);
}

function without(page: MapPage, hidden: string[]): MapPage {
  if (hidden.length === 0) return page;
  const gone = new Set(hidden);
  return keep(page, page.shapes.filter((each) => !gone.has(each.id)), page.ribbons.filter((each) => !gone.has(each.from) && !gone.has(each.to)));
}

/** The map that a shape opens: that of an account or of a unit. Null: none, or the one that is shown. */
export function opens(shape: Shape, shown: Level): Level | null {
  if (shape.account !== null) return shape.account === shown.account ? null : { account: shape.account, unit: null };
  return shape.unit === null || (shown.account === null && shape.unit === shown.unit) ? null : { account: null, unit: shape.unit };
}

/** Is it several that are only drawn together? Then its parts can be shown; of a part (`whole>part`) it cannot. */
export function canBeTakenApart(shape: Shape): boolean {
  return shape.count > 1 && !shape.equal && shape.kind !== "stub" && shape.unit === null && bandOfFold(shape.id) === null && !shape.id.includes(">");
}

/** What can be done to one shape, from the map by key and from its panel. */
export function shapeActs(place: Place, go: Go) {
  const toggled = (all: string[], one: string) => (all.includes(one) ? all.filter((each) => each !== one) : [...all, one]);
  return {
    onFocusOn: (shape: string) => {
      if (bandOfFold(shape) === null) go({ focus: place.focus === shape ? null : shape });
    },
    onHide: (shape: string) => {
      const band = bandOfFold(shape);
      // A folded band has no id that the map knows: it is unfolded instead.
      if (band !== null) go({ folded: toggled(place.folded, band), shape: null });
      // What is pinned stays.
      else if (!place.pinned.includes(shape)) go({ hidden: [...place.hidden, shape], ...(place.shape === shape ? { shape: null } : {}) });
    },
    onPin: (shape: string) => {
      if (bandOfFold(shape) === null) go({ pinned: toggled(place.pinned, shape) });
    },
    onApart: (shape: string) => {
      // Another shape may be one that is hidden, pinned or a part: those are of the map as it is drawn then.
      go({ apart: place.apart === shape ? null : shape, shape: null, ribbon: null, pair: null, focus: null });
    },
    onFold: (band: string) => {
      go({ folded: toggled(place.folded, band), shape: null, ribbon: null, pair: null });
    },
  };
}
