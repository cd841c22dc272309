import type { ComponentChildren } from "preact";
import type { MapPage } from "../api/map";
import type { Level } from "../place/place";
import { Name } from "../text/Name";

interface Props {
  crumbs: MapPage["crumbs"];
  /** Goes up to a level. */
  onLevel: (level: Level) => void;
  children: ComponentChildren;
}

/** What stands above every map: which level this is, the way up, and what the map says. */
export function MapHead({ crumbs, onLevel, children }: Props) {
  return (
    <header class="map-head">
      <nav aria-label="levels">
        <ol class="crumbs">
          {crumbs.map((crumb, index) => (
            <li key={crumb.account ?? crumb.unit ?? "organization"}>
              {index === crumbs.length - 1 ? (
                <h1 class="crumb-here" id="map-title" tabIndex={-1} aria-current="page"><Name text={crumb.label} most={48} /></h1>
              ) : (
                <button type="button" class="crumb" onClick={() => onLevel(crumb)}><Name text={crumb.label} most={32} /></button>
              )}
            </li>
          ))}
        </ol>
      </nav>
      {children}
    </header>
  );
}
