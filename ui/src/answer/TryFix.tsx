import { useContext } from "preact/hooks";
import type { Citation } from "../api/answer";
import { shown, useFetched } from "../api/fetched";
import type { StoredDocument } from "../api/summary";
import { Diff } from "../changes/Diff";
import { lineDiff } from "../changes/lineDiff";
import { Sentence } from "../text/Name";
import { visible } from "../text/visible";
import { ActsContext } from "./acts";
import { citedAddress, closingDraft, editableName } from "./draft";

/** The changed statement, to be tried at once. */
export function TryFix({ citation, action, fromOutside }: { citation: Citation; action: string | null; fromOutside: boolean }) {
  const { onTry } = useContext(ActsContext);
  const stored = useFetched<StoredDocument>(citedAddress(citation), null);
  const document = shown(stored);
  if (document === null) return null;
  const name = editableName(document.editable, citation);
  if (name === null && document.aws_own && citation.layer === "trust") return <p class="step-words quiet">AWS keeps this trust policy itself, and nobody else can change it.</p>;
  if (name === null && document.aws_own) return <p class="step-words quiet">This text is AWS's own, and nobody else can change it: attach a narrower one in its place.</p>;
  if (name === null) return <p class="step-words quiet">Which of the policies of this text is meant could not be told: look for it in Policies.</p>;
  const draft = closingDraft(document.text, citation, action, fromOutside);
  if (draft === null) return <p><button type="button" class="button small" onClick={() => onTry(name, null)}>change it in Changes</button></p>;
  return (
    <>
      <p class="step-words">For instance, as a draft in which the statement {visible(draft.says)}:</p>
      <Diff lines={lineDiff(document.text, draft.text)} />
      <p class="panel-actions">
        <button type="button" class="button small" onClick={() => onTry(name, draft.text)}>try this in Changes</button>
      </p>
      <p class="step-words quiet"><Sentence text={`Nothing is changed in AWS: Changes shows what ${name} would no longer give, and to whom.`} /></p>
    </>
  );
}
