import type { ComponentChildren } from "preact";
import type { Fetched } from "../api/fetched";
import { shown } from "../api/fetched";
import type { ListHead } from "../api/lists";
import type { Place } from "../place/place";
import { type Go, leave } from "../place/usePlace";
import { ErrorBox } from "../shell/ErrorBox";
import { Loading } from "../shell/Loading";
import { NotSeenStrip } from "../shell/NotSeenStrip";
import { Sentence } from "../text/Name";
import { visible } from "../text/visible";
import { Copy } from "../shell/Copy";
import { Pager } from "./Pager";
import { walkRows } from "./walkRows";

interface Props<P extends ListHead> {
  name: string;
  fetched: Fetched<P>;
  place: Place;
  go: Go;
  /** What one choice of a list changes. */
  choices: (page: P) => ComponentChildren;
  /** What stands above the rows. */
  before?: (page: P) => ComponentChildren;
  rows: (page: P) => ComponentChildren;
  empty: string;
  /** The same on the command line. */
  command: string;
}

/** A view that is a list: its answer in a sentence, by what to narrow it, a screenful of rows. */
export function ListView<P extends ListHead>({ name, fetched, place, go, choices, before, rows, empty, command }: Props<P>) {
  const page = shown(fetched);
  if (fetched.state === "failed") return <div class="list"><ErrorBox error={fetched.error} /></div>;
  if (page === null) return <Loading status={(fetched.state === "loading" ? fetched.working : null) ?? { step: "looking", done: 0, total: 0 }} onStop={() => leave(go)} />;
  // Where some are alike, there are fewer rows than things that the choices leave.
  const lines = page.lines ?? page.total;
  const count = lines - page.from;
  return (
    <article class="list" aria-labelledby="list-title" aria-busy={fetched.state === "loading"}>
      <header class="list-head">
        <p class="list-name">{name}</p>
        <h1 class="list-sentence" id="list-title"><Sentence text={page.sentence} /></h1>
      </header>
      <div class="list-choices" role="group" aria-label="show">{choices(page)}</div>
      {before?.(page)}
      {count <= 0 ? (
        <p class="empty quiet">{empty}</p>
      ) : (
        <ul class="rows" onKeyDown={walkRows}>{rows(page)}</ul>
      )}
      <Pager total={lines} from={page.from} shown={countRows(page)} onFrom={(from) => go({ choices: { ...place.choices, from: from === 0 ? "" : String(from) }, pick: null })} />
      {page.notes.map((note, index) => <p class="answer-note" key={index}><Sentence text={note} /></p>)}
      <NotSeenStrip notSeen={page.not_seen} snapshot={page.snapshot} />
      <p class="next">
        <span class="quiet">on the command line</span>
        <code class="mono next-command">{visible(command)}</code>
        <Copy text={command} label="copy the command" />
      </p>
    </article>
  );
}

function countRows(page: ListHead): number {
  const rows = Object.entries(page).find(([key, value]) => ROWS.has(key) && Array.isArray(value))?.[1] as unknown[] | undefined;
  return rows?.length ?? 0;
}

const ROWS = new Set(["findings", "ways", "policies", "identities"]);
