import { useLayoutEffect, useState } from "preact/hooks";
import { address, call, CallError } from "../api/call";
import type { Status } from "../api/summary";

const POLL_MS = 250;

/** Asks how far reading has come until it is done, stopped, failed, or the program does not answer; `want` stops it or goes on. */
export function useStatus(): { status: Status | null; error: CallError | null; again: () => void; want: (wanted: boolean) => void } {
  const [status, setStatus] = useState<Status | null>(null);
  const [error, setError] = useState<CallError | null>(null);
  const [round, setRound] = useState(0);
  // At once, and not after the next picture of the page, which waits for it.
  useLayoutEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const poll = async () => {
      try {
        const next = await call<Status>(address("status"), null, abort.signal);
        setStatus(next);
        setError(next.state === "failed" ? new CallError("/api/status", 200, next.error ?? "the snapshot could not be read", null, []) : null);
        if (next.state === "loading") timer = setTimeout(() => void poll(), POLL_MS);
      } catch (cause) {
        if (!abort.signal.aborted && cause instanceof CallError) setError(cause);
      }
    };
    void poll();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [round]);
  const again = () => setRound((before) => before + 1);
  const want = (wanted: boolean) => {
    // Whether that went well, the next look at the status tells.
    call<unknown>(address("load"), null, new AbortController().signal, undefined, JSON.stringify({ wanted })).then(again, again);
  };
  return { status, error, again, want };
}
