import type { PageRange, PageSource } from "./document.ts";

/**
 * Where the pages numbered `first` to `last` lie in the files they come from: both halves of a divided spread are one
 * page of its file. Counted from the first of `pages`.
 */
export function pageRange(pages: readonly PageSource[], first: number, last: number): PageRange {
  const leaf = (number: number): number =>
    pages.slice(0, number).filter(({ half }) => half?.side !== "right").length;
  return {
    first: leaf(first),
    last: leaf(last),
    ...(pages[first - 1]?.half?.side === "right" && { from: "right" }),
    ...(pages[last - 1]?.half?.side === "left" && { to: "left" }),
  };
}
