import {
  type ErrorDefinition,
  failed,
  later,
  held,
  usage,
  environment,
  refusal,
} from "./error-definition.ts";

/** Every failure we expect; the document codes are the reason words of the contract. Anything else thrown is a bug. */
export const ERRORS = {
  unsupported_format: failed(
    "Định dạng chưa được hỗ trợ; hãy quét hoặc xuất lại thành PDF, TIFF, JPEG hay PNG.",
    "Format not supported; scan or export it again as PDF, TIFF, JPEG or PNG.",
  ),
  unreadable: failed("Không đọc được tệp; hãy quét lại.", "The file cannot be read; scan it again."),
  truncated: failed(
    "Tệp bị cắt cụt; hãy sao chép hoặc quét lại.",
    "The file is cut short; copy or scan it again.",
  ),
  encrypted: failed(
    "PDF bị khóa chỉnh sửa; hãy xuất lại bản không khóa.",
    "The PDF forbids changes; export it again without protection.",
  ),
  password_needed: failed(
    "PDF có mật khẩu; hãy ghi mật khẩu vào tệp và dùng --password-file, hoặc lưu lại bản không có mật khẩu.",
    "The PDF needs a password; put it into a file for --password-file, or save a copy without one.",
  ),
  too_large: failed(
    "Trang hoặc tệp vượt giới hạn; hãy quét lại ở độ phân giải thấp hơn hoặc chia nhỏ tệp.",
    "Page or file over the limit; scan at a lower resolution or split the file.",
  ),
  no_pages: failed("Tệp không có trang nào; hãy quét lại.", "The file has no pages; scan it again."),
  low_resolution: held(
    "Độ phân giải thấp hơn cấu hình quét; hãy quét lại.",
    "Resolution below the scan profile; scan it again.",
  ),
  not_colour: held(
    "Bản quét không phải ảnh màu; hãy quét lại ở chế độ màu.",
    "The scan is not in colour; scan it again in colour.",
  ),
  cut_edge: held(
    "Chữ chạm mép ảnh, trang có thể bị cắt; hãy quét lại.",
    "Text touches the edge, the page may be cut; scan it again.",
  ),
  blurred: held("Trang bị nhòe; hãy quét lại.", "The page is blurred; scan it again."),
  too_dark: held(
    "Trang gần như đen; hãy quét lại sáng hơn.",
    "The page is nearly black; scan it again, brighter.",
  ),
  washed_out: held("Trang quá nhạt; hãy quét lại đậm hơn.", "The page is washed out; scan it again, darker."),
  blank: held(
    "Cả tài liệu là trang trắng; hãy kiểm tra bản giấy.",
    "All pages are blank; look at the paper.",
  ),
  page_count: held(
    "Số trang không khớp số trang đã khai; hãy kiểm tra bản giấy.",
    "The pages are not as many as were stated; look at the paper.",
  ),
  missing_sheet: held(
    "Thiếu tờ phân cách: tài liệu có thể lẫn giấy tờ của hồ sơ khác; hãy kiểm tra và quét lại.",
    "A separator sheet was not found: papers of another dossier may be among these; check and scan again.",
  ),
  duplex_mismatch: failed(
    "Số trang mặt trước và mặt sau khác nhau; hãy quét lại đủ hai mặt.",
    "Fronts and backs are not equally many; scan both sides again.",
  ),
  page_timeout: later(
    "Nhận dạng một trang quá thời gian; hãy chạy lại hoặc tăng ocr.pageTimeout.",
    "A page took too long to recognise; run again or raise ocr.pageTimeout.",
  ),
  engine_died: later(
    "Bộ nhận dạng dừng đột ngột hai lần ở một trang; hãy chạy lại.",
    "The recogniser died twice on one page; run again.",
  ),
  no_dossier: held(
    "Không tìm thấy mã hồ sơ; hãy đặt tệp vào thư mục mang mã hồ sơ hoặc ghi vào bảng kê.",
    "No dossier code; put the file into a folder named by its code or list it in a manifest.",
  ),
  ambiguous_dossier: held(
    "Có nhiều mã hồ sơ khác nhau; hãy ghi mã đúng vào bảng kê.",
    "Dossier codes disagree; state the right one in a manifest.",
  ),
  unknown_dossier: held(
    "Mã hồ sơ không có trong danh mục; hãy nhập danh mục mới hoặc sửa mã.",
    "The register does not hold this dossier code; import a newer register or correct the code.",
  ),
  low_confidence: held(
    "Độ tin cậy nhận dạng thấp; cần người kiểm tra.",
    "Recognition confidence is low; a person must check.",
  ),
  timestamp: later(
    "Chưa lấy được dấu thời gian; hãy chạy lại khi máy chủ dấu thời gian (signing.tsa) hoạt động.",
    "No time stamp could be had; run again when a time-stamp authority (signing.tsa) answers.",
  ),
  revocation: later(
    "Chưa hỏi được chứng thư có bị thu hồi không; hãy chạy lại khi có mạng, hoặc đặt signing.revocation: warn.",
    "Nobody could say whether the certificate was revoked; run again online, or set signing.revocation: warn.",
  ),
  signing_service: later(
    "Dịch vụ ký chưa trả lời; hãy chạy lại sau.",
    "The signing service does not answer; run again later.",
  ),
  signing_forbidden: held(
    "Chữ ký có sẵn không cho phép ký thêm (DocMDP); hãy dùng bản chưa khóa.",
    "A signature in the file forbids any further one (DocMDP); use a copy that is not locked.",
  ),
  unknown_signer: held(
    "Chứng thư của chữ ký trong tệp không dẫn tới gốc tin cậy nào; hãy thêm chứng thư gốc của nơi cấp vào signing.trust rồi chạy lại.",
    "The certificate of a signature in the file leads to no trusted root; add its issuer's root to signing.trust, then run again.",
  ),
  not_signed: failed(
    "Tệp chưa có chữ ký nào để nâng mức; hãy ký trước bằng sohoa sign.",
    "The file carries no signature to be raised; sign it first with sohoa sign.",
  ),
  output_exists: failed(
    "Ở nơi ghi đã có tệp khác cùng tên; tệp đó được giữ nguyên, hãy chọn thư mục --out khác.",
    "Another file of this name lies there and was left as it is; choose another folder for --out.",
  ),
  signature_broken: held(
    "Chữ ký có sẵn trong tệp không còn hợp lệ; hãy lấy lại bản gốc.",
    "A signature already in the file is not valid; fetch the original again.",
  ),
  certificate: held(
    "Chữ ký thử không được nộp kho; hãy ký bằng chứng thư thật hoặc cho phép chữ ký thử.",
    "A test signature may not be delivered; sign with a real certificate or allow test signatures.",
  ),
  secret_mark: {
    scope: "document",
    retriable: false,
    state: "quarantined",
    exit: 6,
    vi: "Có dấu chỉ độ mật; chuyển cho người phụ trách bảo mật, không số hóa.",
    en: "Carries a state-secret mark; hand it to the secrets officer, do not digitize.",
  },
  pdfa: failed(
    "PDF tạo ra không đạt kiểm tra; hãy báo lỗi kèm mã tài liệu.",
    "The PDF made did not pass its check; report it with the document id.",
  ),
  target_refused: failed(
    "Kho từ chối tài liệu; hãy xem lý do kèm theo.",
    "The warehouse refused the document; see the detail.",
  ),
  target_unreachable: later(
    "Chưa kết nối được kho; hãy chạy lại sau.",
    "The warehouse cannot be reached; run again later.",
  ),
  source_changed: later(
    "Tệp nguồn thay đổi trong khi chạy; hãy chạy lại.",
    "The source file changed during the run; run again.",
  ),
  damaged_object: later(
    "Một tệp làm việc bị hỏng và đã được loại bỏ; hãy chạy lại để làm lại bước đó.",
    "A work file was damaged and has been removed; run again to redo that step.",
  ),
  source_missing: failed(
    "Không tìm thấy tệp nguồn; hãy kiểm tra đường dẫn (trên dòng lệnh hoặc trong bảng kê).",
    "The source file is missing; check the path (on the command line or in the manifest).",
  ),
  manifest_row: failed(
    "Dòng bảng kê sai; hãy sửa dòng này rồi chạy lại.",
    "Wrong manifest row; correct it and run again.",
  ),

  usage: usage("Lệnh sai; xem sohoa --help.", "Wrong usage; see sohoa --help."),
  settings: usage("Cấu hình sai; hãy sửa sohoa.yaml.", "Wrong settings; correct sohoa.yaml."),
  workspace: usage("Chưa có không gian làm việc; hãy chạy sohoa init.", "No workspace here; run sohoa init."),
  table_header: usage(
    "Dòng tiêu đề của bảng thiếu hoặc sai cột; hãy sửa rồi chạy lại.",
    "The table's header row lacks a column or is wrong; correct it and run again.",
  ),
  table_encoding: usage(
    "Không nhận ra bảng mã của tệp; hãy lưu thành CSV UTF-8.",
    "The file's encoding is unknown; save it as CSV UTF-8.",
  ),
  language_data: environment(
    "Thiếu dữ liệu ngôn ngữ của bộ nhận dạng; chạy sohoa doctor.",
    "OCR language data is missing; run sohoa doctor.",
  ),
  engine_start: environment(
    "Bộ nhận dạng không khởi động được; chạy sohoa doctor.",
    "The recogniser does not start; run sohoa doctor.",
  ),
  disk_full: environment(
    "Hết dung lượng đĩa; hãy giải phóng rồi chạy lại.",
    "The disk is full; free some space and run again.",
  ),
  permission: environment(
    "Không có quyền đọc hoặc ghi; hãy cấp quyền rồi chạy lại.",
    "No permission to read or write; grant it and run again.",
  ),
  ledger: environment(
    "Không mở được sổ ghi; chạy sohoa doctor.",
    "The ledger cannot be opened; run sohoa doctor.",
  ),
  key_missing: refusal(
    "Chưa cấu hình khóa ký (signing.key); hãy đặt khóa hoặc chạy với --no-sign.",
    "No signing key set (signing.key); set one or run with --no-sign.",
  ),
  key_unreadable: refusal(
    "Không dùng được khóa ký; hãy kiểm tra tệp PKCS#12, token hoặc dịch vụ nêu trong signing.key.",
    "The signing key cannot be used; check the PKCS#12 file, token or service named in signing.key.",
  ),
  wrong_passphrase: refusal(
    "Sai mật khẩu khóa ký; đã dừng ngay, không tự thử lại.",
    "Wrong key passphrase; not tried again.",
  ),
  passphrase_missing: refusal(
    "Chưa có mật khẩu khóa ký; hãy đặt signing.passphraseFile hoặc biến SOHOA_KEY_PASSPHRASE_FILE.",
    "No passphrase for the signing key; set signing.passphraseFile or SOHOA_KEY_PASSPHRASE_FILE.",
  ),
  certificate_dates: refusal(
    "Chứng thư chưa có hiệu lực hoặc đã hết hạn; hãy dùng chứng thư còn hạn.",
    "The certificate is expired or not yet valid; use a current one.",
  ),
  certificate_usage: refusal(
    "Chứng thư không được phép dùng để ký; hãy dùng chứng thư ký số.",
    "The certificate may not be used for signing; use a signing certificate.",
  ),
  certificate_revoked: refusal(
    "Chứng thư đã bị thu hồi; không ký được nữa, hãy dùng chứng thư khác.",
    "The certificate was revoked; nothing may be signed with it, use another one.",
  ),
  certificate_chain: refusal(
    "Chứng thư không dẫn tới gốc tin cậy nào trong signing.trust; hãy thêm chứng thư gốc hoặc dùng đúng chứng thư.",
    "The certificate leads to no root in signing.trust; add the root or use the right certificate.",
  ),
  wrong_pin: refusal(
    "Sai mã PIN; token bị khóa sau 3 lần sai nên đã dừng ngay. Hãy kiểm tra mã PIN rồi chạy lại.",
    "Wrong PIN; tokens lock after three, so everything stopped at once. Check the PIN, then run again.",
  ),
  pin_locked: refusal(
    "Token đã bị khóa PIN; hãy liên hệ nơi cấp để mở khóa.",
    "The token's PIN is locked; ask its issuer to unlock it.",
  ),
  signing_service_login: refusal(
    "Dịch vụ ký từ chối; hãy kiểm tra tài khoản và mã truy cập.",
    "The signing service refuses; check the account and the access token.",
  ),
  token_missing: environment(
    "Không thấy token ký số; hãy cắm token rồi chạy lại.",
    "The signing token is not there; plug it in and run again.",
  ),
  token_module: environment(
    "Không nạp được thư viện PKCS#11; hãy kiểm tra module-path và cài pkcs11js (npm i pkcs11js).",
    "The PKCS#11 library cannot be loaded; check module-path and install pkcs11js (npm i pkcs11js).",
  ),
  target_login: refusal(
    "Kho từ chối đăng nhập; hãy kiểm tra tài khoản.",
    "The warehouse refuses the login; check the account.",
  ),
  equal_failures: environment(
    "Quá nhiều tài liệu liên tiếp hỏng cùng một lý do; đã dừng để kiểm tra.",
    "Too many documents in a row failed for the same reason; stopped to check.",
  ),
  locked: {
    scope: "batch",
    retriable: true,
    state: "stop",
    exit: 8,
    vi: "Một lần chạy khác đang giữ khóa; hãy chờ nó xong hoặc dùng --if-locked wait=30m.",
    en: "Another run holds the lock; wait for it or use --if-locked wait=30m.",
  },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof ERRORS;

/**
 * An expected failure. `detail` adds what a person needs (page, format, line number) without personal data.
 * Class and code do not survive postMessage: workers must return values.
 */
export class OperationalError extends Error {
  override readonly name = "OperationalError";
  readonly code: ErrorCode;
  readonly detail: string;

  constructor(code: ErrorCode, detail = "", options?: ErrorOptions) {
    super(detail === "" ? `${code}: ${ERRORS[code].en}` : `${code}: ${ERRORS[code].en} (${detail})`, options);
    this.code = code;
    this.detail = detail;
  }
}

/** Recognises our errors by code, not by class, so that a second copy of the module does no harm. */
export function isOperational(error: unknown): error is OperationalError {
  if (!(error instanceof Error) || error.name !== "OperationalError" || !("code" in error)) return false;
  return typeof error.code === "string" && Object.hasOwn(ERRORS, error.code);
}
