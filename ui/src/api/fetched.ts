import { useLayoutEffect, useState } from "preact/hooks";
import { call, CallError, type Working } from "./call";

/** What is known of one call: nothing yet, its value, or why there is none. `stale` is the value shown before. */
export type Fetched<T> =
  | { state: "idle" }
  | { state: "loading"; stale: T | null; working?: Working }
  | { state: "ready"; value: T }
  | { state: "failed"; error: CallError };

/** Answers are kept for the life of the page: one snapshot is open, so equal calls have equal answers. */
const kept = new Map<string, unknown>();
const MOST_KEPT = 60;

/** Fetches `path` (nothing when null) and stays with the newest request only. */
export function useFetched<T>(path: string | null, schema: string | null): Fetched<T> {
  const [result, setResult] = useState<{ path: string | null; fetched: Fetched<T> }>({ path: null, fetched: { state: "idle" } });
  // At once, and not after the next picture of the page: what is asked for is all that the page waits for.
  useLayoutEffect(() => {
    if (path === null) {
      setResult({ path, fetched: { state: "idle" } });
      return;
    }
    if (kept.has(path)) {
      setResult({ path, fetched: { state: "ready", value: kept.get(path) as T } });
      return;
    }
    const abort = new AbortController();
    setResult((before) => ({ path, fetched: { state: "loading", stale: shown(before.fetched) } }));
    const onWorking = (working: Working) => {
      if (!abort.signal.aborted) setResult((before) => ({ path, fetched: { state: "loading", stale: shown(before.fetched), working } }));
    };
    call<T>(path, schema, abort.signal, onWorking).then(
      (value) => {
        keep(path, value);
        setResult({ path, fetched: { state: "ready", value } });
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        setResult({ path, fetched: { state: "failed", error: asCallError(path, error) } });
      },
    );
    return () => abort.abort();
  }, [path, schema]);

  // Between a changed path and the effect above, the old value must not pass for the new one.
  if (result.path === path) return result.fetched;
  if (path === null) return { state: "idle" };
  if (kept.has(path)) return { state: "ready", value: kept.get(path) as T };
  return { state: "loading", stale: shown(result.fetched) };
}

/** The value to show now: the newest, or the one before while the newest is on its way. */
export function shown<T>(fetched: Fetched<T>): T | null {
  if (fetched.state === "ready") return fetched.value;
  return fetched.state === "loading" ? fetched.stale : null;
}

/** Forgets everything, for when another snapshot is open. */
export function forgetAnswers(): void {
  kept.clear();
}

function keep(path: string, value: unknown): void {
  if (kept.size >= MOST_KEPT) {
    const oldest = kept.keys().next();
    if (!oldest.done) kept.delete(oldest.value);
  }
  kept.set(path, value);
}

function asCallError(path: string, error: unknown): CallError {
  if (error instanceof CallError) return error;
  return new CallError(path, 0, error instanceof Error ? error.message : String(error), null, []);
}
