import { useEffect, useState } from "preact/hooks";
import { call, CallError, type Working } from "../api/call";

export type Posted<T> =
  | { state: "idle" }
  | { state: "loading"; stale: T | null; working: Working | null }
  | { state: "ready"; value: T; took: number }
  | { state: "failed"; error: CallError };

/** Sends `body` (nothing when null) once it has not changed for `after` milliseconds, and stays with the newest. */
export function usePosted<T>(path: string, schema: string, body: string | null, after: number): Posted<T> {
  const [posted, setPosted] = useState<{ body: string | null; posted: Posted<T> }>({ body: null, posted: { state: "idle" } });
  useEffect(() => {
    if (body === null) {
      setPosted({ body, posted: { state: "idle" } });
      return;
    }
    const abort = new AbortController();
    const loading = (working: Working | null) => {
      if (!abort.signal.aborted) setPosted((before) => ({ body, posted: { state: "loading", stale: valueOf(before.posted), working } }));
    };
    loading(null);
    const timer = setTimeout(() => {
      const start = performance.now();
      call<T>(path, schema, abort.signal, loading, body).then(
        (value) => setPosted({ body, posted: { state: "ready", value, took: performance.now() - start } }),
        (error: unknown) => {
          if (!abort.signal.aborted) setPosted({ body, posted: { state: "failed", error: error instanceof CallError ? error : new CallError(path, 0, String(error), null, []) } });
        },
      );
    }, after);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [path, schema, body]);
  return posted.body === body ? posted.posted : body === null ? { state: "idle" } : { state: "loading", stale: valueOf(posted.posted), working: null };
}

/** The newest value that is known, perhaps of an older text. */
export function valueOf<T>(posted: Posted<T>): T | null {
  if (posted.state === "ready") return posted.value;
  return posted.state === "loading" ? posted.stale : null;
}
