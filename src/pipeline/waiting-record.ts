import type { Assembled, FileRef, PageSource, ReadPage, Signed } from "../domain/document.ts";
import type { WaitingRecord } from "../domain/ledger-port.ts";
import type { ObjectStore } from "../domain/ports.ts";

/** Raise it when the records of `domain/document.ts` change so that an older one cannot be taken for them. */
const VERSION = 1;

type Work = Assembled | Signed;

/** Sources are named once: a document of a thousand pages names each of its files twice on every page. */
interface Packed {
  readonly version: number;
  readonly files: readonly FileRef[];
  readonly scan: Omit<Work["scan"], "files" | "pages"> & {
    readonly files: readonly number[];
    readonly pages: readonly PackedSource[];
  };
  readonly pages: readonly (Omit<ReadPage, "source"> & { readonly source: PackedSource })[];
  /** Without paths: a workspace may move. */
  readonly pdf: StoredFile;
  readonly signed?: StoredFile;
  readonly rest: Pick<Work, "dossier" | "evidence" | "conformance" | "imageBytes"> & Partial<Signed>;
}

type PackedSource = Omit<PageSource, "file"> & { readonly file: number };
type StoredFile = Omit<FileRef, "path">;

/** True when a document has been signed. */
export function isSigned(document: Work): document is Signed {
  return "signed" in document;
}

/** What a waiting document leaves in the ledger, so that signing and delivery need neither its files nor its readings. */
export function packWaiting(document: Work): WaitingRecord {
  const files: FileRef[] = [];
  const places = new Map<string, number>();
  const place = (file: FileRef): number => {
    const key = `${file.sha256} ${file.path}`;
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, files.length);
    return files.push(file) - 1;
  };
  const source = (page: PageSource): PackedSource => ({ ...page, file: place(page.file) });
  const { scan, pages, pdf, ...rest } = document;
  const { signed, ...kept } = { signed: undefined, ...rest };
  const packed: Packed = {
    version: VERSION,
    scan: { ...scan, files: scan.files.map(place), pages: scan.pages.map(source) },
    pages: pages.map((page) => ({ ...page, source: source(page.source) })),
    pdf: withoutPath(pdf),
    ...(signed === undefined ? {} : { signed: withoutPath(signed) }),
    rest: kept,
    files,
  };
  return { stage: signed === undefined ? "assembled" : "signed", record: JSON.stringify(packed) };
}

const withoutPath = ({ path: _path, ...file }: FileRef): StoredFile => file;

/** The document as it was left, its files where the object store has them today; undefined: another version wrote it. */
export function unpackWaiting(
  { record }: WaitingRecord,
  { path }: Pick<ObjectStore, "path">,
): Work | undefined {
  const packed = parsed(record);
  if (packed?.version !== VERSION) return undefined;
  const { files, scan, pages, pdf, signed, rest } = packed;
  const file = (at: number): FileRef => {
    const found = files[at];
    if (found === undefined) throw new Error(`waiting record without file ${at}`);
    return found;
  };
  const source = (page: PackedSource): PageSource => ({ ...page, file: file(page.file) });
  const stored = (one: StoredFile): FileRef => ({ ...one, path: path(one.sha256) });
  return {
    ...rest,
    scan: { ...scan, files: scan.files.map(file), pages: scan.pages.map(source) },
    pages: pages.map((page) => ({ ...page, source: source(page.source) })),
    pdf: stored(pdf),
    ...(signed === undefined ? {} : { signed: stored(signed) }),
  } as Work;
}

function parsed(record: string): Packed | undefined {
  try {
    return JSON.parse(record) as Packed;
  } catch {
    return undefined;
  }
}
