import type { Seen, Status } from "../api/summary";
import { useEscape } from "./useEscape";
import { bytes } from "../text/bytes";
import { counted, number } from "../text/count";
import { Name } from "../text/Name";
import { visible } from "../text/visible";

interface Props {
  status: Pick<Status, "step" | "done" | "total" | "seen"> | null;
  /** The account whose map is opened as soon as it can be. */
  wanted?: string | null;
  onAccount?: (id: string) => void;
  /** Where it can be stopped. */
  onStop?: () => void;
}

/** How far reading the snapshot, or an answer that takes its time, has come, in counts; and what was read already. */
export function Loading({ status, wanted = null, onAccount = () => undefined, onStop }: Props) {
  useEscape(onStop !== undefined, () => onStop?.());
  const total = status?.total ?? 0;
  const done = Math.min(status?.done ?? 0, total);
  // Files are counted in bytes, everything else one by one.
  const told = status?.step === "reading files" ? bytes : number;
  return (
    <div class="loading">
      <section role="status" aria-live="polite">
        <h1 class="loading-title">{status?.step === null || status === null ? "Starting" : visible(status.step)}</h1>
        {total > 0 && (
          <>
            <progress value={done} max={total} aria-label="read so far">{`${done} of ${total}`}</progress>
            <p class="quiet">{told(done)} of {told(total)}</p>
          </>
        )}
        {onStop !== undefined && <button type="button" class="button small" onClick={onStop}>stop <kbd aria-hidden="true">Esc</kbd></button>}
      </section>
      {status?.seen !== undefined && <SeenSoFar seen={status.seen} wanted={wanted} onAccount={onAccount} />}
    </div>
  );
}

/** Reading was stopped before there was anything to ask. */
export function ReadingStopped({ onGoOn }: { onGoOn: () => void }) {
  return (
    <section class="loading" role="status">
      <h1 class="loading-title">Stopped reading the snapshot</h1>
      <p class="quiet">Nothing of it can be asked yet.</p>
      <button type="button" class="button small" onClick={onGoOn}>read it</button>
    </section>
  );
}

/** A row for each account that was read: the one that is chosen is opened once it can be asked about. */
function SeenSoFar({ seen, wanted, onAccount }: { seen: Seen; wanted: string | null; onAccount: (id: string) => void }) {
  return (
    <section aria-label="read so far">
      <p class="quiet">
        {counted(seen.identities, "identity", "identities")} and {counted(seen.things, "thing")}
        {seen.accounts > 0 ? ` in ${counted(seen.accounts, "account")}. What you choose or ask opens as soon as it can be answered.` : " so far"}
      </p>
      <ul class="account-list">
        {seen.rows.map((row) => (
          <li key={row.id}>
            <button type="button" class="account" aria-pressed={row.id === wanted} onClick={() => onAccount(row.id)}>
              <span class="account-name"><Name text={row.name} most={32} /></span>
              <span class="account-id mono">{row.id}</span>
              <span class="account-facts">{counted(row.identities, "identity", "identities")} · {counted(row.things, "thing")}{row.id === wanted && " · opens when it can be"}</span>
            </button>
          </li>
        ))}
      </ul>
      {seen.accounts > seen.rows.length && seen.rows.length > 0 && <p class="quiet">and {number(seen.accounts - seen.rows.length)} smaller accounts</p>}
    </section>
  );
}
