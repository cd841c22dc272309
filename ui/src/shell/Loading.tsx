import type { Status } from "../api/summary";
import { bytes } from "../text/bytes";
import { number } from "../text/count";
import { visible } from "../text/visible";

/** How far reading the snapshot, or an answer that takes its time, has come, in counts. */
export function Loading({ status }: { status: Pick<Status, "step" | "done" | "total"> | null }) {
  const total = status?.total ?? 0;
  const done = Math.min(status?.done ?? 0, total);
  // Files are counted in bytes, everything else one by one.
  const told = status?.step === "reading files" ? bytes : number;
  return (
    <section class="loading" role="status" aria-live="polite">
      <h1 class="loading-title">{status?.step === null || status === null ? "Starting" : visible(status.step)}</h1>
      {total > 0 && (
        <>
          <progress value={done} max={total} aria-label="read so far">{`${done} of ${total}`}</progress>
          <p class="quiet">{told(done)} of {told(total)}</p>
        </>
      )}
    </section>
  );
}
