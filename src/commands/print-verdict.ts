import type { LaterChange, SignatureInfo } from "../domain/document.ts";
import type { VerifyReport } from "../domain/ports.ts";
import type { BagFault } from "../targets/check-bag.ts";
import type { Io, Lang } from "../ui/io.ts";
import { createPaint, type Paint } from "../ui/paint.ts";
import { visible } from "../ui/visible.ts";
import { reasonSentence } from "../ui/words.ts";

/** What `sohoa verify` says of one file; printed as it is with `--json`. */
export interface FileVerdict {
  readonly type: "file";
  readonly file: string;
  readonly verdict: VerifyReport["verdict"];
  readonly signatures: readonly SignatureInfo[];
  readonly pdfa: string | null;
  /** Absent for files that were not given as a bag. */
  readonly bag?: readonly BagFault[];
  /** Why a file could not be judged. */
  readonly problem?: string;
}

export const VERDICTS = {
  valid: { vi: "HỢP LỆ", en: "VALID", exit: 0 },
  invalid: { vi: "KHÔNG HỢP LỆ", en: "INVALID", exit: 4 },
  undetermined: { vi: "CHƯA XÁC ĐỊNH", en: "UNDETERMINED", exit: 6 },
  unsigned: { vi: "KHÔNG CÓ CHỮ KÝ", en: "UNSIGNED", exit: 6 },
} as const;

const FAULTS = {
  not_a_bag: { vi: "không phải gói BagIt, thiếu", en: "not a bag, lacks" },
  missing: { vi: "thiếu tệp", en: "missing file" },
  changed: { vi: "tệp đã bị thay đổi", en: "file was changed" },
  unlisted: { vi: "tệp thừa", en: "file not listed" },
} as const;

const LABELS = {
  signed: { vi: "Ký lúc", en: "Signed" },
  proven: { vi: "Chứng minh", en: "Proven" },
  level: { vi: "Mức", en: "Level" },
  scope: { vi: "Phạm vi", en: "Covers" },
  revocation: { vi: "Thu hồi", en: "Revocation" },
  change: { vi: "Về sau", en: "Later" },
  reason: { vi: "Lý do", en: "Reason" },
  note: { vi: "Lưu ý", en: "Note" },
} as const;
const LABEL_WIDTH = 12;

const WORDS = {
  claimed: { vi: "theo lời người ký, chưa được chứng minh", en: "claimed, not proven" },
  stamped: { vi: "có dấu thời gian xác nhận", en: "by a time stamp" },
  whole: { vi: "phủ toàn tệp", en: "the whole file" },
  earlier: { vi: "phủ bản trước đó của tệp", en: "an earlier revision of the file" },
  good: { vi: "chưa bị thu hồi", en: "not revoked" },
  revoked: { vi: "ĐÃ BỊ THU HỒI", en: "REVOKED" },
  unknown: { vi: "chưa biết", en: "unknown" },
  forbidden: { vi: "KHÔNG được phép", en: "NOT permitted" },
} as const;

const CHANGES: Readonly<Record<LaterChange["kind"], { readonly vi: string; readonly en: string }>> = {
  signature: { vi: "ký thêm", en: "signed again" },
  time_stamp: { vi: "thêm dấu thời gian", en: "time-stamped" },
  validation_data: { vi: "thêm dữ liệu kiểm tra", en: "validation data added" },
  form_filled: { vi: "điền biểu mẫu", en: "form filled in" },
  annotation: { vi: "thêm hoặc đổi chú thích", en: "annotations changed" },
  metadata: { vi: "đổi siêu dữ liệu", en: "metadata changed" },
  content: { vi: "ĐỔI NỘI DUNG", en: "CONTENT CHANGED" },
};

/** One block a file and, below it, one a signature. */
export function printVerdict(
  { file, verdict, signatures, pdfa, bag, problem }: FileVerdict,
  lang: Lang,
  io: Io,
): void {
  const paint = createPaint(io.colour);
  io.out(`${painted(paint, verdict, lang)}  ${visible(file)}${pdfa === null ? "" : `  (${pdfa})`}\n`);
  if (problem !== undefined) io.out(`  ${reasonSentence(problem, lang)}\n`);
  for (const { kind, file: name } of bag ?? []) io.out(`  ${FAULTS[kind][lang]}: ${visible(name)}\n`);
  for (const [index, one] of signatures.entries()) {
    const test = one.test ? `  ${paint.warn("KÝ THỬ")}` : "";
    const who = one.signer === "" ? "—" : visible(one.signer);
    io.out(`  ${index + 1}. ${painted(paint, one.verdict, lang)}  ${paint.bold(who)}${test}\n`);
    for (const [label, text] of linesOf(one, lang))
      io.out(`     ${paint.dim(LABELS[label][lang].padEnd(LABEL_WIDTH))} ${visible(text)}\n`);
  }
}

function painted(paint: Paint, verdict: VerifyReport["verdict"], lang: Lang): string {
  const colour = { 0: paint.good, 4: paint.bad, 6: paint.warn }[VERDICTS[verdict].exit];
  return colour(VERDICTS[verdict][lang]);
}

function linesOf(one: SignatureInfo, lang: Lang): readonly (readonly [keyof typeof LABELS, string])[] {
  const { provenAt, revocation, changes = [], reasons, notes = [] } = one;
  const claimed = provenAt === undefined ? ` (${WORDS.claimed[lang]})` : "";
  return [
    ["signed", `${one.signedAt ?? "—"}${claimed}`],
    ...(provenAt === undefined ? [] : [["proven", `${provenAt} (${WORDS.stamped[lang]})`] as const]),
    ["level", [one.level, one.subFilter, one.digest].join(" · ")],
    ["scope", one.coversWholeFile ? WORDS.whole[lang] : WORDS.earlier[lang]],
    ...(revocation === undefined ? [] : [["revocation", WORDS[revocation][lang]] as const]),
    // Every further signing writes the metadata anew; once told is enough.
    ...[...new Set(changes.map((change) => changeText(change, lang)))].map(
      (text) => ["change", text] as const,
    ),
    ...reasons.map((reason) => ["reason", reason] as const),
    ...notes.map((note) => ["note", note] as const),
  ];
}

function changeText({ kind, allowed, detail }: LaterChange, lang: Lang): string {
  return `${CHANGES[kind][lang]}${allowed ? "" : ` – ${WORDS.forbidden[lang]}`}: ${detail}`;
}
