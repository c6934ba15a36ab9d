import { PdfDamage } from "./damage.ts";
import type { PdfName, PdfString } from "./objects.ts";

export interface Mark {
  readonly kind: "mark";
  readonly mark: "[" | "]" | "<<" | ">>" | "{" | "}";
}

export interface Word {
  readonly kind: "word";
  readonly word: string;
}

export type Token = number | PdfName | PdfString | Mark | Word | undefined;

/** Reads tokens from a buffer; `undefined` is the end. `position` may be set to look again. */
export interface Lexer {
  readonly bytes: Buffer;
  position: number;
  /** The last number or word as it is written: `8.0` and `++8` are the number 8, but name no object. */
  text: string;
  next(): Token;
}

const LF = 0x0a;
const CR = 0x0d;
const BACKSLASH = 0x5c;
/** \n \r \t \b \f */
const ESCAPES: ReadonlyMap<number, number> = new Map([
  [0x6e, LF],
  [0x72, CR],
  [0x74, 9],
  [0x62, 8],
  [0x66, 12],
]);

/** Whether the token just read is a number of digits alone, as object numbers, generations and counts are. */
export function isDigits(lexer: Lexer, token: Token): token is number {
  return typeof token === "number" && /^\d+$/u.test(lexer.text);
}

export function createLexer(bytes: Buffer, position = 0): Lexer {
  const lexer: Lexer = { bytes, position, text: "", next: () => readToken(lexer) };
  return lexer;
}

export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === LF || byte === CR || byte === 9 || byte === 12 || byte === 0;
}

function isDelimiter(byte: number): boolean {
  return "()<>[]{}/%".includes(String.fromCharCode(byte));
}

function isRegular(byte: number | undefined): byte is number {
  return byte !== undefined && !isSpace(byte) && !isDelimiter(byte);
}

export function skipSpace(lexer: Lexer): void {
  const { bytes } = lexer;
  while (lexer.position < bytes.length) {
    const byte = bytes[lexer.position] ?? 0;
    if (byte === 0x25) skipComment(lexer);
    else if (isSpace(byte)) lexer.position += 1;
    else return;
  }
}

function skipComment(lexer: Lexer): void {
  while (lexer.position < lexer.bytes.length) {
    const byte = lexer.bytes[lexer.position];
    if (byte === LF || byte === CR) return;
    lexer.position += 1;
  }
}

function readToken(lexer: Lexer): Token {
  skipSpace(lexer);
  const byte = lexer.bytes[lexer.position];
  if (byte === undefined) return undefined;
  const character = String.fromCharCode(byte);
  switch (character) {
    case "/":
      return readName(lexer);
    case "(":
      return readLiteral(lexer);
    case "<":
    case ">":
      return readAngle(lexer, character);
    case "[":
    case "]":
    case "{":
    case "}":
      lexer.position += 1;
      return { kind: "mark", mark: character };
    case ")":
      lexer.position += 1;
      return { kind: "word", word: ")" };
    default:
      return readRegular(lexer);
  }
}

function readAngle(lexer: Lexer, character: "<" | ">"): Token {
  if (String.fromCharCode(lexer.bytes[lexer.position + 1] ?? 0) === character) {
    lexer.position += 2;
    return { kind: "mark", mark: character === "<" ? "<<" : ">>" };
  }
  lexer.position += 1;
  return character === "<" ? readHex(lexer) : { kind: "word", word: ">" };
}

function regularText(lexer: Lexer): string {
  const start = lexer.position;
  while (isRegular(lexer.bytes[lexer.position])) lexer.position += 1;
  return lexer.bytes.toString("latin1", start, lexer.position);
}

function readRegular(lexer: Lexer): Token {
  const text = regularText(lexer);
  lexer.text = text;
  if (/^[+-]*(?:\d+\.?\d*|\.\d+)(?:-\d*)?$/u.test(text)) {
    const value = Number.parseFloat(text.replace(/^[+-]*(?=[+-])/u, ""));
    return Number.isFinite(value) ? value : 0;
  }
  return { kind: "word", word: text };
}

function readName(lexer: Lexer): PdfName {
  lexer.position += 1;
  const text = regularText(lexer);
  if (!text.includes("#")) return { kind: "name", name: text };
  const name = text.replaceAll(/#([0-9A-Fa-f]{2})/gu, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return { kind: "name", name };
}

function readHex(lexer: Lexer): PdfString {
  const end = lexer.bytes.indexOf(">", lexer.position, "latin1");
  if (end < 0) throw new PdfDamage("unclosed hexadecimal string");
  const digits = lexer.bytes.toString("latin1", lexer.position, end).replaceAll(/[^0-9A-Fa-f]/gu, "");
  lexer.position = end + 1;
  return { kind: "string", bytes: Buffer.from(digits.length % 2 === 0 ? digits : `${digits}0`, "hex") };
}

function readLiteral(lexer: Lexer): PdfString {
  const out: number[] = [];
  let depth = 1;
  lexer.position += 1;
  while (depth > 0) {
    const byte = lexer.bytes[lexer.position];
    if (byte === undefined) throw new PdfDamage("unclosed string");
    lexer.position += 1;
    if (byte === BACKSLASH) {
      readEscape(lexer, out);
      continue;
    }
    if (byte === 0x28) depth += 1;
    else if (byte === 0x29) depth -= 1;
    if (depth > 0) out.push(byte);
  }
  return { kind: "string", bytes: Buffer.from(out) };
}

function readEscape(lexer: Lexer, out: number[]): void {
  const octal = /^[0-7]{1,3}/u.exec(lexer.bytes.toString("latin1", lexer.position, lexer.position + 3))?.[0];
  if (octal !== undefined) {
    lexer.position += octal.length;
    out.push(Number.parseInt(octal, 8) & 0xff);
    return;
  }
  const byte = lexer.bytes[lexer.position] ?? 0;
  lexer.position += 1;
  if (byte === CR && lexer.bytes[lexer.position] === LF) lexer.position += 1;
  if (byte === CR || byte === LF) return;
  out.push(ESCAPES.get(byte) ?? byte);
}
