import { OperationalError } from "../../domain/errors.ts";
import { PdfDamage } from "../../pdf-syntax/damage.ts";
import type { Lexer } from "../../pdf-syntax/lexer.ts";
import { createLexer, isSpace } from "../../pdf-syntax/lexer.ts";
import type { PdfDict, PdfObject, PdfStream } from "../../pdf-syntax/objects.ts";
import { EMPTY_DICT, isKind, nameOf } from "../../pdf-syntax/objects.ts";
import type { PdfPageNode, Rectangle } from "../../pdf-syntax/page-tree.ts";
import { parseObject, parseOperation } from "../../pdf-syntax/parser.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";
import { coversPage } from "./coverage.ts";
import type { DrawnImage, Marks } from "./marks.ts";
import { noMarks } from "./marks.ts";
import type { Matrix } from "./matrix.ts";
import { IDENTITY, multiply } from "./matrix.ts";

const MAX_FORM_DEPTH = 12;
/** A dense CAD page has some 500,000 operators; forms that call each other could ask for 2^12 times that. */
const MAX_OPERATORS = 4_000_000;

/** All streams of a page together: a hostile page names one stream ten thousand times. */
const MAX_CONTENT = 64 * 1024 * 1024;

/** Operators a form counts for; a map may draw its symbols some thousand times. */
const FORM_COST = 200;
/** Unpacking so many bytes costs as much as an operator. */
const FORM_BYTES = 50;

interface State {
  readonly ctm: Matrix;
  /** Text render mode; 3 = invisible, 7 = clip only. */
  readonly mode: number;
  /** Bytes of a character code in the current font. */
  readonly width: 1 | 2;
}

interface Run {
  readonly file: PdfFile;
  readonly page: Rectangle;
  readonly marks: Marks;
  left: number;
}

/** Interprets a page's content streams and nested forms, drawing nothing. Throws `PdfDamage`, `too_large`. */
export function readMarks(file: PdfFile, page: PdfPageNode): Marks {
  const marks = noMarks();
  const run: Run = { file, page: page.box, marks, left: MAX_OPERATORS };
  const bytes = contentBytes(file, page.dict);
  interpret(run, bytes, page.resources, { ctm: IDENTITY, mode: 0, width: 1 }, 0);
  return marks;
}

/** Interprets one form on its own, for the appearance of an annotation. */
export function readFormMarks(file: PdfFile, form: PdfStream, page: PdfPageNode): Marks {
  const marks = noMarks();
  const run: Run = { file, page: page.box, marks, left: MAX_OPERATORS };
  drawForm(run, form, EMPTY_DICT, { ctm: IDENTITY, mode: 0, width: 1 }, 0);
  return marks;
}

/** All of a page's content streams, filters undone. Throws `PdfDamage`, `too_large`. */
export function contentBytes(file: PdfFile, page: PdfDict): Buffer {
  const contents = file.get(page, "Contents");
  const streams = isKind(contents, "array") ? contents.items.map((item) => file.resolve(item)) : [contents];
  const parts: Buffer[] = [];
  let left = MAX_CONTENT;
  for (const stream of streams.slice(0, 10_000)) {
    if (stream === null && page.entries.has("Contents")) throw new PdfDamage("a page's contents are missing");
    if (!isKind(stream, "stream")) continue;
    const { bytes } = file.decode(stream);
    left -= bytes.length;
    if (left < 0) throw new OperationalError("too_large", "page content");
    parts.push(bytes, Buffer.from("\n"));
  }
  return Buffer.concat(parts);
}

function interpret(run: Run, bytes: Buffer, resources: PdfDict, start: State, depth: number): void {
  const lexer = createLexer(bytes);
  const stack: State[] = [];
  const room: PdfObject[] = [];
  let state = start;
  for (;;) {
    const step = parseOperation(lexer, room);
    if (step === undefined) return;
    run.left -= 1;
    run.file.budget.spend();
    if (run.left < 0) throw new OperationalError("unreadable", "a page without end");
    const { operator, operands } = step;
    if (operator === "q" && stack.length < 1000) stack.push(state);
    else if (operator === "Q") state = stack.pop() ?? state;
    else if (operator === "Do") draw(run, nameOf(operands[0]) ?? "", resources, state, depth);
    else if (operator === "BI") drawInline(run, lexer, state);
    else state = changed(run, state, operator, operands, resources);
  }
}

function changed(
  run: Run,
  state: State,
  operator: string,
  operands: readonly PdfObject[],
  resources: PdfDict,
): State {
  switch (operator) {
    case "cm":
      return { ...state, ctm: multiply(matrixOf(operands) ?? IDENTITY, state.ctm) };
    case "Tr":
      return { ...state, mode: typeof operands[0] === "number" ? operands[0] : 0 };
    case "Tf":
      return { ...state, width: codeWidth(run.file, resources, nameOf(operands[0]) ?? "") };
    case "Tj":
    case "'":
    case '"':
    case "TJ":
      countText(run.marks, state, operands.at(-1));
      return state;
    default:
      if (PAINT.has(operator)) run.marks.paths += 1;
      return state;
  }
}

