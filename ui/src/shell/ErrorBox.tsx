import type { CallError } from "../api/call";
import { Sentence } from "../text/Name";
import { visible } from "../text/visible";
import { Copy } from "./Copy";

interface Props {
  error: CallError;
  /** Asks one of the questions the program can answer instead. */
  onAsk?: (text: string) => void;
  onRetry?: () => void;
}

/** A sentence in which what stands between backticks is what was typed or is to be typed. */
function Quoting({ text }: { text: string }) {
  return <bdi class="sentence">{text.split("`").map((part, index) => (index % 2 === 1 ? <code class="mono" key={index}>{visible(part)}</code> : visible(part)))}</bdi>;
}

/** What went wrong, what to do, and a way to pass it on; the rest of the page stays usable. */
export function ErrorBox({ error, onAsk, onRetry }: Props) {
  const report = [`clavicle: ${error.message}`, error.hint, `call: ${error.path}`, `status: ${error.status}`].filter((line) => line !== null).join("\n");
  return (
    <section class="error-box" role="alert">
      <h2 class="error-title">
        <Quoting text={error.message} />
      </h2>
      {error.hint !== null && (
        <p class="error-hint">
          <Quoting text={error.hint} />
        </p>
      )}
      {onAsk !== undefined && error.candidates.length > 0 && (
        <>
          <p class="quiet">The nearest questions that can be answered:</p>
          <ul class="question-list">
            {error.candidates.map((candidate) => (
              <li key={candidate}>
                <button type="button" class="question" onClick={() => onAsk(candidate)}>
                  <Sentence text={candidate} />
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <p class="error-actions">
        {onRetry !== undefined && <button type="button" class="button small" onClick={onRetry}>try again</button>}
        <Copy text={report} label="copy the error" />
      </p>
    </section>
  );
}
