import { visible } from "../text/visible";
import type { DiffLine } from "./lineDiff";

/** More lines than these are not shown. */
const MOST_LINES = 200;

/** Which lines went and came. */
export function Diff({ lines }: { lines: DiffLine[] }) {
  if (lines.length === 0) return null;
  return (
    <div class="diff" role="region" aria-label="lines that differ" tabIndex={0}>
      {lines.slice(0, MOST_LINES).map((line, index) => (
        <div key={index} class={line.sign === "-" ? "diff-line diff-lost" : "diff-line diff-gained"}>
          <span class="diff-sign">{line.sign}{line.number}</span>
          <code dir="ltr"><Line text={visible(line.text.replaceAll("\t", "  "))} /></code>
        </div>
      ))}
    </div>
  );
}

/** What a line begins with is no part of what is struck out. */
function Line({ text }: { text: string }) {
  const rest = text.trimStart();
  return <>{text.slice(0, text.length - rest.length)}<span>{rest}</span></>;
}
