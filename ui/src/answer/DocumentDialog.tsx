import { useEffect, useRef } from "preact/hooks";
import { address } from "../api/call";
import { useFetched } from "../api/fetched";
import type { StoredDocument } from "../api/summary";
import { Copy } from "../shell/Copy";
import { Dialog } from "../shell/Dialog";
import { ErrorBox } from "../shell/ErrorBox";
import { number } from "../text/count";
import { Name } from "../text/Name";
import { visible } from "../text/visible";
import { Lines } from "./Statement";
import { statementLines } from "./statementLines";

interface Props {
  id: number;
  lines: [number, number] | null;
  onClose: () => void;
}

/** A whole policy document over the page, scrolled to the cited lines. */
export function DocumentDialog({ id, lines, onClose }: Props) {
  const shown = useRef<HTMLDivElement>(null);
  const fetched = useFetched<StoredDocument>(address("document", { id }), null);
  useEffect(() => {
    if (fetched.state !== "ready" || lines === null) return;
    shown.current?.querySelector(`[data-line="${lines[0]}"]`)?.scrollIntoView({ block: "center" });
  }, [fetched.state, lines?.[0]]);

  const cited = (number: number) => lines !== null && number >= lines[0] && number <= lines[1];
  return (
    <Dialog
      name="document"
      title={fetched.state === "ready" ? <Name text={fetched.value.name} most={90} mono /> : "Policy document"}
      actions={fetched.state === "ready" && <Copy text={fetched.value.text} label="copy the text" />}
      onClose={onClose}
    >
      {fetched.state === "loading" && <p class="quiet" role="status">reading the document</p>}
      {fetched.state === "failed" && <ErrorBox error={fetched.error} />}
      {fetched.state === "ready" && (
        <>
          <p class="document-about">
            {visible(fetched.value.kind)}
            {lines !== null && (lines[0] === lines[1] ? `, line ${lines[0]}` : `, lines ${lines[0]} to ${lines[1]}`)}
            {fetched.value.attached.length > 0 && ", attached to "}
            {fetched.value.attached.slice(0, 8).map((name, index) => (
              <span key={name}>
                {index > 0 && ", "}
                <Name text={name} />
              </span>
            ))}
            {fetched.value.attached.length > 8 && ` and ${number(fetched.value.attached.length - 8)} more`}
          </p>
          {/* It scrolls by itself, so the keyboard must be able to reach it. */}
          <div ref={shown} class="document-text" role="region" aria-label="text of the document" tabIndex={0}>
            <Lines lines={statementLines({ text: fetched.value.text, line: 1, marks: [] })} cited={cited} />
          </div>
        </>
      )}
    </Dialog>
  );
}
