const grouped = new Intl.NumberFormat("en-US");

/** `1 identity`, `1,204 identities`. */
export function counted(count: number, one: string, many: string = plural(one)): string {
  return `${grouped.format(count)} ${count === 1 ? one : many}`;
}

/** `1,204`. */
export function number(count: number): string {
  return grouped.format(count);
}

/** `policies`, `keys`, `buses`, `roles`. */
function plural(noun: string): string {
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(?:[sx]|ch)$/.test(noun) ? `${noun}es` : `${noun}s`;
}
