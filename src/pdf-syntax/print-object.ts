import type { PdfObject } from "./objects.ts";

/** An object as a PDF writes it. Streams cannot stand inside others: they are printed as null. */
export function printObject(object: PdfObject): string {
  if (object === null || typeof object === "boolean") return String(object);
  if (typeof object === "number") return printNumber(object);
  switch (object.kind) {
    case "name":
      return printName(object.name);
    case "string":
      return `<${object.bytes.toString("hex")}>`;
    case "ref":
      return `${object.num} ${object.gen} R`;
    case "array":
      return `[${object.items.map(printObject).join(" ")}]`;
    case "dict":
      return printEntries(object.entries);
    case "stream":
      return "null";
  }
}

export function printEntries(entries: ReadonlyMap<string, PdfObject>): string {
  return `<<${[...entries].map(([key, value]) => `${printName(key)} ${printObject(value)}`).join("\n")}>>`;
}

/** The format knows no exponents. */
function printNumber(value: number): string {
  if (Number.isInteger(value)) return Math.abs(value) < 1e15 ? String(value) : "0";
  return value.toFixed(8).replace(/\.?0+$/u, "");
}

/** Names are bytes, held as Latin-1; whatever is no plain character goes as #hh (ISO 32000-1, 7.3.5). */
function printName(name: string): string {
  const plain = name.replaceAll(
    /[^\x21-\x7e]|[#()<>[\]{}/%]/gu,
    (character) => `#${(character.charCodeAt(0) & 0xff).toString(16).padStart(2, "0")}`,
  );
  return `/${plain}`;
}
