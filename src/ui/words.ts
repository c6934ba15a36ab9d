import type { Role } from "../domain/document.ts";
import { ERRORS, type ErrorCode } from "../domain/errors.ts";
import type { State } from "../domain/outcome.ts";
import type { Lang } from "./io.ts";

type Words = Readonly<Record<Lang, string>>;

const STATE_WORDS: Readonly<Record<State, Words>> = {
  pending: { vi: "đang chờ", en: "pending" },
  delivered: { vi: "đã nộp kho", en: "delivered" },
  duplicate: { vi: "trùng", en: "duplicate" },
  split: { vi: "đã tách thành các giấy tờ", en: "split into papers" },
  skipped: { vi: "bỏ qua có lý do", en: "skipped with a reason" },
  unsigned: { vi: "chờ ký", en: "waits for a signature" },
  undelivered: { vi: "chờ nộp kho", en: "waits for delivery" },
  held: { vi: "chờ người xử lý", en: "held for a person" },
  quarantined: { vi: "cách ly (mật)", en: "quarantined (secret)" },
  failed: { vi: "hỏng", en: "failed" },
};

export function stateWord(state: State, lang: Lang): string {
  return STATE_WORDS[state][lang];
}

export function roleWord(role: Role, lang: Lang): string {
  return ROLE_WORDS[role][lang];
}

const ROLE_WORDS: Readonly<Record<Role, Words>> = {
  component: { vi: "thành phần hồ sơ", en: "component" },
  result: { vi: "kết quả", en: "result" },
};

/** The sentence of a reason word, or the word itself when nobody has one. Rules give skip reasons theirs, as the law words it. */
export function reasonSentence(
  reason: string,
  lang: Lang,
  skipReasons: Readonly<Record<string, string>> = {},
): string {
  if (reason === "bug") return BUG[lang];
  if (reason === "superseded") return SUPERSEDED[lang];
  if (Object.hasOwn(ERRORS, reason)) return ERRORS[reason as ErrorCode][lang];
  return Object.hasOwn(skipReasons, reason) ? (skipReasons[reason] ?? reason) : reason;
}

const SUPERSEDED: Words = {
  vi: "đã có cùng giấy tờ dưới mã hồ sơ",
  en: "the same paper lies under a dossier code",
};

const BUG: Words = {
  vi: "Lỗi của chương trình sohoa; hãy báo lại kèm mã tài liệu và dòng lỗi.",
  en: "A fault in sohoa itself; report it with the document id and the error line.",
};

