import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface Served {
  url: string;
  /** The data folder of the program, which is nobody else's; empty for a server that runs already. */
  data: string;
  stop: () => void;
}

const WAIT_MS = 60_000;

/** What the program opens in place of the demo: a folder, or nothing at all. */
export interface What {
  folder?: string;
  nothing?: true;
}

/** A server to test: one that runs (`CLAVICLE_URL`), the program's own demo (`CLAVICLE_BIN`), or else the mock. */
export async function serve({ folder, nothing }: What = {}): Promise<Served> {
  const { CLAVICLE_URL: url, CLAVICLE_BIN: program } = process.env;
  if (folder === undefined && nothing === undefined && url !== undefined && url !== "") return { url, data: "", stop: () => undefined };
  const data = mkdtempSync(join(tmpdir(), "clavicle-browser-"));
  const child =
    program !== undefined && program !== ""
      ? spawn(program, nothing === true ? ["open", "--no-open"] : folder === undefined ? ["demo", "--no-open"] : ["open", "--no-open", "-s", folder], {
          stdio: ["ignore", "pipe", "inherit"],
          env: { ...process.env, CLAVICLE_DATA: data },
          cwd: folder,
        })
      : spawn(process.execPath, [fileURLToPath(new URL("../mock/serve.mjs", import.meta.url))], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, PORT: "0" } });
  const stop = () => {
    child.kill();
    rmSync(data, { recursive: true, force: true });
  };
  return { url: await printedAddress(child), data, stop };
}

function printedAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the server printed no address")), WAIT_MS);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code} before it printed an address`)));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      const found = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(line);
      if (found === null) return;
      clearTimeout(timer);
      resolve(found[0]);
    });
  });
}
