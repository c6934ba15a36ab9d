import type { PdfObject } from "./objects.ts";
import { isKind } from "./objects.ts";
import type { PdfFile } from "./pdf-file.ts";
import { printEntries } from "./print-object.ts";

/** Where an object of the update stands. */
export interface Row {
  readonly num: number;
  readonly gen: number;
  readonly offset: number;
}

/** A cross-reference section that begins at `start`, with its trailer. */
export interface SectionPlan {
  /** What its trailer says of the file is said again. */
  readonly file: PdfFile;
  /** The section before this one. */
  readonly previous: { readonly offset: number; readonly kind: "table" | "stream" };
  readonly rows: readonly Row[];
  readonly start: number;
  /** First number not used yet; a stream takes it for itself. */
  readonly next: number;
  /** New second half of the file identifier. */
  readonly fresh: Buffer;
  /** Further entries, printed. */
  readonly more: string;
}

/** What a trailer says of its own section only; /XRefStm of a hybrid file belongs to the old table. */
const OWN = new Set(
  "Size Prev XRefStm Type W Index Length Filter DecodeParms F FFilter FDecodeParms DL ID Encrypt DocChecksum".split(
    " ",
  ),
);

/**
 * Of the file's own kind: strict readers take a table behind a stream for damage. Behind a hybrid file's table stands a
 * plain one: old readers need it, new ones still find the hidden stream through /Prev.
 */
export function updateSection({ file, previous, rows, next, start, fresh, more }: SectionPlan): Buffer {
  const common = `${trailerEntries(file, fresh)}${more}/Prev ${previous.offset}`;
  const end = `startxref\n${start}\n%%EOF\n`;
  if (previous.kind === "table") {
    const table = `xref\n${sections(sorted(rows)).map(tableSection).join("")}`;
    return Buffer.from(`${table}trailer\n<<${common}/Size ${next}>>\n${end}`, "latin1");
  }
  const all = sorted([...rows, { num: next, gen: 0, offset: start }]);
  const index = sections(all).flatMap((part) => [part[0]?.num ?? 0, part.length]);
  const bytes = Buffer.concat(all.map(streamRow));
  const own = `/Type/XRef/W[1 5 2]/Index[${index.join(" ")}]/Length ${bytes.length}/Size ${next + 1}`;
  return Buffer.concat([
    Buffer.from(`${next} 0 obj\n<<${own}${common}>>\nstream\n`, "latin1"),
    bytes,
    Buffer.from(`\nendstream\nendobj\n${end}`),
  ]);
}

/** The first half of the identifier says which file it was, the second that it changed (ISO 32000-1, 14.4). */
function trailerEntries(file: PdfFile, fresh: Buffer): string {
  const { entries } = file.trailer;
  const kept = new Map<string, PdfObject>([...entries].filter(([key]) => !OWN.has(key)));
  const changed = { kind: "string", bytes: fresh } as const;
  const first = file.resolve(file.array(entries.get("ID"))[0]);
  kept.set("ID", { kind: "array", items: [isKind(first, "string") ? first : changed, changed] });
  return printEntries(kept).slice(2, -2);
}

function sorted(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => a.num - b.num);
}

/** Rows of neighbouring numbers share a subsection. */
function sections(rows: readonly Row[]): Row[][] {
  const parts: Row[][] = [];
  for (const row of rows) {
    const last = parts.at(-1);
    if (last?.at(-1)?.num === row.num - 1) last.push(row);
    else parts.push([row]);
  }
  return parts;
}

function tableSection(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ offset, gen }) => `${String(offset).padStart(10, "0")} ${String(gen).padStart(5, "0")} n \n`,
  );
  return `${rows[0]?.num ?? 0} ${rows.length}\n${lines.join("")}`;
}

function streamRow({ offset, gen }: Row): Buffer {
  const row = Buffer.alloc(8, 1);
  row.writeUIntBE(offset, 1, 5);
  row.writeUInt16BE(gen, 6);
  return row;
}
