import type { Candidate, Lane, PageSource, Scan } from "../domain/document.ts";
import { OperationalError } from "../domain/errors.ts";
import type { Imaging } from "../domain/page-ports.ts";
import type { PdfTools } from "../domain/pdf-port.ts";
import { lastFew } from "./last-few.ts";
import { layTogether } from "./lay-together.ts";

export interface InspectorParts {
  readonly probe: Imaging["probe"];
  readonly pdf: Pick<PdfTools, "inspect">;
  /** By content: scanners and mail programs put wrong endings on names. */
  readonly format: (path: string) => Promise<"pdf" | "image">;
  /** Where a double-page spread folds, see `Imaging.fold`; given only when spreads are to be divided. */
  readonly fold?: (page: PageSource) => Promise<number | undefined>;
}

/** A page as its file holds it; `written`: text that people typed, `partly` beside scanned text. */
interface Leaf {
  readonly index: number;
  readonly kind: PageSource["kind"];
  readonly written: "no" | "partly" | "wholly";
  /** May be a spread. Of image files only the pixels tell. */
  readonly wide: boolean;
}

interface Opened {
  readonly leaves: readonly Leaf[];
  readonly signatures: number;
  readonly attachments: boolean;
  readonly bookmarks: boolean;
  readonly repairs: readonly string[];
}

type LaidLeaf = Leaf & Pick<PageSource, "file">;
type UnnumberedPage = Omit<PageSource, "number">;

/** The papers of a stack open its files one after the other: files of so many pages are remembered, and so many folds. */
const REMEMBERED_PAGES = 20_000;

/**
 * Makes the function that opens a candidate's files and decides lane and pages. "Has any text" is not "is
 * searchable": signed scans carry captions, so each page is judged by itself. A page range counts the pages of all
 * files as they are laid together, before spreads are divided.
 * Throws what the ports throw, `no_pages`, `duplex_mismatch`, `manifest_row` (page range), and `unsupported_format`
 * for a signed or born-digital PDF among the files of one document.
 */
export function createInspector(parts: InspectorParts): (candidate: Candidate) => Promise<Scan> {
  const files = lastFew<Opened>(REMEMBERED_PAGES, ({ leaves }) => leaves.length);
  const divide = divider(parts);
  return async (candidate) => {
    const opened: Opened[] = [];
    const leaves: LaidLeaf[][] = [];
    for (const file of candidate.files) {
      const one = await files(`${file.sha256} ${file.path}`, () => openFile(file.path, parts));
      opened.push(one);
      leaves.push(one.leaves.map((leaf) => ({ ...leaf, file })));
    }
    const laid = layTogether(leaves, candidate.duplex);
    if (laid.length === 0) throw new OperationalError("no_pages");
    const own = within(laid, candidate.range);
    const lane = laneOf(opened, own, candidate);
    const pages =
      lane === "built" ? trimmed(await divide(own), candidate.range) : own.map((leaf) => pageOf(leaf, lane));
    const repairs = opened.flatMap((file) => file.repairs);
    const left = opened.flatMap((file) => leftBehind(file, lane, candidate));
    const numbered = pages.map((page, at) => ({ ...page, number: at + 1 }));
    return { ...candidate, lane, pages: numbered, repairs, ...(left.length > 0 && { leftBehind: left }) };
  };
}

async function openFile(path: string, parts: InspectorParts): Promise<Opened> {
  if ((await parts.format(path)) === "pdf") {
    const { pages, ...facts } = await parts.pdf.inspect(path);
    const leaves = pages.map(({ kind, widthPt, heightPt }, index) => {
      const written = kind === "text" ? "wholly" : kind === "mixed" ? "partly" : "no";
      return { index, kind: "pdf", written, wide: widthPt > heightPt } as const;
    });
    return { leaves, ...facts };
  }
  const { frames } = await parts.probe(path);
  const leaves = Array.from(
    { length: frames },
    (_, index) => ({ index, kind: "image", written: "no", wide: true }) as const,
  );
  return { leaves, signatures: 0, attachments: false, bookmarks: false, repairs: [] };
}

