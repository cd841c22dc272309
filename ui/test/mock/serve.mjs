// @ts-check
/** Serves the built app and the made-up organization, under the same rules as the program: loopback, token, cookie, strict policy. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { ANSWERS, DOCUMENTS, ORGANIZATION, plainMap, STAGING_MAP, SUMMARY, why } from "./paperboat.mjs";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TYPES = /** @type {Record<string, string>} */ ({ ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml" });
const LOADING_MS = Number(process.env["MOCK_LOADING_MS"] ?? 600);

const token = randomBytes(16).toString("hex");
const cookie = randomBytes(16).toString("hex");
const open = process.argv.includes("--no-token");
let started = Date.now();
let used = false;

const server = createServer((request, response) => {
  handle(request, response).catch(() => answer(response, 500, { error: "the mock failed", hint: null, candidates: [] }));
});
server.listen(Number(process.env["PORT"] ?? 4180), "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  process.stdout.write(`http://127.0.0.1:${port}/?token=${token}\n`);
});

/** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
async function handle(request, response) {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  if (url.searchParams.has("token")) {
    if (used || url.searchParams.get("token") !== token) return answer(response, 403, { error: "this address was used already", hint: null, candidates: [] });
    used = true;
    started = Date.now();
    response.writeHead(303, { location: "/", "set-cookie": `clavicle=${cookie}; HttpOnly; SameSite=Strict; Path=/` }).end();
    return;
  }
  if (!url.pathname.startsWith("/api/")) return file(url.pathname, response);
  if (!open && !(request.headers.cookie ?? "").includes(`clavicle=${cookie}`)) return answer(response, 403, { error: "no access", hint: "open the address the program printed", candidates: [] });
  const [status, body] = api(url);
  return answer(response, status, body);
}

/** @param {URL} url @returns {[number, unknown]} */
function api(url) {
  const get = (/** @type {string} */ name) => url.searchParams.get(name);
  const account = get("account");
  const map = account === null ? ORGANIZATION : account === "444455556666" ? STAGING_MAP : SUMMARY.accounts.filter((each) => each.id === account).map(plainMap)[0];
  switch (url.pathname) {
    case "/api/status": {
      const done = Math.min(10, Math.floor(((Date.now() - started) / Math.max(1, LOADING_MS)) * 10));
      return [200, { state: done >= 10 ? "ready" : "loading", step: "reading principals", done, total: 10, error: null }];
    }
    case "/api/summary":
      return [200, SUMMARY];
    case "/api/complete":
      return [200, { items: complete(get("slot") ?? "ask", get("text") ?? "") }];
    case "/api/ask":
      return ask(url.searchParams);
    case "/api/cells":
      return [200, { schema: "clavicle.cells/1", by_others: [], denied: [], notes: [] }];
    case "/api/marks":
      return [200, { schema: "clavicle.marks/1", marks: [], notes: [] }];
    case "/api/map": {
      if (map === undefined) return [404, { error: `no account \`${account}\``, hint: null, candidates: [] }];
      const focus = get("focus");
      if (focus === null) return [200, map];
      const ribbons = map.ribbons.filter((each) => each.from === focus || each.to === focus);
      return [200, { ...map, ribbons, rows: map.rows.filter((row) => ribbons.some((each) => each.id === row.ribbon)) }];
    }
    case "/api/why": {
      const page = map === undefined ? null : why(map, get("ribbon") ?? "", get("pair") === null ? null : Number(get("pair")));
      return page === null ? [404, { error: "no such line on this map", hint: "the snapshot may have changed: go back to the map", candidates: [] }] : [200, page];
    }
    case "/api/document": {
      const document = DOCUMENTS[Number(get("id"))];
      return document === undefined ? [404, { error: `no document ${get("id")}`, hint: null, candidates: [] }] : [200, document];
    }
    default:
      return [404, { error: "no such call", hint: null, candidates: [] }];
  }
}

/** @param {URLSearchParams} asked @returns {[number, unknown]} */
function ask(asked) {
  const [verb, by, action, on] = ["verb", "by", "do", "on"].map((name) => asked.get(name));
  const found = ANSWERS.find(({ question }) =>
    asked.has("text") ? question.text === asked.get("text")?.trim() : question.verb === verb && (on === null || question.on === on) && (by === null || question.by === by) && (action === null || question.do === action));
  if (found !== undefined) return [200, found];
  const text = asked.get("text") ?? `${verb} ${by ?? ""} ${action ?? ""} ${on ?? ""}`;
  return [400, { error: `cannot read \`${text}\` as a question`, hint: "a question looks like `who can read s3://…`", candidates: ANSWERS.slice(0, 3).map((each) => each.question.text) }];
}

/** @param {string} slot @param {string} text */
function complete(slot, text) {
  const things = [
    ["s3://paperboat-invoices", "bucket in prod", "s3:bucket"], ["s3://paperboat-customers", "bucket in prod", "s3:bucket"], ["s3://paperboat-covers", "bucket in prod", "s3:bucket"],
    ["s3://paperboat-logs", "bucket in staging", "s3:bucket"], ["staging:secret/db-password", "secret in staging", "secretsmanager:secret"],
  ];
  const people = [["staging:role/deployer", "role in staging", "role"], ["staging:lambda/nightly-report", "function in staging", "lambda:function"], ["prod:user/dana", "user in prod", "user"], ["anyone", "leave open", "everyone"]];
  const actions = ["list", "read", "write", "delete", "run", "control", "become", "s3:GetObject", "s3:PutObject"].map((each) => [each, "", "action"]);
  const questions = ANSWERS.map((each) => [each.question.text, "question", "question"]);
  const pool = slot === "by" ? people : slot === "do" ? actions : slot === "on" ? things : [...questions, ...things, ...people];
  const word = (slot === "ask" ? (/\S*$/.exec(text)?.[0] ?? "") : text).toLowerCase();
  return pool.filter(([value]) => value?.toLowerCase().includes(word) || value?.startsWith(text)).slice(0, 12).map(([value, hint, kind]) => ({ value, label: value, hint: hint || null, kind }));
}

/** @param {string} path @param {import("node:http").ServerResponse} response */
async function file(path, response) {
  const name = path === "/" ? "index.html" : normalize(path).replace(/^[/\\.]+/, "");
  try {
    const bytes = await readFile(join(DIST, name));
    response.writeHead(200, { "content-type": TYPES[extname(name)] ?? "application/octet-stream", "content-security-policy": POLICY, "x-content-type-options": "nosniff", "cache-control": "no-store" }).end(bytes);
  } catch {
    response.writeHead(404, { "content-type": "text/plain" }).end("not found");
  }
}

/** @param {import("node:http").ServerResponse} response @param {number} status @param {unknown} body */
function answer(response, status, body) {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" }).end(JSON.stringify(body));
}
