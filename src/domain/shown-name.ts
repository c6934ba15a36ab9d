import type { Candidate } from "./document.ts";

/** What people see of a document: its first file, and the page range where a file holds several papers. */
export function shownName({ name, range }: Pick<Candidate, "name" | "range">): string {
  return range === undefined ? name : `${name}#${range.first}-${range.last}`;
}
