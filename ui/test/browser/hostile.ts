import { cpSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What is called otherwise: names that act in a browser, a spreadsheet or a terminal, that reorder what is around them, or that do not end. */
export const HOSTILE: Record<string, string> = {
  LogShipper: "Log<img src=x onerror=alert(1)>Shipper",
  "nightly-exec": "nightly-\u202eexec\u202c",
  "shared-ops": '"><svg onload=alert(2)>shared-ops',
  "paperboat-invoices": "paperboat-invoices-\u0000\u001b[31m\u0007",
  deployer: `deployer-${"W".repeat(1500)}`,
  "nightly-report": "=HYPERLINK(1)nightly-report\u2066",
  "break-glass": "'-alert(3)-'\u200b",
  LambdaDeploy: "Lambda</pre><iframe srcdoc='<script>alert(5)</script>'>",
};

/** The name as it is in the hostile organization. */
export function hostile(text: string): string {
  return renamed(text, HOSTILE);
}

function renamed(text: string, names: Record<string, string>): string {
  let out = text;
  for (const [name, other] of Object.entries(names)) out = out.replaceAll(name, other);
  return out;
}

/** The same through a text of JSON, in which texts of JSON may lie. */
function within(value: unknown, names: Record<string, string>, tag: (value: string) => string): unknown {
  if (typeof value === "string") {
    if (/^\s*\{/.test(value)) {
      try {
        return JSON.stringify(within(JSON.parse(value), names, tag));
      } catch {
        return renamed(value, names);
      }
    }
    return renamed(value, names);
  }
  if (Array.isArray(value)) return value.map((each) => within(each, names, tag));
  if (typeof value !== "object" || value === null) return value;
  const pairs = Object.entries(value).map(([key, inner]) => [key, key === "Value" && typeof inner === "string" ? tag(inner) : within(inner, names, tag)] as const);
  return Object.fromEntries(pairs);
}

/** A tag as hostile as the names. */
export const HOSTILE_TAG = (value: string): string => `<b onmouseover=alert(4)>${value}\u202e`;

/** The demo organization with hostile names and tags, as files of AWS's tools in a folder of its own. */
export function hostileFolder(): string {
  return folderOf(HOSTILE, HOSTILE_TAG);
}

/** The same with other names in place of some, and other values of tags. */
export function folderOf(names: Record<string, string>, tag: (value: string) => string): string {
  const folder = mkdtempSync(join(tmpdir(), "clavicle-names-"));
  const from = fileURLToPath(new URL("../../../examples/paperboat", import.meta.url));
  for (const part of ["accounts", "organization.json", "clavicle.toml"]) cpSync(join(from, part), join(folder, part), { recursive: true });
  const walk = (path: string): void => {
    if (statSync(path).isDirectory()) return readdirSync(path).forEach((name) => walk(join(path, name)));
    const text = readFileSync(path, "utf8");
    if (path.endsWith(".json")) writeFileSync(path, JSON.stringify(within(JSON.parse(text), names, tag), null, 1));
    // Texts in TOML are escaped as in JSON.
    else if (path.endsWith(".toml")) writeFileSync(path, text.replace(/"([^"\n]*)"/g, (_, inner: string) => JSON.stringify(renamed(inner, names))));
    else writeFileSync(path, renamed(text, names));
  };
  walk(folder);
  return folder;
}
