import { closeSync, openSync, writeFileSync } from "node:fs";
import { descriptorSource } from "../../../src/pdf-syntax/byte-source.ts";
import { openPdf, type PdfFile } from "../../../src/pdf-syntax/pdf-file.ts";
import { printObject } from "../../../src/pdf-syntax/print-object.ts";
import { smallPdf } from "../small-pdf.ts";

const stream = (entries: string, data: string) =>
  `<< ${entries} /Length ${data.length} >>\nstream\n${data}\nendstream`;
const BOX = "/Type /XObject /Subtype /Form /BBox [0 0 200 20]";

/** Object numbers of `formPdf`. */
export const OBJECTS = {
  catalog: 1,
  pages: 3,
  page: 4,
  secondPage: 5,
  info: 6,
  content: 8,
  field: 10,
  look: 11,
  other: 12,
  hidden: 13,
  note: 14,
} as const;

/** Two pages with a text field, a note, and a content stream that nothing refers to. */
export function formPdf(): Buffer {
  return smallPdf({
    catalogEntries: "/AcroForm << /Fields [10 0 R 12 0 R] /DA (/F1 10 Tf) >>",
    pageEntries: "/Annots [10 0 R 12 0 R 14 0 R]",
    extra: [
      "<< /FT /Tx /T (so) /V (01) /Type /Annot /Subtype /Widget /F 4 /P 4 0 R /Rect [50 50 250 70] /AP << /N 11 0 R >> >>",
      stream(BOX, "0.5 g 0 0 100 10 re f"),
      "<< /FT /Tx /T (ngay) /Type /Annot /Subtype /Widget /F 4 /P 4 0 R /Rect [50 90 250 110] >>",
      stream("", "q 0 g 20 20 300 300 re f Q"),
      "<< /Type /Annot /Subtype /Text /Rect [300 300 320 320] /F 4 /P 4 0 R /Contents (x) >>",
    ],
  });
}

/** An object as a PDF's newest revision prints it; streams as null. */
export function printed(path: string, num: number): string {
  const descriptor = openSync(path, "r");
  try {
    const file: PdfFile = openPdf(descriptorSource(descriptor));
    return printObject(file.resolve({ kind: "ref", num, gen: 0 }));
  } finally {
    closeSync(descriptor);
  }
}

/** Appends objects as an update with a table of its own, as editors and attackers do. `trailer` adds entries. */
export function appended(bytes: Buffer, objects: Readonly<Record<number, string>>, trailer = ""): Buffer {
  const text = bytes.toString("latin1");
  const previous = /startxref\s+(\d+)\s+%%EOF\s*$/u.exec(text)?.[1] ?? "0";
  const root = /\/Root (\d+ 0 R)/u.exec(text)?.[1] ?? "1 0 R";
  let body = "\n";
  const rows = Object.entries(objects).map(([num, object]) => {
    const offset = text.length + body.length;
    body += `${num} 0 obj\n${object}\nendobj\n`;
    return `${num} 1\n${String(offset).padStart(10, "0")} 00000 n \n`;
  });
  const start = text.length + body.length;
  const end = `trailer\n<< /Size 500 /Root ${root} /Info 6 0 R /Prev ${previous} ${trailer} >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.concat([bytes, Buffer.from(`${body}xref\n${rows.join("")}${end}`, "latin1")]);
}

export function put(path: string, bytes: Buffer): string {
  writeFileSync(path, bytes);
  return path;
}

export { stream as streamText };
