import { useContext } from "preact/hooks";
import type { Citation } from "../api/answer";
import { address } from "../api/call";
import { shown, useFetched } from "../api/fetched";
import type { StoredDocument } from "../api/summary";
import { Diff } from "../changes/Diff";
import { lineDiff } from "../changes/lineDiff";
import { Sentence } from "../text/Name";
import { visible } from "../text/visible";
import { ActsContext } from "./acts";
import { closingDraft, editableName } from "./draft";

/** The changed statement, to be tried at once. */
export function TryFix({ citation, action, fromOutside }: { citation: Citation; action: string | null; fromOutside: boolean }) {
  const { onTry } = useContext(ActsContext);
  const stored = useFetched<StoredDocument>(address("document", { id: citation.document_id ?? 0 }), null);
  const document = shown(stored);
  if (document === null) return null;
  const name = editableName(document.editable, citation);
  if (name === null) return <p class="step-words quiet">This text is AWS's own, and nobody else can change it: attach a narrower one in its place.</p>;
  const draft = closingDraft(document.text, citation, action, fromOutside);
  if (draft === null) return <p><button type="button" class="button small" onClick={() => onTry(name, null)}>change it in Changes</button></p>;
  return (
    <>
      <p class="step-words">For instance, as a draft in which the statement {visible(draft.says)}:</p>
      <Diff lines={lineDiff(document.text, draft.text)} />
      <p class="panel-actions">
        <button type="button" class="button small" onClick={() => onTry(name, draft.text)}>try this in Changes</button>
      </p>
      <p class="step-words quiet"><Sentence text={`Nothing is changed in AWS: Changes shows who else would lose what by ${name}.`} /></p>
    </>
  );
}
