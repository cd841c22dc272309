import { useRef, useState } from "preact/hooks";
import { address, call, CallError, sendFile } from "../api/call";
import { shown, useFetched } from "../api/fetched";
import type { BeginPage, Status } from "../api/summary";
import { counted } from "../text/count";
import { visible } from "../text/visible";
import { Copy } from "./Copy";
import { ErrorBox } from "./ErrorBox";

const COLLECT = "clavicle collect";
const POLICY = "clavicle collect --print-policy";
const DETAILS = "aws iam get-account-authorization-details > details.json";

/** Nothing is there to look at yet: the demo, an account of one's own, or files. `onBegun`: something is being read. */
export function Begin({ onBegun }: { onBegun: () => void }) {
  const offer = shown(useFetched<BeginPage>(address("begin"), "clavicle.begin/1"));
  const [error, setError] = useState<CallError | null>(null);
  const [doing, setDoing] = useState<string | null>(null);
  const work = async (words: string, act: () => Promise<unknown>) => {
    setError(null);
    setDoing(words);
    try {
      await act();
      onBegun();
    } catch (cause) {
      setError(cause instanceof CallError ? cause : new CallError("/api/begin", 0, String(cause), null, []));
    }
    setDoing(null);
  };
  const begin = (show: "demo" | "saved" | "files") => call<Status>(address("begin"), null, new AbortController().signal, undefined, JSON.stringify({ show }));
  const take = (files: File[]) => {
    if (files.length === 0) return;
    void work(`handing over ${counted(files.length, "file")}`, async () => {
      for (const [index, file] of files.entries()) await sendFile(address("file", { name: file.name, more: index === 0 ? null : "true" }), file);
      await begin("files");
    });
  };
  return (
    <article class="home begin" aria-labelledby="begin-title">
      <h1 class="home-sentence" id="begin-title">There is no snapshot yet.</h1>
      <p class="home-facts">A snapshot is what clavicle knows of your accounts: one file on this computer, which only you can read.</p>
      {doing !== null && <p class="begin-said" role="status">{doing}</p>}
      {error !== null && <ErrorBox error={error} />}
      <div class="begin-ways">
        <section class="begin-way" aria-labelledby="begin-demo">
          <h2 class="begin-way-title" id="begin-demo">Try the demo</h2>
          <p>Paperboat Books: four made-up accounts in which an outsider reaches the invoices in five steps. A tour of five stops shows how, and what to do.</p>
          <p><button type="button" class="button strong" onClick={() => void work("opening the demo", () => begin("demo"))}>try the demo</button></p>
        </section>
        <section class="begin-way" aria-labelledby="begin-collect">
          <h2 class="begin-way-title" id="begin-collect">Collect your account</h2>
          <p>In a terminal, with the credentials of the AWS CLI. It only reads; what it may not read is “not seen”.</p>
          <p class="begin-command"><code class="mono">{COLLECT}</code> <Copy text={COLLECT} label="copy the command" /></p>
          <p>The policy that allows what it asks, and nothing else:</p>
          <p class="begin-command"><code class="mono">{POLICY}</code> <Copy text={POLICY} label="copy the command for the policy" /></p>
          {offer !== null && offer.calls.length > 0 && (
            <details class="members">
              <summary>the {counted(offer.calls.length, "call")} that it makes</summary>
              <ul class="begin-calls mono" tabIndex={0} aria-label="calls that it makes">{offer.calls.map((each) => <li key={each}>{visible(each)}</li>)}</ul>
            </details>
          )}
          <p><button type="button" class="button" onClick={() => void work("looking for a snapshot", () => begin("saved"))}>open what was collected</button></p>
        </section>
        <FilesWay onFiles={take} />
      </div>
    </article>
  );
}

/** Files that are there already: dropped, or chosen. */
function FilesWay({ onFiles }: { onFiles: (files: File[]) => void }) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  return (
    <section
      class={over ? "begin-way begin-drop over" : "begin-way begin-drop"}
      aria-labelledby="begin-files"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onFiles([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <h2 class="begin-way-title" id="begin-files">Drop files here</h2>
      <p>Answers of the AWS CLI, a snapshot of AWS Config, a Terraform plan, a template, or a snapshot of clavicle. They stay on this computer, and are gone when the program ends.</p>
      <p class="begin-command"><code class="mono">{DETAILS}</code> <Copy text={DETAILS} label="copy the command for the details" /></p>
      <p>
        <button type="button" class="button" onClick={() => input.current?.click()}>choose files…</button>
        <input ref={input} type="file" multiple hidden aria-label="files" onChange={(event) => onFiles([...(event.currentTarget.files ?? [])])} />
      </p>
    </section>
  );
}
