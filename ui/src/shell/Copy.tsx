import { useEffect, useState } from "preact/hooks";

/** A button that puts a text on the clipboard and says so. */
export function Copy({ text, label }: { text: string; label: string }) {
  const [said, setSaid] = useState<"copied" | "not copied" | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), 2000);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <button
      type="button"
      class="button small"
      aria-label={said ?? label}
      onClick={() => {
        navigator.clipboard.writeText(text).then(
          () => setSaid("copied"),
          () => setSaid("not copied"),
        );
      }}
    >
      {said ?? "copy"}
    </button>
  );
}
