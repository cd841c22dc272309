import { useEffect, useState } from "preact/hooks";
import type { Facet } from "../api/lists";
import { elide } from "../text/elide";
import { number } from "../text/count";
import { visible } from "../text/visible";

interface ChooseProps {
  label: string;
  /** What stands there while nothing is chosen. */
  all: string;
  facets: Facet[];
  value: string | null;
  onChoose: (value: string | null) => void;
}

/** Narrows a list to one value of something. */
export function Choose({ label, all, facets, value, onChoose }: ChooseProps) {
  const known = value === null || facets.some((facet) => facet.id === value);
  return (
    <label class={value === null ? "choose" : "choose chosen"}>
      <span class="choose-label">{label}</span>
      <select aria-label={label} value={value ?? ""} onChange={(event) => onChoose(event.currentTarget.value === "" ? null : event.currentTarget.value)}>
        <option value="">{all}</option>
        {!known && value !== null && <option value={value}>{elide(visible(value), 60)} (0)</option>}
        {facets.map((facet) => (
          <option key={facet.id} value={facet.id}>{`${elide(visible(facet.label), 60)} (${number(facet.count)})`}</option>
        ))}
      </select>
    </label>
  );
}

interface ChooseOneProps<Id extends string> {
  label: string;
  /** The first is usual. */
  options: readonly { id: Id; label: string }[];
  value: Id;
  onChoose: (value: Id) => void;
}

/** One of several ways to show a list. */
export function ChooseOne<Id extends string>({ label, options, value, onChoose }: ChooseOneProps<Id>) {
  return (
    <label class={value === options[0]?.id ? "choose" : "choose chosen"}>
      <span class="choose-label">{label}</span>
      <select aria-label={label} value={value} onChange={(event) => onChoose(options.find((each) => each.id === event.currentTarget.value)?.id ?? value)}>
        {options.map((each) => <option key={each.id} value={each.id}>{each.label}</option>)}
      </select>
    </label>
  );
}

/** Narrows a list to rows with these words in their names. */
export function Find({ value, onFind }: { value: string; onFind: (value: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <form
      class="find"
      role="search"
      aria-label="find in the list"
      onSubmit={(event) => {
        event.preventDefault();
        onFind(text.trim());
      }}
    >
      <input class="field" type="search" aria-label="name contains" placeholder="name contains…" value={text} onInput={(event) => setText(event.currentTarget.value)} onBlur={() => text.trim() !== value && onFind(text.trim())} />
    </form>
  );
}
