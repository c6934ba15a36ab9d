import { type Dictionary, printDictionary } from "../pdf-dictionary.ts";
import type { PdfLayout } from "./pdf-layout.ts";

const OFFSET_DIGITS = 10;

/** Collects the objects of one update that begins at `start`, and writes its cross-reference section. */
export function updateParts(layout: PdfLayout, start: number) {
  const parts: Buffer[] = [Buffer.from("\n")];
  const rows: Row[] = [];
  let at = start + 1;
  const push = (bytes: Buffer) => {
    parts.push(bytes);
    at += bytes.length;
  };
  return {
    add(number: number, body: string | Buffer, generation = 0) {
      rows.push({ number, generation, offset: at });
      const bytes = typeof body === "string" ? Buffer.from(body, "latin1") : body;
      push(Buffer.concat([Buffer.from(`${number} ${generation} obj\n`), bytes, Buffer.from("\nendobj\n")]));
    },
    /** `next` is the first number not used yet. */
    finish(next: number): Buffer {
      const section = layout.kind === "table" ? table(layout, rows, next) : stream(layout, rows, next, at);
      push(Buffer.concat([section, Buffer.from(`startxref\n${at}\n%%EOF\n`)]));
      return Buffer.concat(parts);
    },
  };
}

interface Row {
  readonly number: number;
  readonly generation: number;
  readonly offset: number;
}

function table(layout: PdfLayout, rows: readonly Row[], next: number): Buffer {
  const lines = rows.toSorted(byNumber).map(({ number, generation, offset }) => {
    const place = String(offset).padStart(OFFSET_DIGITS, "0");
    return `${number} 1\n${place} ${String(generation).padStart(5, "0")} n \n`;
  });
  return Buffer.from(
    `xref\n${lines.join("")}trailer\n${printDictionary(trailerOf(layout, next))}\n`,
    "latin1",
  );
}

/** Unfiltered, so that the next signature reads it without unpacking. */
function stream(layout: PdfLayout, known: readonly Row[], number: number, at: number): Buffer {
  const rows = [...known, { number, generation: 0, offset: at }].toSorted(byNumber);
  const bytes = Buffer.alloc(rows.length * 8, 1);
  rows.forEach(({ offset, generation }, index) => {
    bytes.writeUIntBE(offset, index * 8 + 1, 5);
    bytes.writeUInt16BE(generation, index * 8 + 6);
  });
  const entries = new Map(trailerOf(layout, number + 1))
    .set("W", "[1 5 2]")
    .set("Index", `[${rows.map((row) => `${row.number} 1`).join(" ")}]`)
    .set("Length", String(bytes.length));
  return Buffer.concat([
    Buffer.from(`${number} 0 obj\n${printDictionary(entries)}\nstream\n`, "latin1"),
    bytes,
    Buffer.from("\nendstream\nendobj\n"),
  ]);
}

function trailerOf(layout: PdfLayout, size: number): Dictionary {
  return new Map(layout.trailer).set("Size", String(size)).set("Prev", String(layout.startXref));
}

function byNumber(a: Row, b: Row): number {
  return a.number - b.number;
}
