/** A button that saves a text as a file. Nothing is asked of any other computer. */
export function Download({ text, name, label }: { text: string; name: string; label: string }) {
  return (
    <button
      type="button"
      class="button small"
      aria-label={label}
      onClick={() => {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
        link.download = name;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 1000);
      }}
    >
      save
    </button>
  );
}
