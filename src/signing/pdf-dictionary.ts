/** A dictionary's entries in file order: key without slash → the value's text, untouched. */
export type Dictionary = ReadonlyMap<string, string>;

const SPACE = /[\0\t\n\f\r ]/u;
const REGULAR = /[^\0\t\n\f\r ()<>[\]{}/%]/u;
const REFERENCE = /\d+[\0\t\n\f\r ]+\d+[\0\t\n\f\r ]+R(?![^\0\t\n\f\r ()<>[\]{}/%])/uy;

/** Foreign files nest brackets by the thousand to exhaust the stack. */
const MAX_DEPTH = 64;

/**
 * Splits the first dictionary of a Latin-1 text into its entries; nested values stay text.
 * @returns undefined when there is none or it is not closed.
 */
export function parseDictionary(text: string): Dictionary | undefined {
  let at = text.indexOf("<<");
  if (at < 0) return undefined;
  at = skipSpace(text, at + 2);
  const entries = new Map<string, string>();
  while (at < text.length && !text.startsWith(">>", at)) {
    if (text[at] !== "/") return undefined;
    const keyEnd = tokenEnd(text, at);
    const valueStart = skipSpace(text, keyEnd);
    const valueEnd = tokenEnd(text, valueStart);
    if (valueEnd <= valueStart) return undefined;
    entries.set(text.slice(at + 1, keyEnd), text.slice(valueStart, valueEnd));
    at = skipSpace(text, valueEnd);
  }
  return at < text.length ? entries : undefined;
}

/** The numbers of an array such as `[0 0 595.2 842]`; references are not resolved. */
export function numbersOf(value: string | undefined): number[] {
  return (value ?? "").match(/-?(?:\d+\.?\d*|\.\d+)/gu)?.map(Number) ?? [];
}

/** UTF-16BE hex string with byte order mark: the only safe text string for Vietnamese. */
export function textString(text: string): string {
  return `<FEFF${Buffer.from(text.normalize("NFC"), "utf16le").swap16().toString("hex").toUpperCase()}>`;
}

/** End of the token, reference, string, array or dictionary that starts at `at`. */
function tokenEnd(text: string, at: number, depth = 0): number {
  const first = text[at];
  if (first === "(") return stringEnd(text, at);
  if (first === "[" || text.startsWith("<<", at)) return groupEnd(text, at, depth + 1);
  if (first === "<") return text.indexOf(">", at) + 1;
  REFERENCE.lastIndex = at;
  if (REFERENCE.test(text)) return REFERENCE.lastIndex;
  let end = first === "/" ? at + 1 : at;
  while (end < text.length && REGULAR.test(text.charAt(end))) end += 1;
  return end;
}

function groupEnd(text: string, start: number, depth: number): number {
  if (depth > MAX_DEPTH) return -1;
  const close = text[start] === "[" ? "]" : ">>";
  let at = skipSpace(text, start + close.length);
  while (at < text.length && !text.startsWith(close, at)) {
    const end = tokenEnd(text, at, depth);
    if (end <= at) return -1;
    at = skipSpace(text, end);
  }
  return at < text.length ? at + close.length : -1;
}

function stringEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === "\\") at += 1;
    else if (char === "(") depth += 1;
    else if (char === ")") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return -1;
}

/** Skips white space and comments. */
function skipSpace(text: string, start: number): number {
  let at = start;
  for (;;) {
    while (at < text.length && SPACE.test(text.charAt(at))) at += 1;
    if (text[at] !== "%") return at;
    while (at < text.length && text[at] !== "\n" && text[at] !== "\r") at += 1;
  }
}
