/** The sign of the tool: a key, lying as a collarbone does. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" focusable="false">
      <circle cx="7" cy="12" r="4" />
      <path d="M11 12H21.5V16M17 12V15" />
    </svg>
  );
}
