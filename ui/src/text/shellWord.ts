/** A name as one word of a command that somebody may copy into a shell, whatever is in it. As `shell_word` of the program. */
export function shellWord(name: string): string {
  return /^[\p{L}\p{N}\-_./:=@%+,][\p{L}\p{N}\-_./:=@%+,~]*$/u.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}
