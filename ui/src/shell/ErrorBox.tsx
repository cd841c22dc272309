import type { CallError } from "../api/call";
import { Quoting } from "../text/Quoting";
import { Sentence } from "../text/Name";
import { quoted } from "../text/quoted";
import { Copy } from "./Copy";

interface Props {
  error: CallError;
  /** The question as it was asked. */
  asked?: string;
  /** Asks one of the questions the program can answer instead. */
  onAsk?: (text: string) => void;
  onRetry?: () => void;
}

/** What went wrong, what to do, and a way to pass it on; the rest of the page stays usable. */
export function ErrorBox({ error, asked = "", onAsk, onRetry }: Props) {
  const { unknown } = error;
  const question = (candidate: string) => (unknown === null ? candidate : inPlaceOf(asked, unknown, candidate));
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
          <p class="quiet">{unknown === null ? "The nearest questions that can be answered:" : "The same question, of what there is:"}</p>
          <ul class="question-list">
            {error.candidates.map((candidate) => (
              <li key={candidate}>
                <button type="button" class="question" onClick={() => onAsk(question(candidate))}>
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

/** The question with another name in the place of one: where that stands as a word, in quotes or not, else where one begins with it. */
function inPlaceOf(asked: string, name: string, other: string): string {
  const literal = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const places = [`"${literal}"`, `(?<!\\S)${literal}(?!\\S)`, `(?<!\\S)${literal}`];
  const place = places.map((each) => new RegExp(each)).find((each) => each.test(asked));
  return place === undefined ? other : asked.replace(place, () => quoted(other));
}
