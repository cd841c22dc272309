import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Citation } from "../api/answer";
import { Name } from "../text/Name";
import { visible } from "../text/visible";
import { type StatementLine, statementLines } from "./statementLines";

export type OpenDocument = (id: number, lines: [number, number]) => void;

/** The statement that makes a claim true: document, Sid, line, text, with what made the difference underlined, and what it does not ask for. */
export function Statement({ citation, missing = null, onOpen }: { citation: Citation; missing?: string | null; onOpen: OpenDocument }) {
  const id = citation.document_id;
  const lines = useMemo(() => statementLines(citation), [citation]);
  return (
    <figure class="statement">
      <figcaption class="statement-head">
        <PageGlyph />
        <span class="statement-name">
          <Name text={citation.document} mono />
          <span class="statement-line">:{citation.line}</span>
        </span>
        {citation.sid !== null && (
          <span class="statement-sid">
            “<Name text={citation.sid} most={48} />”
          </span>
        )}
        <span class={`outcome outcome-${citation.outcome.replace(/\W+/g, "-")}`}>{visible(citation.outcome)}</span>
      </figcaption>
      {citation.attached !== null && (
        <p class="statement-attached">
          <Name text={citation.attached} most={120} />
        </p>
      )}
      <Lines lines={lines} />
      {missing !== null && <p class="statement-missing"><span aria-hidden="true">← </span>{missing}</p>}
      {id !== null && (
        <button class="link" type="button" onClick={() => onOpen(id, [citation.line, citation.end_line])}>
          show whole document
        </button>
      )}
    </figure>
  );
}

/** Numbered lines of policy text; `cited` tells which of them to set apart. */
export function Lines({ lines, cited }: { lines: StatementLine[]; cited?: (number: number) => boolean }) {
  return (
    <div class="lines">
      {lines.map((line) => (
        <div key={line.number} class={cited?.(line.number) === true ? "line-row cited" : "line-row"} data-line={line.number}>
          <span class="line-number">{line.number}</span>
          <span class="line-text">
            <code dir="ltr">
              {line.pieces.map((piece, index) => (piece.marked ? <mark key={index}>{visible(piece.text)}</mark> : visibleCode(piece.text)))}
            </code>
            {line.notes.map((note, index) => <LineNote key={index} text={note.text} column={note.column} pieces={line.pieces} />)}
          </span>
        </div>
      ))}
    </div>
  );
}

/** A tab is layout in policy text, not something to show. */
function visibleCode(text: string): string {
  return visible(text.replaceAll("\t", "  "));
}

/** What a mark of this line means, below it. Where the line gets another width, the mark comes to stand elsewhere. */
function LineNote({ text, column, pieces }: { text: string; column: number; pieces: StatementLine["pieces"] }) {
  const note = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const element = note.current;
    const line = element?.parentElement;
    if (element === null || !line) return;
    indent(element, line, column, pieces);
    if (typeof ResizeObserver !== "function") return;
    let width = line.clientWidth;
    let frame = 0;
    const observer = new ResizeObserver(() => {
      // How high the line is, the note itself decides.
      if (line.clientWidth === width) return;
      width = line.clientWidth;
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => indent(element, line, column, pieces));
    });
    observer.observe(line);
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [text, column, pieces]);
  return <span class="line-note" ref={note}>{visible(text)}</span>;
}

/** So much of a line may be before a note: it has to be read there, too. */
const MOST_BEFORE = "60%";

/** Puts a note below the mark that begins at `column`, on whichever row of its line the mark came to stand. */
function indent(note: HTMLElement, line: HTMLElement, column: number, pieces: StatementLine["pieces"]): void {
  let at = 0;
  let before = 0;
  for (const piece of pieces) {
    if (at >= column) break;
    at += Array.from(piece.text).length;
    if (piece.marked) before += 1;
  }
  const mark = line.querySelectorAll("mark")[before]?.getClientRects()[0];
  const room = line.getBoundingClientRect();
  const measured = mark === undefined || room.width === 0 ? `${column}ch` : `${Math.max(0, mark.left - room.left)}px`;
  // A line that becomes narrower is not kept wide by a note that was measured before.
  note.style.marginInlineStart = `min(${measured}, ${MOST_BEFORE})`;
}

/** A page with a folded corner: a policy document. */
export function PageGlyph() {
  return (
    <svg class="page-glyph" viewBox="0 0 14 16" width="14" height="16" aria-hidden="true" focusable="false">
      <path d="M1.5 1H8.5L12.5 5V15H1.5ZM8.5 1V5H12.5" />
    </svg>
  );
}
