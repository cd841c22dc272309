import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { ROOM_OF_PANEL, ROOM_OF_TITLE, SentenceRoom } from "../text/Name";
import { keepInSight } from "./keepInSight";

interface Props {
  title: string;
  /** Changes with what is shown, so that the focus follows. */
  subject: string;
  heading: ComponentChildren;
  children: ComponentChildren;
  onClose: () => void;
}

/** The panel on the right: why. Opening it by hand moves the focus into it; closing it gives the focus back. */
export function Panel({ title, subject, heading, children, onClose }: Props) {
  const head = useRef<HTMLHeadingElement>(null);
  const panel = useRef<HTMLElement>(null);
  const before = useRef<Element | null>(null);
  useEffect(() => {
    panel.current?.querySelector(".panel-scroll")?.scrollTo?.({ top: 0 });
    const active = document.activeElement;
    // A page that was just opened by a link has not been touched: no focus to move, but in a narrow window the panel lies below the list.
    if (active === null || active === document.body) return panel.current === null ? undefined : keepInSight(panel.current);
    // The tour keeps its reader.
    if (active.closest(".tour") === null && panel.current?.contains(active) !== true) {
      before.current = active;
      head.current?.focus();
    }
    return undefined;
  }, [subject]);
  // Before the next key can be pressed, so not an effect that waits for the screen.
  useLayoutEffect(() => {
    const own = panel.current;
    return () => {
      const target = before.current;
      if (target === null || !target.isConnected) return;
      const active = document.activeElement;
      if (active === null || active === document.body || own?.contains(active) === true) (target as HTMLElement).focus();
    };
  }, []);
  return (
    <aside class="panel" id="panel" ref={panel} aria-labelledby="panel-title">
      <header class="panel-head">
        <p class="panel-kind">{title}</p>
        <button type="button" class="button small" onClick={onClose}>
          close <kbd aria-hidden="true">Esc</kbd>
        </button>
      </header>
      <div class="panel-scroll">
        <h2 class="panel-title" id="panel-title" tabIndex={-1} ref={head}>
          <SentenceRoom.Provider value={ROOM_OF_TITLE}>{heading}</SentenceRoom.Provider>
        </h2>
        <SentenceRoom.Provider value={ROOM_OF_PANEL}>{children}</SentenceRoom.Provider>
      </div>
    </aside>
  );
}