const PAINT = new Set(["S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh"]);

function countText(marks: Marks, state: State, operand: PdfObject | undefined): void {
  const strings = isKind(operand, "array") ? operand.items : [operand];
  let characters = 0;
  for (const item of strings) {
    if (!isKind(item, "string")) continue;
    if (state.width === 2) characters += item.bytes.length >> 1;
    else for (const byte of item.bytes) if (!isSpace(byte)) characters += 1;
  }
  if (state.mode === 3 || state.mode === 7) marks.invisible += characters;
  else marks.visible += characters;
}

function codeWidth(file: PdfFile, resources: PdfDict, name: string): 1 | 2 {
  const font = file.dict(file.dict(resources.entries.get("Font")).entries.get(name));
  return nameOf(file.get(font, "Subtype")) === "Type0" ? 2 : 1;
}

function matrixOf(items: readonly PdfObject[]): Matrix | undefined {
  const numbers = items.filter((item) => typeof item === "number");
  const [a, b, c, d, e, f] = numbers;
  if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
  return [a, b, c, d, e ?? 0, f ?? 0];
}

function draw(run: Run, name: string, resources: PdfDict, state: State, depth: number): void {
  const objects = run.file.dict(resources.entries.get("XObject"));
  const object = objects.entries.get(name);
  const stream = run.file.resolve(object);
  // A cut file names pictures it no longer holds: passing over them would lose them in silence.
  if (object !== undefined && stream === null) throw new PdfDamage("a picture is missing");
  if (!isKind(stream, "stream")) return;
  const subtype = nameOf(run.file.get(stream.dict, "Subtype"));
  if (subtype === "Image") {
    run.file.checkEnd(stream);
    drawImage(run, { stream, dict: stream.dict, matrix: state.ctm });
  }
  if (subtype === "Form" && depth < MAX_FORM_DEPTH) drawForm(run, stream, resources, state, depth);
}

function drawForm(run: Run, form: PdfStream, outer: PdfDict, state: State, depth: number): void {
  const matrix = matrixOf(run.file.array(form.dict.entries.get("Matrix"))) ?? IDENTITY;
  const own = form.dict.entries.get("Resources");
  const resources = own === undefined ? outer : run.file.dict(own);
  const { bytes } = run.file.decode(form);
  run.left -= FORM_COST + bytes.length / FORM_BYTES;
  const inner = { ...state, ctm: multiply(matrix, state.ctm) };
  interpret(run, bytes, resources, inner, depth + 1);
}

function drawImage(run: Run, image: DrawnImage): void {
  const { marks } = run;
  if (marks.images.length >= 20_000) throw new PdfDamage("a page of too many images");
  marks.images.push(image);
  if (!coversPage(image.matrix, run.page, 0.8) || isSeeThrough(run.file, image.dict)) return;
  // Scanners lay recognised text under the picture instead of using render mode 3.
  marks.invisible += marks.visible;
  marks.visible = 0;
  marks.paths = 0;
}

function isSeeThrough(file: PdfFile, dict: PdfDict): boolean {
  return ["SMask", "Mask", "ImageMask"].some((key) => {
    const value = file.get(dict, key);
    return value !== null && value !== false;
  });
}

function drawInline(run: Run, lexer: Lexer, state: State): void {
  const entries = skipInline(lexer);
  if (entries !== undefined)
    drawImage(run, { stream: undefined, dict: { kind: "dict", entries }, matrix: state.ctm });
}

/** `BI key value … ID data EI`: the data has no length, so its end is searched for. Undefined when it never begins. */
export function skipInline(lexer: Lexer): ReadonlyMap<string, PdfObject> | undefined {
  const entries = new Map<string, PdfObject>();
  for (;;) {
    const token = lexer.next();
    if (token === undefined) return undefined;
    if (typeof token === "object" && token.kind === "word") break;
    if (typeof token === "object" && token.kind === "name") entries.set(token.name, parseObject(lexer));
  }
  lexer.position = inlineEnd(lexer.bytes, lexer.position);
  return entries;
}

function inlineEnd(bytes: Buffer, from: number): number {
  let at = bytes.indexOf("EI", from, "latin1");
  while (at >= 0) {
    const after = bytes[at + 2];
    if (isSpace(bytes[at - 1] ?? 0) && (after === undefined || isSpace(after))) return at + 2;
    at = bytes.indexOf("EI", at + 2, "latin1");
  }
  return bytes.length;
}
