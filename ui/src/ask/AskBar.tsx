import { useEffect, useState } from "preact/hooks";
import type { Asked } from "../api/answer";
import type { Question } from "../place/place";
import { type Boxes, boxesOf, boxesQuestion, EMPTY, questionText } from "./boxes";
import { Combobox } from "./Combobox";

interface Props {
  question: Question | null;
  /** The question as the program understood it, once it has. */
  asked: Asked | null;
  lineRef: { current: HTMLInputElement | null };
  onAsk: (question: Question) => void;
}

/** One question, written as a line of words or put into four boxes; each shows what the other asked. */
export function AskBar({ question, asked, lineRef, onAsk }: Props) {
  const [line, setLine] = useState(question === null ? "" : questionText(question));
  const [boxes, setBoxes] = useState<Boxes>(EMPTY);
  const [edited, setEdited] = useState<"line" | "boxes">("line");

  useEffect(() => {
    setLine(question === null ? "" : questionText(question));
    if (question === null) setBoxes(EMPTY);
    else if (question.in === "boxes") setBoxes({ by: question.by, do: question.do, on: question.on, when: question.when.join(" ") });
  }, [question === null ? null : questionText(question)]);
  useEffect(() => {
    if (asked === null) return;
    setBoxes(boxesOf(asked));
    if (asked.text !== "") setLine(asked.text);
  }, [asked]);

  const change = (some: Partial<Boxes>) => {
    setEdited("boxes");
    setBoxes((before) => ({ ...before, ...some }));
  };
  const askLine = (text: string) => {
    const words = text.trim();
    if (words !== "") onAsk({ in: "words", text: words });
  };
  const askBoxes = (filled: Boxes) => {
    const next = boxesQuestion(filled);
    if (next !== null) onAsk(next);
  };
  const box = (name: "by" | "do" | "on", label: string, placeholder: string) => (
    <Combobox
      label={label}
      slot={name}
      look={`box box-${name}`}
      value={boxes[name]}
      placeholder={placeholder}
      onValue={(value) => change({ [name]: value })}
      onEnter={(value) => askBoxes({ ...boxes, [name]: value })}
    />
  );

  return (
    <search aria-label="ask a question">
      <form
        class="ask"
        onSubmit={(event) => {
          event.preventDefault();
          if (edited === "boxes") askBoxes(boxes);
          else askLine(line);
        }}
      >
        <div class="ask-line">
          <Combobox
            label="question in words"
            slot="ask"
            look="line"
            inputRef={lineRef}
            value={line}
            placeholder="who can read s3://…, or paste what AWS refused"
            onValue={(value) => {
              setEdited("line");
              setLine(value);
            }}
            onEnter={askLine}
          />
          <kbd class="ask-key" aria-hidden="true">/</kbd>
          <button class="button strong" type="submit">Ask</button>
        </div>
        <div class="ask-boxes" role="group" aria-label="the same question in four boxes">
          <span class="ask-word">who</span>
          {box("by", "who", "anyone")}
          <span class="ask-word">can</span>
          {box("do", "can do what", "read")}
          <span class="ask-word">on</span>
          {box("on", "on what", "anything")}
          <span class="ask-word">when</span>
          <input
            class="combobox-input box-when"
            type="text"
            aria-label="when, as key=value"
            autocomplete="off"
            spellcheck={false}
            placeholder="always"
            value={boxes.when}
            onInput={(event) => change({ when: event.currentTarget.value })}
            onKeyDown={(event) => {
              if (event.key === "Enter" && !event.isComposing) {
                event.preventDefault();
                askBoxes(boxes);
              }
            }}
          />
        </div>
      </form>
    </search>
  );
}
