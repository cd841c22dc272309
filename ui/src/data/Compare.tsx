import { address } from "../api/call";
import { shown, useFetched } from "../api/fetched";
import type { MapPage, MarksOfTwoPage } from "../api/map";
import type { SnapshotsPage, TryPage } from "../api/tried";
import { ChangeMap, ChangePanel } from "../changes/ChangeMap";
import { Effect } from "../changes/Effect";
import { Working } from "../changes/Working";
import type { OpenDocument } from "../answer/Statement";
import type { Place } from "../place/place";
import type { Go } from "../place/usePlace";
import { ErrorBox } from "../shell/ErrorBox";
import { shortTime } from "../shell/TopBar";
import { bytes } from "../text/bytes";
import { elide } from "../text/elide";
import { visible } from "../text/visible";

/** The same on the command line: the older one first. What is open and not saved has to be named by hand. */
function commandOf(page: TryPage, chosen: string, listed: SnapshotsPage | null): string {
  const open = listed?.snapshots.find((each) => each.open)?.name ?? "WHAT-IS-OPEN";
  const isOlder = page.old.id.replaceAll(":", "-").startsWith(chosen.slice(0, 19));
  return isOlder ? `clavicle diff ${chosen} ${open}` : `clavicle diff ${open} ${chosen}`;
}

interface Props {
  place: Place;
  go: Go;
  onDocument: OpenDocument;
}

/** The snapshot that is open beside another one: who has more now, who has less. */
export function Compare({ place, go, onDocument }: Props) {
  const listed = useFetched<SnapshotsPage>(address("snapshots"), "clavicle.snapshots/1");
  const others = shown(listed)?.snapshots.filter((each) => !each.open) ?? [];
  const chosen = place.choices.with ?? null;
  const compared = useFetched<TryPage>(chosen === null ? null : address("compare", { with: chosen }), "clavicle.compared/1");
  const page = chosen === null ? null : shown(compared);
  const choose = (name: string) => go({ choices: { ...place.choices, with: name }, pick: null });
  return (
    <section class="block compare" aria-labelledby="compare-title">
      <h2 class="block-title" id="compare-title" tabIndex={-1}>Compare with another snapshot</h2>
      {listed.state === "failed" && <ErrorBox error={listed.error} />}
      {listed.state === "ready" && others.length === 0 && chosen === null && (
        <p class="quiet">No other snapshot is saved. <span class="mono">clavicle collect</span> and <span class="mono">clavicle import</span> save one each time.</p>
      )}
      {(others.length > 0 || chosen !== null) && (
        <label class={chosen === null ? "choose" : "choose chosen"}>
          <span class="choose-label">with</span>
          <select aria-label="compare with" value={chosen ?? ""} onChange={(event) => choose(event.currentTarget.value)}>
            <option value="">nothing</option>
            {chosen !== null && !others.some((each) => each.name === chosen) && <option value={chosen}>{elide(visible(chosen), 60)}</option>}
            {others.map((each) => <option key={each.name} value={each.name}>{`${elide(visible(each.name), 60)} (${bytes(each.bytes)})`}</option>)}
          </select>
        </label>
      )}
      {compared.state === "failed" && chosen !== null && <ErrorBox error={compared.error} />}
      {compared.state === "loading" && chosen !== null && <Working step={compared.working} what={chosen} doing="reading the other snapshot" onStop={() => choose("")} />}
      {page !== null && chosen !== null && (
        <>
          <p class="compare-times">from <time dateTime={page.old.id}>{visible(shortTime(page.old.id))}</time> to <time dateTime={page.new.id}>{visible(shortTime(page.new.id))}</time></p>
          <Effect page={page} stale={compared.state === "loading"} command={commandOf(page, chosen, shown(listed))} onMap={(account) => go({ account, choices: { ...place.choices, shows: "map" }, pick: null })} onDocument={onDocument} />
        </>
      )}
    </section>
  );
}

/** The same on the map, in place of the rest of the view. */
export function CompareMap({ place, go, onDocument }: Props) {
  const chosen = place.choices.with ?? "";
  const drawn = useFetched<MapPage>(address("compare/map", { with: chosen, account: place.account, unit: place.unit }), "clavicle.map/1");
  const page = shown(drawn);
  // They take a search for each thing and each state: the map comes first, and does not move for them.
  const looked = useFetched<MarksOfTwoPage>(drawn.state === "ready" ? address("compare/marks", { with: chosen, account: place.account, unit: place.unit }) : null, "clavicle.marks-of-two/1");
  const marks = looked.state === "ready" ? looked.value : null;
  return (
    <div class="change-split">
      <div class="change-main">
        {drawn.state === "failed" && <ErrorBox error={drawn.error} />}
        {drawn.state === "loading" && <Working step={drawn.working} what={chosen} doing="drawing before and after" onStop={() => go({ account: null, unit: null, choices: { ...place.choices, with: "", shows: "" } })} />}
        {page !== null && <ChangeMap page={page} marks={marks} place={place} go={go} stale={drawn.state === "loading"} note="What one of the two did not see is drawn as only in the other: it may have been there." heading={<>what is open beside <span class="mono">{elide(visible(chosen), 60)}</span></>} />}
      </div>
      {page !== null && <ChangePanel page={page} marks={marks} place={place} go={go} source={{ with: chosen }} onDocument={onDocument} />}
    </div>
  );
}
