import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { OperationalError } from "../../domain/errors.ts";
import { type Appearance, noAppearance, scanAppearance } from "../appearance/appearance.ts";
import type { SignRequest } from "../../domain/ports.ts";
import { type CertificateFacts, signerName } from "../asn1/certificate.ts";
import type { HashName } from "../keys/signing-key.ts";
import { type FileWindow, openWindow } from "../file-window.ts";
import { type Dictionary, printDictionary, textString } from "../pdf-dictionary.ts";
import { type PdfLayout, readLayout } from "./pdf-layout.ts";
import { updateParts } from "./update-parts.ts";

/** Room for the CMS in bytes: B-B needs 2.6 KB, state signatures 5-8 KB. */
const CONTENTS_BYTES = 16_384;
/** Offsets in xref tables and in our ByteRange have ten digits. */
const MAX_FILE = 9_999_999_999;
const OFFSET_DIGITS = 10;

export interface AppendRequest extends SignRequest {
  readonly signer: CertificateFacts;
  /** Of the signed ranges. */
  readonly hash: HashName;
  /** Makes the CMS over the digest of the signed ranges. */
  readonly cms: (digest: Buffer) => Promise<Buffer>;
}

/**
 * Copies `input` to `output` and appends one signature; the copied bytes are never touched, the file never held.
 * The output is synced. Throws `too_large`, `pdfa` (no section of ours at its end), `source_changed`.
 */
export async function appendSignature(input: string, output: string, request: AppendRequest): Promise<void> {
  const source = await openWindow(input);
  try {
    if (source.size + 4 * CONTENTS_BYTES > MAX_FILE) throw new OperationalError("too_large", "10 GB");
    const update = buildUpdate(await readLayout(source), source.size, request);
    const target = await open(output, "w");
    try {
      const hash = await copyHashing(source, target, request.hash);
      hash.update(update.bytes.subarray(0, update.contentsStart));
      hash.update(update.bytes.subarray(update.contentsEnd));
      await target.write(withContents(update, await request.cms(hash.digest())), 0, undefined, source.size);
      await target.sync();
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

interface Update {
  readonly bytes: Buffer;
  /** Where `<…>` of /Contents starts and ends within `bytes`. */
  readonly contentsStart: number;
  readonly contentsEnd: number;
}

function buildUpdate(layout: PdfLayout, offset: number, request: AppendRequest): Update {
  const slot = layout.signed;
  const appearance =
    request.appearance === "none"
      ? noAppearance()
      : scanAppearance(request.signer, request, layout.box, slot);
  const numbers = objectNumbers(layout);
  const parts = updateParts(layout, offset);
  const { catalog, page, form } = layout;
  parts.add(catalog.number, printDictionary(withForm(layout, numbers.form)), catalog.generation);
  parts.add(page.number, printDictionary(withAnnotation(layout, numbers.widget)), page.generation);
  parts.add(numbers.form, printDictionary(formEntries(layout, numbers.widget)), form?.generation);
  parts.add(numbers.widget, widget(layout, numbers, appearance));
  const drawing = appearance.objects(numbers.picture);
  drawing.forEach((body, index) => parts.add(numbers.picture + index, body));
  parts.add(numbers.signature, signatureDictionary(request));
  const bytes = parts.finish(numbers.picture + drawing.length);
  const contentsStart = bytes.indexOf("/Contents <") + "/Contents ".length;
  const contentsEnd = contentsStart + 2 * CONTENTS_BYTES + 2;
  const range = [0, offset + contentsStart, offset + contentsEnd, bytes.length - contentsEnd];
  bytes.write(byteRange(range), bytes.indexOf(byteRange([0, 0, 0, 0])), "latin1");
  return { bytes, contentsStart, contentsEnd };
}

interface ObjectNumbers {
  readonly form: number;
  readonly signature: number;
  readonly widget: number;
  /** First of the appearance's objects. */
  readonly picture: number;
}

/** An existing form keeps its number, so the catalog's reference stays true. */
function objectNumbers({ form, nextObject }: PdfLayout): ObjectNumbers {
  return {
    form: form?.number ?? nextObject + 2,
    signature: nextObject,
    widget: nextObject + 1,
    picture: nextObject + (form === undefined ? 3 : 2),
  };
}

function withForm(layout: PdfLayout, form: number): Dictionary {
  return new Map(layout.catalog.entries).set("AcroForm", `${form} ${layout.form?.generation ?? 0} R`);
}

function withAnnotation(layout: PdfLayout, widgetNumber: number): Dictionary {
  const all = `${layout.annotations} ${widgetNumber} 0 R`.trim();
  return new Map(layout.page.entries).set("Annots", `[${all}]`);
}

function formEntries(layout: PdfLayout, widgetNumber: number): Dictionary {
  const fields = [...layout.fields, `${widgetNumber} 0 R`];
  return new Map(layout.form?.entries).set("Fields", `[${fields.join(" ")}]`).set("SigFlags", "3");
}

/** /F 132 = print + locked; PDF/A wants print, and not hidden, invisible or no-view (ISO 19005-2 §6.3.2). */
function widget(layout: PdfLayout, numbers: ObjectNumbers, appearance: Appearance): string {
  const { page, fields } = layout;
  return (
    `<< /Type /Annot /Subtype /Widget /FT /Sig /T (SoHoa${fields.length + 1}) /V ${numbers.signature} 0 R /F 132 ` +
    `/Rect [${appearance.rectangle.join(" ")}] /P ${page.number} ${page.generation} R /AP << /N ${numbers.picture} 0 R >> >>`
  );
}

function signatureDictionary(request: AppendRequest): string {
  return (
    `<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (${pdfTime(request.at)}) ` +
    `/Name ${textString(signerName(request.signer))} ${byteRange([0, 0, 0, 0])} ` +
    `/Contents <${"0".repeat(2 * CONTENTS_BYTES)}> >>`
  );
}

/** Fixed width: the real numbers are written over the zeros once the offsets are known. */
function byteRange(numbers: readonly number[]): string {
  return `/ByteRange [${numbers.map((n, i) => String(n).padStart(i === 0 ? 1 : OFFSET_DIGITS)).join(" ")}]`;
}

/** PDF date in Vietnam's zone. */
function pdfTime(at: Date): string {
  const local = new Date(at.getTime() + 7 * 3_600_000).toISOString();
  return `D:${local.slice(0, 19).replaceAll(/[-:T]/gu, "")}+07'00'`;
}

async function copyHashing(source: FileWindow, target: FileHandle, name: HashName): Promise<Hash> {
  const hash = createHash(name);
  let at = 0;
  for await (const piece of source.stream(0, source.size)) {
    hash.update(piece);
    await target.write(piece, 0, piece.length, at);
    at += piece.length;
  }
  if (at !== source.size)
    throw new OperationalError("source_changed", "the file became shorter while copied");
  return hash;
}

function withContents(update: Update, cms: Buffer): Buffer {
  if (cms.length > CONTENTS_BYTES)
    throw new OperationalError("key_unreadable", "the certificate chain is too long for a signature");
  update.bytes.write(cms.toString("hex"), update.contentsStart + 1, "latin1");
  return update.bytes;
}
