/**
 * Names, tags and policies come from whoever could write them, so they are hostile text. Preact escapes markup; what is
 * left are characters that are not seen or that reorder what is seen around them. Each becomes a symbol that is seen.
 */

const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]|[\ud800-\udfff]/gu;

/** The text with every unseen or reordering character replaced: `␀` to `␟` for the old controls, `⟨U+202E⟩` for the rest. */
export function visible(text: string): string {
  return text.replace(UNSEEN, symbol);
}

function symbol(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}
