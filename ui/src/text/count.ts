const grouped = new Intl.NumberFormat("en-US");

/** `1 identity`, `1,204 identities`. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${grouped.format(count)} ${count === 1 ? one : many}`;
}

/** `1,204`. */
export function number(count: number): string {
  return grouped.format(count);
}
