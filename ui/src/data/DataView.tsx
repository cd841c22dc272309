import { type Fetched, shown } from "../api/fetched";
import type { CellState, DataPage, Gap } from "../api/lists";
import type { Summary } from "../api/summary";
import type { OpenDocument } from "../answer/Statement";
import { ChooseWhere } from "../list/ChooseWhere";
import { Pager } from "../list/Pager";
import { Compare } from "./Compare";
import { walkRows } from "../list/walkRows";
import type { Place } from "../place/place";
import type { Go } from "../place/usePlace";
import { Copy } from "../shell/Copy";
import { ErrorBox } from "../shell/ErrorBox";
import { Loading } from "../shell/Loading";
import { shortTime } from "../shell/TopBar";
import { bytes } from "../text/bytes";
import { counted, countedAccounts, number } from "../text/count";
import { Name, Sentence } from "../text/Name";
import { visible } from "../text/visible";

interface Props {
  fetched: Fetched<DataPage>;
  /** How many accounts there are, and were seen, as soon as that is known. */
  seen: Summary["snapshot"] | null;
  place: Place;
  go: Go;
  onDocument: OpenDocument;
  /** Hands on what is shown, with or without names. */
  onShare: () => void;
}

/** What was seen of each account and service, how old it is, and what is missing. */
export function DataView({ fetched, seen, place, go, onDocument, onShare }: Props) {
  const page = shown(fetched);
  if (fetched.state === "failed") return <div class="list"><ErrorBox error={fetched.error} /></div>;
  if (page === null) return <Loading status={(fetched.state === "loading" ? fetched.working : null) ?? { step: "looking", done: 0, total: 0 }} />;
  return (
    <article class="list" aria-labelledby="list-title" aria-busy={fetched.state === "loading"}>
      <header class="list-head">
        <p class="list-name">Data</p>
        <h1 class="list-sentence" id="list-title"><Sentence text={page.sentence} /></h1>
        <p class="home-facts">
          Seen <time dateTime={page.snapshot.id}>{visible(shortTime(page.snapshot.id))}</time>; {seen === null ? counted(page.snapshot.accounts, "account") : countedAccounts(seen)},{" "}
          {counted(page.snapshot.identities, "identity", "identities")}{page.regions > 0 && `, ${counted(page.regions, "region")}`}. Facts of AWS of {visible(page.catalog)}.
        </p>
        <p class="panel-actions">
          <button type="button" class="button small" onClick={showCompare}>compare</button>
          <button type="button" class="button small" onClick={onShare}>share…</button>
        </p>
      </header>
      <div class="list-choices" role="group" aria-label="show">
        <ChooseWhere accounts={page.choices} units={page.units} place={place} go={go} />
        <ul class="key" aria-label="what the marks mean">
          {(["seen", "partial", "denied", "failed", "not tried", "unsupported", "none"] as const).map((state) => <li key={state}><Cell state={state} /> {CELL_WORD[state]}</li>)}
        </ul>
      </div>
      <div class="coverage" role="region" aria-label="what was seen, by account and service" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">account</th>
              {page.services.map((service) => <th scope="col" key={service}>{visible(service)}</th>)}
            </tr>
          </thead>
          <tbody>
            {page.accounts.map((account) => (
              <tr key={account.id ?? "organization"}>
                <th scope="row"><Name text={account.name} most={28} /></th>
                {account.cells.map((state, index) => (
                  <td key={page.services[index]}>
                    <Cell state={state} />
                    <span class="unseen">{CELL_WORD[state]}</span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Pager total={page.total} from={page.from} shown={page.accounts.length} onFrom={(from) => go({ choices: { ...place.choices, from: from === 0 ? "" : String(from) }, pick: null })} />
      <section class="block">
        <h2 class="block-title">Missing <span class="count">{number(page.gaps.length)}</span></h2>
        {page.gaps.length === 0 ? (
          <p class="quiet">Nothing that access depends on is missing here.</p>
        ) : (
          <ul class="rows" onKeyDown={walkRows}>
            {page.gaps.map((gap) => <GapRow key={gapKey(gap)} gap={gap} open={place.pick === gapKey(gap)} onOpen={() => go({ pick: place.pick === gapKey(gap) ? null : gapKey(gap) })} />)}
          </ul>
        )}
      </section>
      <Compare place={place} go={go} onDocument={onDocument} />
      <section class="block">
        <h2 class="block-title">Read from <span class="count">{number(page.sources.length)}</span></h2>
        <ul class="source-list">
          {page.sources.map((source) => (
            <li key={source.file}>
              <Name text={source.file} most={80} mono /> <span class="quiet">{visible(source.kind)}, {bytes(source.bytes)}</span>
            </li>
          ))}
        </ul>
      </section>
      {page.warnings.length > 0 && (
        <section class="block">
          <h2 class="block-title">Not understood <span class="count">{number(page.warnings.length)}</span></h2>
          <ul class="source-list">
            {page.warnings.map((warning, index) => <li key={index}><Name text={warning.place} most={80} mono /> <Sentence text={warning.text} /></li>)}
          </ul>
        </section>
      )}
      <p class="next">
        <span class="quiet">on the command line</span>
        <code class="mono next-command">clavicle snapshots --coverage</code>
        <Copy text="clavicle snapshots --coverage" label="copy the command" />
      </p>
    </article>
  );
}

/** Comparing stands further down: it takes a second snapshot. */
function showCompare(): void {
  const title = document.getElementById("compare-title");
  title?.scrollIntoView?.({ block: "start" });
  title?.focus();
}

export const CELL_WORD: Record<CellState, string> = {
  seen: "seen",
  partial: "seen in part",
  denied: "refused by AWS",
  failed: "not answered",
  "not tried": "not in the data",
  unsupported: "not in data of this kind",
  none: "not asked about",
};

const PATH: Record<CellState, string> = {
  seen: "M2 6.5 4.8 9.3 10 3",
  partial: "M1 7.2C2.4 3.4 4.4 3.6 6 6S9.6 8.6 11 4.8M6 10.6H6.1",
  denied: "M2.5 2.5 9.5 9.5M9.5 2.5 2.5 9.5",
  failed: "M6 1.8V7M6 10H6.1",
  "not tried": "M1 7.2C2.4 3.4 4.4 3.6 6 6S9.6 8.6 11 4.8",
  unsupported: "M1.5 6H4M5 6H7M8 6H10.5",
  none: "M4.5 6H7.5",
};

/** The state of one cell as a mark; its word stands beside it or in the key. */
export function Cell({ state }: { state: CellState }) {
  return (
    <svg class={`cell cell-${state.replace(" ", "-")}`} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">
      <path d={PATH[state]} />
    </svg>
  );
}

/** One call can be missing for several reasons, so its name alone is no key. */
export function gapKey(gap: Gap): string {
  return `${gap.call} ${gap.state} ${gap.why}`;
}

function GapRow({ gap, open, onOpen }: { gap: Gap; open: boolean; onOpen: () => void }) {
  return (
    <li>
      <button type="button" class="row row-policy" data-pick={gapKey(gap)} aria-pressed={open} onClick={onOpen}>
        <Cell state={gap.state} />
        <span class="row-main">
          <span class="row-sentence"><span class="mono">{visible(gap.call)}</span> <span class="quiet">{CELL_WORD[gap.state]} in <Sentence text={placesOf(gap)} /></span></span>
          <span class="row-facts">
            <span><Sentence text={gap.why} /></span>
            {gap.things > 0 && <span>about {counted(gap.things, "thing")}</span>}
            {gap.unseen_count > 0 && <span class="crown">answers about {counted(gap.unseen_count, "thing")} may be “unknown”</span>}
          </span>
        </span>
      </button>
    </li>
  );
}

export function placesOf(gap: Gap): string {
  const first = gap.places.slice(0, 4).join(", ");
  return gap.place_count > 4 ? `${first} and ${number(gap.place_count - 4)} more` : first;
}
