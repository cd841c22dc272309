import { useEffect, useRef, useState } from "preact/hooks";
import type { Place } from "../place/place";
import { Dialog } from "../shell/Dialog";
import { visible } from "../text/visible";
import { exportCall, type Form, FORMS } from "./exported";
import { asPng, fetchFile, save } from "./fetchFile";

interface Props {
  place: Place;
  onClose: () => void;
}

/** What is shown, as a file. */
export function ExportDialog({ place, onClose }: Props) {
  const [redact, setRedact] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  const work = useRef<AbortController | null>(null);
  useEffect(() => () => work.current?.abort(), []);
  const take = async (form: Form) => {
    const call = exportCall(place, form, redact);
    if (call === null) return;
    work.current?.abort();
    const controller = new AbortController();
    work.current = controller;
    setSaid("working it out");
    try {
      const file = await fetchFile(call.address, controller.signal, call.body);
      const made = form === "png" ? await asPng(file) : file;
      save(made);
      setSaid(`saved as ${made.name}`);
    } catch (error) {
      if (!controller.signal.aborted) setSaid(error instanceof Error ? error.message : "it could not be saved");
    }
  };
  const forms = FORMS.filter(({ form }) => exportCall(place, form, redact) !== null);
  return (
    <Dialog name="export" title="Export what is shown" onClose={onClose}>
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
    </Dialog>
  );
}

/** Is there anything to hand on? */
export function canExport(place: Place): boolean {
  return exportCall(place, "html", false) !== null;
}
