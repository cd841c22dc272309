/** Not by the number format of the browser: making one takes a browser longer than all else that the page does until home is there. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** `1 identity`, `1,204 identities`. */
export function counted(count: number, one: string, many: string = plural(one)): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** `4 accounts`, and where not all of them were seen `2 of 4 accounts`. */
export function countedAccounts({ accounts, accounts_seen: seen }: { accounts: number; accounts_seen: number }): string {
  return `${seen < accounts ? `${number(seen)} of ` : ""}${counted(accounts, "account")}`;
}

/** `1,204`. */
export function number(count: number): string {
  return grouped(count);
}

/** `policies`, `keys`, `buses`, `roles`. */
function plural(noun: string): string {
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(?:[sx]|ch)$/.test(noun) ? `${noun}es` : `${noun}s`;
}
