/** A file's name as a terminal may show it: a scanner's or a stranger's name may hold line feeds and escape sequences. */
export function visible(name: string): string {
  return name.replaceAll(/\p{Cc}/gu, "�");
}