function within<T>(pages: readonly T[], range: Candidate["range"]): readonly T[] {
  if (range === undefined) return pages;
  if (range.last > pages.length) {
    throw new OperationalError(
      "manifest_row",
      `tệp chỉ có ${pages.length} trang / page ${range.last} is asked of ${pages.length}`,
    );
  }
  return pages.slice(range.first - 1, range.last);
}

/** The halves of spreads at either end that belong to the papers before and behind. */
function trimmed(pages: readonly UnnumberedPage[], range: Candidate["range"]): readonly UnnumberedPage[] {
  const from = range?.from === "right" && pages[0]?.half?.side === "left" ? 1 : 0;
  const to = range?.to === "left" && pages.at(-1)?.half?.side === "right" ? -1 : undefined;
  return pages.slice(from, to);
}

/** Bytes that are kept cannot be a part of a document made of several files, nor can signed ones be cut. */
function laneOf(opened: readonly Opened[], pages: readonly Leaf[], { range }: Candidate): Lane {
  if (opened.some(({ signatures }) => signatures > 0)) {
    if (opened.length > 1) {
      throw new OperationalError(
        "unsupported_format",
        "PDF đã ký lẫn trong các tệp của một tài liệu, hãy để riêng / a signed PDF among the files of one document; list it by itself",
      );
    }
    if (range === undefined) return "preserved";
    throw new OperationalError(
      "manifest_row",
      "PDF đã ký không cắt được, hãy ghi cả tệp / a signed PDF cannot be cut; list the whole file",
    );
  }
  const written = pages.findIndex((page) => page.written !== "no") + 1;
  // Files inside a scan go on with it; a new PDF would not have them.
  if (written === 0 && opened.length === 1 && range === undefined && opened[0]?.attachments === true)
    return "augmented";
  if (written === 0) return "built";
  if (opened.length === 1) return "augmented";
  throw new OperationalError(
    "unsupported_format",
    `trang ${written} đã có chữ: PDF soạn bằng máy lẫn trong các tệp của một tài liệu, hãy để riêng / page ${written} holds text already: a born-digital PDF among the files of one document; list it by itself`,
  );
}

/** What the new document lacks of its source; said so that nobody throws the source away. */
function leftBehind({ attachments, bookmarks }: Opened, lane: Lane, { range }: Candidate): readonly string[] {
  if (lane === "preserved" || (lane === "augmented" && range === undefined)) return [];
  return [
    ...(attachments ? ["tệp đính kèm chỉ còn trong bản gốc / attached files are left in the source"] : []),
    ...(bookmarks ? ["dấu trang chỉ còn trong bản gốc / bookmarks are left in the source"] : []),
  ];
}

/** Of a page partly written the scanned rest is read too; a signed file gets no text, so what it has must do. */
function pageOf({ file, index, kind, written }: LaidLeaf, lane: Lane): UnnumberedPage {
  const hasText = written === "wholly" || (written === "partly" && lane === "preserved");
  return { file, index, kind, hasText };
}

/** Divides double-page spreads where that is asked for: left before right, as Vietnamese is read. */
function divider({ fold }: InspectorParts): (leaves: readonly LaidLeaf[]) => Promise<UnnumberedPage[]> {
  const folds = lastFew<number | undefined>(REMEMBERED_PAGES, () => 1);
  return async (leaves) => {
    const pages: UnnumberedPage[] = [];
    for (const leaf of leaves) {
      const page = pageOf(leaf, "built");
      const ask = async () => fold?.({ ...page, number: 1 });
      const at = leaf.wide ? await folds(`${page.file.sha256} ${page.index}`, ask) : undefined;
      if (at === undefined) pages.push(page);
      else pages.push({ ...page, half: { side: "left", at } }, { ...page, half: { side: "right", at } });
    }
    return pages;
  };
}
