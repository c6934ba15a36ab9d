import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { OperationalError } from "../domain/errors.ts";
import { SETTINGS_FILE } from "./find-workspace.ts";

/** Every line is a default or an example; the same file unchanged is a valid one. */
const TEMPLATE = `# Cấu hình sohoa. Thứ tự ưu tiên: tham số dòng lệnh > biến môi trường SOHOA_* > tệp này > mặc định.
# Không ghi mật khẩu vào đây: chỉ ghi đường dẫn tới tệp mật khẩu. Đường dẫn tính từ thư mục chứa tệp này.

# unit: H57.132          # mã định danh đơn vị mặc định; --unit được ưu tiên
# officer: nv-0123       # mã cán bộ số hóa; mặc định là tên đăng nhập máy; --officer được ưu tiên
lang: vi                 # vi | en
profile: nd30            # nd30 (ảnh màu, từ 200 dpi) | archive (từ 300 dpi) | compact (như nd30, tệp nhỏ)
# jobs: 2                # số luồng nhận dạng; mặc định bằng số nhân CPU
memory: 1200             # MB cho toàn bộ chương trình
nice: true               # nhường máy cho người đang làm việc

ocr:
  engine: auto           # auto (chương trình tesseract của máy nếu có tiếng Việt, nhanh hơn) | tesseractjs | tesseract
  languages: [vie]
  tessdata: null         # thư mục dữ liệu ngôn ngữ; null = dữ liệu đi kèm
  minConfidence: 0.6     # 0..1; dòng thấp hơn là dòng yếu; trang có quá nhiều dòng yếu được đánh dấu low_confidence
  secondLook: true       # đọc lại những chỗ lần đầu đọc kém
  pageTimeout: 120       # giây cho một trang

clean: []                # được sửa ảnh trang: photo, borders, holes, despeckle, deskew, spread; [] = giữ nguyên như bản quét
dropBlank: false         # true: bỏ trang trắng khỏi tài liệu; false: giữ lại và đánh dấu
separators:
  codes: ["^ASN[0-9]{2,8}$"]  # biểu thức chính quy (mặc định: nhãn số lưu trữ ASN…); trang có mã vạch khớp mở đầu tài liệu mới (ngoài Patch-T và tờ của sohoa sheets)
  keep: false            # true: giữ tờ phân cách làm trang đầu tài liệu
passwordFile: null       # tệp chứa mật khẩu mở PDF, mỗi dòng một mật khẩu, ví dụ keys/pdf.pass (chỉ chủ tệp được đọc)

signing:
  key: null              # tệp PKCS#12 (keys/unit.p12), token ("pkcs11:token=TEN?module-path=/duong/dan/thu-vien.so") hoặc dịch vụ ký ("https://…")
  passphraseFile: null   # tệp chứa mật khẩu khóa, mã PIN hoặc mã truy cập dịch vụ (chỉ chủ tệp được đọc); null = hỏi khi chạy
  credential: null       # dịch vụ ký: tài khoản ký (credentialID)
  level: B-B             # B-B | B-T (dấu thời gian) | B-LT (kèm dữ liệu thu hồi) | B-LTA (kèm dấu thời gian lưu trữ)
  padding: pkcs1         # chữ ký RSA: pkcs1 | pss
  digest: sha256         # sha256 | sha384 | sha512
  appearance: tt01-scan  # tt01-scan (người số hóa, góc trên trái) | nd30-copy (cơ quan sao y, góc trên phải) | archive (con dấu, góc trên phải) | none
  copyForm: SAO Y        # dùng với nd30-copy: SAO Y | SAO LỤC | TRÍCH SAO
  seal: null             # dùng với archive: ảnh con dấu PNG, ví dụ keys/dau.png
  tsa: []                # máy chủ dấu thời gian (RFC 3161), thử lần lượt, ví dụ ["http://tsa.example.vn"]
  trust: []              # chứng thư gốc tin cậy, ví dụ [keys/root.pem]
  tlsRoots: []           # chứng thư gốc TLS nội bộ cho các máy chủ trên
  revocation: require    # khi không hỏi được chứng thư có bị thu hồi không: require (chưa ký) | warn (vẫn ký, ghi lại) | off (không hỏi)
  timeout: 20            # giây cho một lần hỏi

targets: ["folder:./kho"]   # kho dữ liệu
export: []                  # dạng chữ giao kèm: hocr, alto
allowTestSignature: false   # cho nộp kho chữ ký thử (KÝ THỬ)
requireRegister: false      # chỉ nhận mã hồ sơ có trong danh mục đã nhập
strict: false               # true: trang mờ, không màu, khó đọc phải chờ người xử lý
ledger: null             # null = .sohoa/ledger.sqlite
objects: null            # null = .sohoa/objects
retention:
  days: 30               # số ngày giữ tệp làm việc sau khi nộp kho (phiên bản này chưa tự xóa)
`;

/**
 * Makes a workspace: commented settings and `.sohoa/` with its folders, readable by the owner alone.
 * @returns the workspace's absolute path.
 * @throws `usage` when the folder is a workspace already; `permission` when it cannot be written.
 */
export async function initWorkspace(folder: string): Promise<string> {
  const workspace = resolve(folder);
  try {
    await mkdir(workspace, { recursive: true });
    await writeFile(join(workspace, SETTINGS_FILE), TEMPLATE, { flag: "wx", mode: 0o644 });
    for (const part of ["objects", "quarantine"]) {
      await mkdir(join(workspace, ".sohoa", part), { recursive: true, mode: 0o700 });
    }
  } catch (error) {
    throw initProblem(error, workspace);
  }
  return workspace;
}

function initProblem(error: unknown, workspace: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const at = join(workspace, SETTINGS_FILE);
  if (code === "EEXIST")
    return new OperationalError(
      "usage",
      `đã có sẵn, được giữ nguyên / ${at} exists already and was left as it is`,
    );
  const refused = code === "EACCES" || code === "EPERM" || code === "EROFS" || code === "ENOTDIR";
  return refused ? new OperationalError("permission", workspace, { cause: error }) : error;
}
