/** A name with spaces is one word of a question only in quotes. */
export function quoted(name: string): string {
  return /\s/.test(name) ? `"${name}"` : name;
}
