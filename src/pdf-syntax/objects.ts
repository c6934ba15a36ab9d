/** The values a PDF is made of. Streams carry only where their bytes lie, never the bytes. */
export type PdfObject =
  | null
  | boolean
  | number
  | PdfName
  | PdfString
  | PdfArray
  | PdfDict
  | PdfRef
  | PdfStream;

export interface PdfName {
  readonly kind: "name";
  readonly name: string;
}

export interface PdfString {
  readonly kind: "string";
  readonly bytes: Buffer;
}

export interface PdfArray {
  readonly kind: "array";
  readonly items: readonly PdfObject[];
}

export interface PdfDict {
  readonly kind: "dict";
  readonly entries: ReadonlyMap<string, PdfObject>;
}

export interface PdfRef {
  readonly kind: "ref";
  readonly num: number;
  readonly gen: number;
}

export interface PdfStream {
  readonly kind: "stream";
  readonly dict: PdfDict;
  /** Offset in the file of the first byte after the `stream` keyword's line end. */
  readonly start: number;
}

export const EMPTY_DICT: PdfDict = { kind: "dict", entries: new Map() };

type Kind = "name" | "string" | "array" | "dict" | "ref" | "stream";

/** Narrows to one kind of object; numbers, booleans and null have no kind. */
export function isKind<K extends Kind>(
  object: PdfObject | undefined,
  kind: K,
): object is Extract<PdfObject, { readonly kind: K }> {
  return typeof object === "object" && object !== null && object.kind === kind;
}

export function nameOf(object: PdfObject | undefined): string | undefined {
  return isKind(object, "name") ? object.name : undefined;
}

export function isInteger(object: PdfObject | undefined): object is number {
  return typeof object === "number" && Number.isSafeInteger(object);
}
