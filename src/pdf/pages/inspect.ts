import { setImmediate } from "node:timers/promises";
import { OperationalError } from "../../domain/errors.ts";
import type { PdfInfo, PdfPageInfo } from "../../domain/pdf-port.ts";
import type { OpenDocument } from "../outside/open-document.ts";
import { extrasOf } from "./extras.ts";
import { pageInfo } from "./page-kind.ts";
import { countSignatures } from "./signatures.ts";

/** 600 pages with a text layer take a second; other documents' work must not wait for it. */
const PAGES_AT_ONCE = 16;
/** Each page alone is limited by the reader's budget; this is for all of them. */
const MAX_MS = 60_000;

/** What the lane is decided by. Throws `no_pages`, `encrypted`, `unsupported_format`, `unreadable`, `too_large`. */
export async function inspect(document: OpenDocument): Promise<PdfInfo> {
  const { file } = document;
  if (document.pages.length === 0) throw new OperationalError("no_pages");
  const signatures = countSignatures(file, document.pages, document.original);
  const pages: PdfPageInfo[] = [];
  let spent = 0;
  for (const page of document.pages) {
    const start = performance.now();
    file.budget.renew();
    pages.push(pageInfo(file, page));
    spent += performance.now() - start;
    if (spent > MAX_MS) throw new OperationalError("unreadable", "it takes too long to read");
    if (pages.length % PAGES_AT_ONCE === 0) await setImmediate();
  }
  // A signed file is kept as it is, so neither a ban on changes nor a form of another kind concerns it.
  const { attachments, bookmarks } = extrasOf(file, document.pages);
  if (signatures === 0) {
    obeyPermissions(document, pages, attachments);
    refuseWrappers(document);
  }
  return { pages, signatures, attachments, bookmarks, repairs: document.repairs };
}

/** Bits of /P (ISO 32000-1, table 22): the contents may be changed; text and graphics may be taken out. */
const MAY_MODIFY = 1 << 3;
const MAY_EXTRACT = 1 << 4;

/**
 * Scans are read into a new PDF, for which the right to take out text and graphics is enough. Pages of text go on as they
 * are, with something added: that is a change. The owner's password lifts both. Bit 10 (reading aloud) gives no right here.
 */
function obeyPermissions(
  { permissions }: OpenDocument,
  pages: readonly PdfPageInfo[],
  attachments: boolean,
): void {
  if (permissions === undefined || (permissions & MAY_MODIFY) !== 0) return;
  const allScans = !attachments && pages.every(({ kind }) => kind === "scan" || kind === "empty");
  if (!allScans || (permissions & MAY_EXTRACT) === 0) throw new OperationalError("encrypted");
}

/**
 * The pages of a dynamic XFA form and of a portfolio only say which program to open them with: what people see lies in an
 * XML or in attached files, and would be lost without a word.
 */
function refuseWrappers({ file }: OpenDocument): void {
  const catalog = file.dict(file.trailer.entries.get("Root"));
  if (file.get(catalog, "NeedsRendering") === true)
    throw new OperationalError("unsupported_format", "XFA: hãy in ra PDF / print it to PDF");
  if (catalog.entries.has("Collection"))
    throw new OperationalError(
      "unsupported_format",
      "PDF portfolio: hãy lưu riêng từng tệp / save its files one by one",
    );
}
