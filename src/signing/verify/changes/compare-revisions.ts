import type { PdfDict } from "../../../pdf-syntax/objects.ts";
import type { PdfFile } from "../../../pdf-syntax/pdf-file.ts";
import { readFields } from "../form-fields.ts";
import { compareForm } from "./compare-form.ts";
import { comparePages } from "./compare-pages.ts";
import { comparePageTree } from "./compare-page-tree.ts";
import { setAnchors } from "./anchors.ts";
import { findUnreachable, type Unreachable } from "./unreachable.ts";
import { type Change, compareFiles, type Comparison } from "./comparison.ts";
import { differingKeys, same } from "./strict.ts";

/** What one revision did, and whether it did anything that a reader of the document could come upon. */
export interface Differences {
  readonly changes: readonly Change[];
  /** It redefined or brought objects that nothing in the document leads to. */
  readonly unreachable: Unreachable | undefined;
}

/**
 * Compares a revision with the one before it: catalog, pages, form, annotations, and all that hangs on them. What is not
 * known to be harmless counts as a change of content. Throws `PdfDamage`, and `unreadable` when it takes too long.
 */
export function compareRevisions(before: PdfFile, after: PdfFile): Differences {
  const comparison = compareFiles(before, after);
  const [old, now] = [catalogOf(before), catalogOf(after)];
  const fields = { before: readFields(before), after: readFields(after) };
  setAnchors(comparison, fields.before);
  comparePageTree(comparison);
  comparePages(comparison, fields);
  compareForm(comparison, fields, old, now);
  compareCatalog(comparison, old, now);
  compareInfo(comparison);
  return {
    changes: comparison.changes,
    unreachable: findUnreachable(comparison),
  };
}

function catalogOf(file: PdfFile): PdfDict {
  return file.dict(file.trailer.entries.get("Root"));
}

/** Compared elsewhere, or without a meaning for what is shown. */
const ELSEWHERE = new Set(["AcroForm", "Extensions", "Pages", "Type", "Version"]);
const METADATA = new Set([
  "Lang",
  "LastModified",
  "MarkInfo",
  "Metadata",
  "PageLayout",
  "PageMode",
  "PieceInfo",
  "ViewerPreferences",
]);

function compareCatalog(comparison: Comparison, old: PdfDict, now: PdfDict): void {
  const rest = ({ entries }: PdfDict): PdfDict => ({
    kind: "dict",
    entries: new Map([...entries].filter(([key]) => !ELSEWHERE.has(key))),
  });
  for (const key of differingKeys(comparison, rest(old), rest(now)))
    comparison.changes.push(catalogChange(comparison, key, old, now));
}

function catalogChange({ before, after }: Comparison, key: string, old: PdfDict, now: PdfDict): Change {
  if (key === "DSS")
    return { kind: "validation_data", need: 0, detail: "dữ liệu kiểm tra dài hạn (validation data)" };
  if (METADATA.has(key)) return { kind: "metadata", need: 0, detail: "siêu dữ liệu (metadata)" };
  // Signing a tagged document adds the new field to the structure tree.
  if (key === "StructTreeRoot") return { kind: "metadata", need: 2, detail: "cấu trúc thẻ (structure tree)" };
  if (
    key === "Perms" &&
    before.get(old, "Perms") === null &&
    after.dict(now.entries.get(key)).entries.size > 0
  )
    return { kind: "signature", need: 2, detail: "quyền của chữ ký chứng nhận (permissions)" };
  if (key === "Names") return content("tên, JavaScript hoặc tệp đính kèm (names, JavaScript or attachments)");
  if (key === "OpenAction" || key === "AA") return content("hành động tự chạy (automatic action)");
  if (key === "OCProperties") return content("lớp hiển thị (layers)");
  return content(`mục ${printable(key)} của tài liệu (catalog entry)`);
}

function content(detail: string): Change {
  return { kind: "content", need: 9, detail };
}

/** Names come from the file; only plain ones are shown. */
function printable(key: string): string {
  return /^[\w.-]{1,40}$/u.test(key) ? `/${key}` : "/?";
}

function compareInfo(comparison: Comparison): void {
  const { before, after, changes } = comparison;
  const known = changes.some(({ kind }) => kind === "metadata");
  if (known || same(comparison, before.trailer.entries.get("Info"), after.trailer.entries.get("Info")))
    return;
  changes.push({ kind: "metadata", need: 0, detail: "siêu dữ liệu (metadata)" });
}
