import type { Candidate, FileRef, Lane, PageSource, Scan } from "../domain/document.ts";
import { OperationalError } from "../domain/errors.ts";
import type { Imaging } from "../domain/page-ports.ts";
import type { PdfInfo, PdfTools } from "../domain/pdf-port.ts";

export interface InspectorParts {
  readonly probe: Imaging["probe"];
  readonly pdf: Pick<PdfTools, "inspect">;
  /** By content: scanners and mail programs put wrong endings on names. */
  readonly format: (path: string) => Promise<"pdf" | "image">;
}

interface Opened {
  readonly lane: Lane;
  readonly pages: readonly Omit<PageSource, "number">[];
  readonly repairs: readonly string[];
}

/**
 * Makes the function that opens a candidate's files and decides lane and pages. "Has any text" is not "is
 * searchable": signed scans carry captions, so each page is judged by itself.
 * Throws what the ports throw, `no_pages`, `manifest_row` (page range), and `unsupported_format` for PDFs that were
 * not scanned and carry no signature.
 */
export function createInspector(parts: InspectorParts): (candidate: Candidate) => Promise<Scan> {
  return async (candidate) => {
    const opened: Opened[] = [];
    for (const file of candidate.files) opened.push(await openFile(file, candidate, parts));
    const lane = laneOf(opened);
    const pages = opened.flatMap((file) => file.pages).map((page, at) => ({ ...page, number: at + 1 }));
    if (pages.length === 0) throw new OperationalError("no_pages");
    return { ...candidate, lane, pages, repairs: opened.flatMap((file) => file.repairs) };
  };
}

async function openFile(file: FileRef, { range }: Candidate, parts: InspectorParts): Promise<Opened> {
  if ((await parts.format(file.path)) === "pdf")
    return openPdf(file, await parts.pdf.inspect(file.path), range);
  const { frames } = await parts.probe(file.path);
  const pages = Array.from(
    { length: frames },
    (_, index) => ({ file, index, kind: "image", hasText: false }) as const,
  );
  return { lane: "built", pages: within(pages, range), repairs: [] };
}

function openPdf(file: FileRef, info: PdfInfo, range: Candidate["range"]): Opened {
  const lane = info.signatures > 0 ? "preserved" : "built";
  if (lane === "preserved" && range !== undefined) {
    throw new OperationalError(
      "manifest_row",
      "PDF đã ký không cắt được, hãy ghi cả tệp / a signed PDF cannot be cut; list the whole file",
    );
  }
  const all = info.pages.map(({ kind }, index) => {
    return { file, index, kind: "pdf", hasText: kind === "text" || kind === "mixed" } as const;
  });
  const pages = within(all, range);
  const written = pages.find(({ hasText }) => hasText);
  if (lane === "built" && written !== undefined) {
    const detail = `trang ${written.index + 1} đã có chữ: chưa nhận PDF soạn bằng máy tính mà chưa ký / page ${written.index + 1} holds text already: born-digital and mixed PDFs are not handled yet`;
    throw new OperationalError("unsupported_format", detail);
  }
  return { lane, pages, repairs: info.repairs };
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

/** Signed bytes stay as they are, so a signed file cannot be a part of a document made of several. */
function laneOf(opened: readonly Opened[]): Lane {
  const signed = opened.some(({ lane }) => lane === "preserved");
  if (signed && opened.length > 1) {
    throw new OperationalError(
      "unsupported_format",
      "PDF đã ký lẫn trong ảnh trang, hãy để riêng / a signed PDF among page images; list it by itself",
    );
  }
  return signed ? "preserved" : "built";
}
