/** Why a call to the program on this computer gave no answer, in the words it used. */
export class CallError extends Error {
  readonly status: number;
  readonly hint: string | null;
  readonly candidates: string[];
  readonly path: string;
  /** The name in the question that the candidates may stand for; without it they are whole questions. */
  readonly unknown: string | null;

  constructor(path: string, status: number, message: string, hint: string | null, candidates: string[], unknown: string | null = null) {
    super(message);
    this.path = path;
    this.status = status;
    this.hint = hint;
    this.candidates = candidates;
    this.unknown = unknown;
  }
}

/** A path below `/api/` with its parameters; absent ones are left out, lists are repeated. */
export function address(call: string, parameters: Record<string, string | number | string[] | null> = {}): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) {
    if (value === null) continue;
    for (const each of Array.isArray(value) ? value : [String(value)]) query.append(key, each);
  }
  const text = query.toString();
  return text === "" ? `/api/${call}` : `/api/${call}?${text}`;
}

/** How far an answer that takes its time has come. */
export interface Working {
  step: string | null;
  done: number;
  total: number;
}

const ASK_AGAIN_MS = 300;
/** Says that the program was asked before: what somebody stopped meanwhile is not begun anew by a call that was on its way. */
const AGAIN = { "clavicle-again": "1" };

/**
 * Asks the program; `schema`, where the call has one, must be the one this app was built for. While the program says that
 * it is still working the answer out (202), `onWorking` hears how far it is and the question is put again. `sent`: JSON that
 * is too long for an address; nothing is changed by it.
 */
export async function call<T>(path: string, schema: string | null, signal: AbortSignal, onWorking?: (working: Working) => void, sent?: string): Promise<T> {
  let response: Response;
  let body: unknown;
  let again: boolean = false;
  for (;;) {
    try {
      const headers = { accept: "application/json", ...(again ? AGAIN : {}) };
      const how: RequestInit = sent === undefined ? { headers } : { method: "POST", headers: { ...headers, "content-type": "application/json" }, body: sent };
      response = await fetch(path, { ...how, signal, credentials: "same-origin" });
    } catch (cause) {
      if (signal.aborted) throw cause;
      throw new CallError(path, 0, "the program does not answer", "is it still running? start it again and open the address it prints", []);
    }
    body = await readJson(response);
    // Stopped elsewhere, or not kept so long: whoever still waits after a moment has it begun anew.
    const isGone: boolean = response.status === 409 && again;
    if (response.status !== 202 && !isGone) break;
    again = !isGone;
    if (again) onWorking?.(body as Working);
    await pause(ASK_AGAIN_MS, signal);
  }
  if (!response.ok) throw refused(path, response.status, body);
  if (body === null) throw new CallError(path, response.status, "the answer was cut off", "ask again", []);
  if (schema !== null && field(body, "schema") !== schema) {
    throw new CallError(path, response.status, `expected \`${schema}\` and got something else`, "the page and the program are of different versions: reload the page", []);
  }
  return body as T;
}

/** Hands over a file, as it is. */
export async function sendFile(path: string, file: Blob): Promise<void> {
  let response: Response;
  try {
    response = await fetch(path, { method: "POST", headers: { accept: "application/json", "content-type": "application/octet-stream" }, body: file, credentials: "same-origin" });
  } catch {
    throw new CallError(path, 0, "the file could not be handed over", "is the program still running, and the file still there? `clavicle open -s FILE` reads it from the command line", []);
  }
  if (!response.ok) throw refused(path, response.status, await readJson(response));
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return null;
  }
}

function refused(path: string, status: number, body: unknown): CallError {
  const said = field(body, "error");
  const hint = field(body, "hint");
  const candidates = field(body, "candidates");
  const unknown = field(body, "unknown");
  const message = typeof said === "string" ? said : `the program answered with status ${status}`;
  const fallback = status === 403 ? "open the address the program printed; its token works once" : null;
  return new CallError(
    path,
    status,
    message,
    typeof hint === "string" ? hint : fallback,
    Array.isArray(candidates) ? candidates.map(candidateText) : [],
    typeof unknown === "string" ? unknown : null,
  );
}

/** A candidate is a question or a name; either may come as plain text or with a label beside it. */
function candidateText(candidate: unknown): string {
  if (typeof candidate === "string") return candidate;
  const text = field(candidate, "text") ?? field(candidate, "value") ?? field(candidate, "name");
  return typeof text === "string" ? text : String(candidate);
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
