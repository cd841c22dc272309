import { save } from "../export/fetchFile";

/** A button that saves a text as a file. Nothing is asked of any other computer. */
export function Download({ text, name, label }: { text: string; name: string; label: string }) {
  return (
    <button
      type="button"
      class="button small"
      aria-label={label}
      onClick={() => save({ blob: new Blob([text], { type: "text/plain" }), name })}
    >
      save
    </button>
  );
}
