import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { isOperational } from "../../domain/errors.ts";
import { PdfDamage } from "../../pdf-syntax/damage.ts";
import type { PdfDict, PdfObject, PdfRef } from "../../pdf-syntax/objects.ts";
import { isKind } from "../../pdf-syntax/objects.ts";
import type { ValidationData } from "../pki/parts.ts";
import type { Draft, Revision } from "./draft.ts";
import type { PdfLayout } from "./pdf-layout.ts";
import { dict, name } from "./signature-field.ts";

/** What one signature or time stamp of the file needs to be judged later. */
export interface SignatureProof {
  /** Value of its /Contents, padding included: whose SHA-1 names its entry in /VRI. */
  readonly contents: Buffer;
  readonly data: ValidationData;
}

/** Members of ValidationData, and their names in the DSS and in a VRI entry (ETSI EN 319 142-1 §5.4.2). */
const KINDS = [
  ["certificates", "Certs", "Cert"],
  ["ocsps", "OCSPs", "OCSP"],
  ["crls", "CRLs", "CRL"],
] as const;

/** Writes /DSS, or adds to the one there is. Returns whether there was anything to add. */
export function addValidationData(
  draft: Draft,
  revision: Revision,
  { catalog }: PdfLayout,
  proofs: readonly SignatureProof[],
): boolean {
  const root = draft.dict(catalog);
  const given = root.entries.get("DSS");
  const old = draft.dict(given);
  const entries = new Map(old.entries);
  const vri = new Map(draft.dict(old.entries.get("VRI")).entries);
  const lists = KINDS.map(([kind, list, own]) => ({
    kind,
    list,
    own,
    items: keepList(draft, revision, old, list),
  }));
  let added = false;
  for (const { contents, data } of proofs) {
    const key = entryName(contents);
    const before = draft.dict(vri.get(key));
    const entry = new Map(before.entries);
    for (const { kind, own, items } of lists) {
      const refs = data[kind].map((der) => items.refOf(der));
      const merged = merge(draft.array(entry.get(own)), refs);
      if (merged.length > draft.array(entry.get(own)).length) added = true;
      if (merged.length > 0) entry.set(own, { kind: "array", items: merged });
    }
    if (entry.size > 0) vri.set(key, { kind: "dict", entries: entry });
  }
  if (!added) return false;
  for (const { list, items } of lists)
    if (items.all.length > 0) entries.set(list, { kind: "array", items: items.all });
  entries.set("Type", name("DSS")).set("VRI", { kind: "dict", entries: vri });
  writeStore(draft, revision, catalog, entries);
  return true;
}

/** Whether the file's store has an entry for the signature with these /Contents. */
export function isProven(draft: Draft, { catalog }: PdfLayout, contents: Buffer): boolean {
  const store = draft.dict(draft.dict(catalog).entries.get("DSS"));
  return draft.dict(store.entries.get("VRI")).entries.has(entryName(contents));
}

function entryName(contents: Buffer): string {
  return createHash("sha1").update(contents).digest("hex").toUpperCase();
}

interface KeptList {
  readonly all: PdfObject[];
  refOf(der: Buffer): PdfRef;
}

/** A list of the store; what it holds already is not written again. */
function keepList(draft: Draft, revision: Revision, store: PdfDict, key: string): KeptList {
  const all = [...draft.array(store.entries.get(key))];
  const known = new Map<string, PdfRef>();
  for (const item of all) {
    const bytes = isKind(item, "ref") ? streamBytes(draft, item) : undefined;
    if (bytes !== undefined && isKind(item, "ref")) known.set(fingerprint(bytes), item);
  }
  return {
    all,
    refOf(der) {
      const print = fingerprint(der);
      const old = known.get(print);
      if (old !== undefined) return old;
      const ref = revision.reserve();
      revision.putPrinted(ref, stream(der));
      known.set(print, ref);
      all.push(ref);
      return ref;
    },
  };
}

/** Undefined for what cannot be read: it stays in its list all the same. */
function streamBytes(draft: Draft, ref: PdfRef): Buffer | undefined {
  try {
    const value = draft.resolve(ref);
    return isKind(value, "stream") ? draft.file.decode(value).bytes : undefined;
  } catch (error) {
    if (error instanceof PdfDamage || isOperational(error)) return undefined;
    throw error;
  }
}

/** CRLs of state CAs have megabytes and shrink to a third; certificates hardly shrink. */
function stream(der: Buffer): Buffer {
  const packed = deflateSync(der);
  const shorter = packed.length < der.length * 0.9;
  const body = shorter ? packed : der;
  const head = `<< ${shorter ? "/Filter /FlateDecode " : ""}/Length ${body.length} >>\nstream\n`;
  return Buffer.concat([Buffer.from(head), body, Buffer.from("\nendstream")]);
}

function merge(old: readonly PdfObject[], refs: readonly PdfRef[]): PdfObject[] {
  const numbers = new Set(old.map((item) => (isKind(item, "ref") ? item.num : -1)));
  return [...old, ...refs.filter(({ num }) => !numbers.has(num) && numbers.add(num))];
}

function writeStore(
  draft: Draft,
  revision: Revision,
  catalog: PdfRef,
  entries: ReadonlyMap<string, PdfObject>,
): void {
  const root = draft.dict(catalog);
  const changed = new Map(root.entries);
  const given = root.entries.get("DSS");
  const store = isKind(given, "ref") ? given : revision.reserve();
  revision.put(store, entries);
  changed.set("DSS", store);
  const extensions = draft.dict(root.entries.get("Extensions"));
  const told = extensions.entries.has("ESIC") || isPdf2(draft);
  if (!told)
    changed.set("Extensions", { kind: "dict", entries: new Map(extensions.entries).set("ESIC", ESIC) });
  if (!told || !isKind(given, "ref")) revision.put(catalog, changed);
}

/** What a PDF 1.7 must say to use the DSS (the ETSI extension of level 5); PDF 2.0 knows it. */
const ESIC = dict([
  ["BaseVersion", name("1.7")],
  ["ExtensionLevel", 5],
]);

function isPdf2({ file }: Draft): boolean {
  return file.source.read(0, 8).toString("latin1").startsWith("%PDF-2");
}

function fingerprint(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("base64");
}
