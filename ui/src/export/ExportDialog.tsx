import { useEffect, useRef, useState } from "preact/hooks";
import type { Place } from "../place/place";
import { visible } from "../text/visible";
import { exportAddress, type Form, FORMS } from "./exported";
import { asPng, fetchFile, save } from "./fetchFile";

interface Props {
  place: Place;
  onClose: () => void;
}

/** What is shown, as a file. */
export function ExportDialog({ place, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [redact, setRedact] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  const work = useRef<AbortController | null>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element !== null && !element.open) element.showModal();
    return () => work.current?.abort();
  }, []);
  const take = async (form: Form) => {
    const address = exportAddress(place, form, redact);
    if (address === null) return;
    work.current?.abort();
    const controller = new AbortController();
    work.current = controller;
    setSaid("working it out");
    try {
      const file = await fetchFile(address, controller.signal);
      save(form === "png" ? await asPng(address, file.name) : file);
      setSaid(`saved as ${form === "png" ? file.name.replace(/\.svg$/, ".png") : file.name}`);
    } catch (error) {
      if (!controller.signal.aborted) setSaid(error instanceof Error ? error.message : "it could not be saved");
    }
  };
  const forms = FORMS.filter(({ form }) => exportAddress(place, form, redact) !== null);
  return (
    <dialog
      ref={dialog}
      class="help export"
      aria-labelledby="export-title"
      onClose={onClose}
      onKeyDown={(event) => event.stopPropagation()}
      onClick={(event) => {
        if (event.target === event.currentTarget) event.currentTarget.close();
      }}
    >
      <div class="help-inside">
        <header class="document-head">
          <h2 class="document-title" id="export-title">Export what is shown</h2>
          <button type="button" class="button" onClick={() => dialog.current?.close()}>Close</button>
        </header>
        <ul class="export-forms">
          {forms.map(({ form, label, note }) => (
            <li key={form}>
              <button type="button" class="export-form" data-form={form} onClick={() => void take(form)}>
                <span class="export-label">{label}</span> <span class="quiet">{note}</span>
              </button>
            </li>
          ))}
        </ul>
        <label class="check">
          <input type="checkbox" checked={redact} onChange={(event) => setRedact(event.currentTarget.checked)} />
          without names: pseudonyms in place of names, account numbers and ARNs
        </label>
        <p class="export-said quiet" role="status">{said === null ? "" : visible(said)}</p>
      </div>
    </dialog>
  );
}

/** Is there anything to hand on? */
export function canExport(place: Place): boolean {
  return exportAddress(place, "html", false) !== null;
}
