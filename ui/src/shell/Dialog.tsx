import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface Props {
  /** Names it for styles, and its title for whoever reads aloud. */
  name: string;
  title: ComponentChildren;
  /** Beside the button that closes. */
  actions?: ComponentChildren;
  onClose: () => void;
  children: ComponentChildren;
}

/** Something over the page. Esc, its button or a click beside it closes it; keys in it are not those of the page. */
export function Dialog({ name, title, actions, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element !== null && !element.open) element.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      class={name}
      aria-labelledby={`${name}-title`}
      onClose={onClose}
      onKeyDown={(event) => event.stopPropagation()}
      onClick={(event) => {
        if (event.target === event.currentTarget) event.currentTarget.close();
      }}
    >
      <div class="dialog-inside">
        <header class="dialog-head">
          <h2 class="dialog-title" id={`${name}-title`}>{title}</h2>
          {actions}
          <button type="button" class="button" onClick={() => dialog.current?.close()}>Close</button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
