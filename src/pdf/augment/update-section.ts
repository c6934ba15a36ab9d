import type { PdfObject } from "../../pdf-syntax/objects.ts";
import { isKind } from "../../pdf-syntax/objects.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";
import { printEntries } from "../../pdf-syntax/print-object.ts";

/** Where an object of the update stands. */
export interface Row {
  readonly num: number;
  readonly gen: number;
  readonly offset: number;
}

/** A cross-reference section that begins at `start`, with its trailer. */
export interface SectionPlan {
  readonly file: PdfFile;
  readonly rows: readonly Row[];
  readonly start: number;
  /** First number not used yet; a stream takes it for itself. */
  readonly next: number;
  /** New second half of the file identifier. */
  readonly fresh: Buffer;
  readonly trailer: string;
}

/**
 * Of the file's own kind: strict readers take a table behind a stream for damage. A stream stays unfiltered so that the
 * signer can read it plainly.
 */
export function updateSection(plan: SectionPlan): Buffer {
  const { file, rows, next, start } = plan;
  const common = `${trailerEntries(file, plan.fresh)}${plan.trailer}/Prev ${file.newest.offset}`;
  const end = `startxref\n${start}\n%%EOF\n`;
  if (file.newest.kind === "table") {
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
  const kept = new Map<string, PdfObject>();
  for (const key of ["Root", "Info"]) {
    const value = file.trailer.entries.get(key);
    if (isKind(value, "ref")) kept.set(key, value);
  }
  const changed = { kind: "string", bytes: fresh } as const;
  const [id] = file.array(file.trailer.entries.get("ID"));
  const first = file.resolve(id);
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
