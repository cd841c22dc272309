import type { MapPage } from "../api/map";
import type { Place } from "../place/place";
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
    onFold: (band: string) => {
      go({ folded: toggled(place.folded, band), shape: null, ribbon: null, pair: null });
    },
  };
}
