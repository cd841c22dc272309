import { useId, useRef, useState } from "preact/hooks";
import type { Completion } from "../api/summary";
import { Name } from "../text/Name";
import { completed, type Slot, useCompletions } from "./completions";

interface Props {
  label: string;
  slot: Slot;
  value: string;
  placeholder: string;
  look: string;
  inputRef?: { current: HTMLInputElement | null };
  onValue: (value: string) => void;
  /** Enter with no completion chosen, or with one that is a whole question. */
  onEnter: (value: string) => void;
}

/** A text box that completes from the snapshot, after the ARIA combobox pattern with a listbox popup. */
export function Combobox({ label, slot, value, placeholder, look, inputRef, onValue, onEnter }: Props) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const list = useRef<HTMLUListElement>(null);
  const items = useCompletions(slot, value, open);
  const shown = open && items.length > 0;

  const move = (to: number) => {
    setActive(to);
    list.current?.children[to]?.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    setOpen(false);
    setActive(-1);
  };
  const choose = (item: Completion) => {
    const next = completed(slot, value, item.value);
    onValue(next);
    close();
    if (slot === "ask" && next === item.value && /\s/.test(item.value)) onEnter(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    switch (event.key) {
      case "ArrowDown":
        event.preventDefault();
        if (!open) setOpen(true);
        else if (items.length > 0) move((active + 1) % items.length);
        break;
      case "ArrowUp":
        event.preventDefault();
        if (shown) move(active <= 0 ? items.length - 1 : active - 1);
        break;
      case "Enter": {
        event.preventDefault();
        const item = shown ? items[active] : undefined;
        if (item !== undefined) choose(item);
        else {
          close();
          onEnter(value);
        }
        break;
      }
      case "Escape":
        if (shown) {
          event.preventDefault();
          event.stopPropagation();
          close();
        }
        break;
    }
  };

  return (
    <div class={`combobox ${look}`}>
      <input
        ref={inputRef ?? null}
        class="combobox-input"
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={shown && active >= 0 ? `${id}-${active}` : undefined}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        dir="auto"
        placeholder={placeholder}
        value={value}
        onInput={(event) => {
          onValue(event.currentTarget.value);
          setOpen(true);
          setActive(-1);
        }}
        onKeyDown={onKeyDown}
        onBlur={close}
        onFocus={(event) => event.currentTarget.select()}
        onClick={() => setOpen(true)}
      />
      <ul class="completions" id={`${id}-list`} role="listbox" aria-label={`suggestions: ${label}`} hidden={!shown} ref={list}>
        {items.map((item, index) => (
          <li
            key={item.value}
            id={`${id}-${index}`}
            class="completion"
            role="option"
            aria-selected={index === active}
            // The input keeps the focus, so that the click is not also a blur.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(item)}
            onMouseMove={() => {
              if (active !== index) setActive(index);
            }}
          >
            <span class="completion-label">
              <Name text={item.label ?? item.value} most={64} mono />
            </span>
            {item.hint !== null && item.hint !== undefined && (
              <span class="completion-hint">
                <Name text={item.hint} most={40} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