/** Findings that do not stop a document; the number of pages follows. */
const FINDING_WORDS: Readonly<Record<string, Words>> = {
  blank: { vi: "trang trắng (giữ nguyên)", en: "blank pages (kept)" },
  low_resolution: {
    vi: "trang có độ phân giải thấp hơn cấu hình quét",
    en: "pages below the profile's resolution",
  },
  not_colour: { vi: "trang không phải ảnh màu", en: "pages not in colour" },
  no_resolution: {
    vi: "trang không ghi độ phân giải tin được (tính theo khổ giấy)",
    en: "pages without a plausible resolution (taken from the paper format)",
  },
  cut_edge: { vi: "trang có chữ chạm mép ảnh", en: "pages with text cut at an edge" },
  blurred: { vi: "trang bị nhòe", en: "blurred pages" },
  too_dark: { vi: "trang gần như đen", en: "pages nearly black" },
  washed_out: { vi: "trang quá nhạt", en: "washed-out pages" },
  dropped_blank: { vi: "trang trắng đã bỏ (--drop-blank)", en: "blank pages left out (--drop-blank)" },
  unsure_turn: { vi: "trang không rõ chiều đứng", en: "pages of unsure orientation" },
  page_count: {
    vi: "tài liệu có số trang khác số đã khai",
    en: "documents with more or fewer pages than stated",
  },
  missing_sheet: {
    vi: "tập giấy thiếu tờ phân cách hoặc hồ sơ so với số đã khai",
    en: "stacks with fewer sheets or dossiers than expected",
  },
  changed_turn: { vi: "trang đã xoay cho đứng (không mất dữ liệu)", en: "pages set upright (lossless)" },
  changed_perspective: { vi: "trang chụp đã nắn phẳng", en: "photographed pages flattened" },
  changed_light: { vi: "trang chụp đã cân sáng", en: "photographed pages with light evened" },
  changed_borders: { vi: "trang đã xóa viền đen", en: "pages with black borders removed" },
  changed_holes: { vi: "trang đã lấp lỗ đục", en: "pages with punch holes filled" },
  changed_despeckle: { vi: "trang đã lọc đốm", en: "pages cleared of specks" },
  changed_deskew: { vi: "trang đã nắn nghiêng", en: "pages straightened" },
  no_text: { vi: "trang có mực nhưng không đọc được chữ nào", en: "pages with ink and not one word read" },
  low_confidence: { vi: "trang có độ tin cậy nhận dạng thấp", en: "pages read with low confidence" },
  also_delivered: {
    vi: "tài liệu đã nộp kho cả dưới mã hồ sơ khác (xem sohoa show TỆP; nếu mã trước sai, hãy thu hồi gói cũ)",
    en: "documents delivered under another dossier too (see sohoa show FILE; if that code was wrong, take its bag back)",
  },
  unverified: {
    vi: "tài liệu có mã hồ sơ chưa đối chiếu (danh mục còn trống)",
    en: "documents whose dossier code was not checked (the register is empty)",
  },
  left_behind: {
    vi: "phần chỉ còn trong bản gốc (tệp đính kèm, dấu trang)",
    en: "things left in the source (attached files, bookmarks)",
  },
  needs_run: {
    vi: "tài liệu phải chạy lại sohoa run trước khi ký hoặc nộp (bản chờ do phiên bản khác ghi)",
    en: "documents that must be run again before they are signed or delivered (another version left them)",
  },
  revocation_unknown: {
    vi: "chữ ký mà lúc ký chưa hỏi được chứng thư có bị thu hồi không",
    en: "signatures made while nobody could say whether the certificate was revoked",
  },
  box_crowded: {
    vi: "chữ ký có khung đè lên mã QR hoặc chữ ký khác vì trang 1 không còn chỗ trống",
    en: "signatures whose box lies over a QR code or another signature, page 1 having no free place",
  },
  repaired: { vi: "tệp hỏng nhẹ đã được sửa khi đọc", en: "damaged files repaired while reading" },
};

export function findingWord(finding: string, lang: Lang): string {
  return FINDING_WORDS[finding]?.[lang] ?? finding;
}

/** What an exit code of a whole run means, for the last line people read. */
const EXIT_WORDS: Readonly<Record<number, Words>> = {
  0: { vi: "xong, không còn việc", en: "finished, everything clean" },
  1: { vi: "xong, nhưng sohoa có lỗi", en: "finished, but sohoa has a bug" },
  2: { vi: "sai lệnh hoặc cấu hình; chưa làm gì", en: "wrong usage or settings; nothing was done" },
  3: {
    vi: "dừng vì lỗi môi trường; sửa rồi chạy lại",
    en: "stopped by the environment; mend it and run again",
  },
  4: { vi: "xong, có tệp hỏng hẳn", en: "finished, some items failed for good" },
  5: { vi: "xong, có tệp lỗi tạm thời; hãy chạy lại", en: "finished, some items failed for now; run again" },
  6: { vi: "xong, có tài liệu chờ người xử lý", en: "finished, some items wait for a person" },
  7: {
    vi: "dừng: khóa ký, chứng thư hoặc kho từ chối; sửa rồi chạy lại",
    en: "stopped: key, certificate or warehouse refuses; mend it and run again",
  },
  10: { vi: "hết thời hạn hoặc giới hạn, còn việc", en: "deadline or limit reached, work left" },
  130: { vi: "đã ngắt; chạy lại để tiếp tục", en: "interrupted; run again to continue" },
  143: { vi: "đã ngắt; chạy lại để tiếp tục", en: "interrupted; run again to continue" },
};

export function exitSentence(code: number, lang: Lang): string {
  return EXIT_WORDS[code]?.[lang] ?? `exit ${code}`;
}

/** `1.234` for Vietnamese, `1,234` for English. */
export function count(value: number, lang: Lang): string {
  return Math.round(value)
    .toString()
    .replaceAll(/\B(?=(?:\d{3})+$)/gu, lang === "vi" ? "." : ",");
}

/** Whole minutes and seconds, or hours and minutes: `3:05`, `1 giờ 20 phút`. */
export function duration(seconds: number, lang: Lang): string {
  if (!Number.isFinite(seconds)) return "—";
  if (seconds < 3600) {
    const whole = Math.round(seconds);
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  }
  const minutes = Math.round(seconds / 60);
  return lang === "vi"
    ? `${Math.floor(minutes / 60)} giờ ${minutes % 60} phút`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
