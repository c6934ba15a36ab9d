import { access, constants, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { createRequire } from "node:module";
import { isOperational } from "../domain/errors.ts";
import type { Settings } from "../domain/settings.ts";
import { openLedger } from "../ledger/open-ledger.ts";
import type { Io, Lang } from "../ui/io.ts";
import { createPaint } from "../ui/paint.ts";
import { count } from "../ui/words.ts";
import { ocrFindings } from "./doctor-ocr.ts";
import { signingKey, timeStamps } from "./doctor-signing.ts";
import { commandLang, commandSettings, type Flags } from "./workspace.ts";

export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  /** What was found. */
  readonly found: string;
  /** What to do, when something is wrong. */
  readonly vi: string;
  readonly en: string;
  /** The sentence is shown also when nothing is wrong. */
  readonly note?: boolean;
}

/** A weekend of 5,000 colour pages at 1.5 MB, in work files and in the warehouse. */
const WANTED_FREE_BYTES = 15e9;

/** `sohoa doctor`: checks what a run needs and says what to do; exit 0 when nothing is wrong, else 3. */
export async function doctor(io: Io, flags: Flags): Promise<number> {
  const settings = await workspaceSettings(io, flags);
  const lang = settings?.lang ?? (await commandLang(io, flags));
  const findings = [
    node(),
    ...(await ocrFindings(settings?.ocr, io.env)),
    font(),
    clock(),
    ...(await ofWorkspace(settings, io)),
  ];
  if (flags["json"] === true)
    for (const finding of findings) io.out(`${JSON.stringify({ type: "check", ...finding })}\n`);
  else print(findings, lang, io);
  return findings.every(({ ok }) => ok) ? 0 : 3;
}

async function workspaceSettings(io: Io, flags: Flags): Promise<Settings | undefined> {
  try {
    return await commandSettings(io, flags);
  } catch (error) {
    if (isOperational(error) && error.code === "workspace" && flags["workspace"] === undefined)
      return undefined;
    throw error;
  }
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return {
    check: "node",
    ok: major > 20 || (major === 20 && minor >= 19),
    found: process.versions.node,
    vi: "Cài Node.js từ 20.19.",
    en: "Install Node.js 20.19 or newer.",
  };
}

function font(): Finding {
  const name = "@expo-google-fonts/tinos";
  let found = "";
  try {
    found = createRequire(import.meta.url).resolve(`${name}/package.json`);
  } catch {
    // Reported below as missing.
  }
  return {
    check: "font",
    ok: found !== "",
    found: found || name,
    vi: "Thiếu phông chữ; chạy lại npm ci.",
    en: "The font is missing; run npm ci again.",
  };
}

function clock(): Finding {
  const now = new Date();
  return {
    check: "clock",
    ok: now.getUTCFullYear() >= 2026,
    found: now.toISOString(),
    vi: "Đồng hồ máy sai; hãy chỉnh giờ trước khi ký.",
    en: "The clock is wrong; set it before signing.",
  };
}

async function ofWorkspace(settings: Settings | undefined, io: Io): Promise<Finding[]> {
  if (settings === undefined) {
    const vi = "Chưa có không gian làm việc; chạy sohoa init để kiểm tra khóa, kho và đĩa.";
    return [{ check: "workspace", ok: true, found: "—", vi, en: "No workspace here; sohoa init makes one." }];
  }
  const targets = settings.targets.map((url) => folder("target", url.slice("folder:".length)));
  const signing = [signingKey(settings, io), timeStamps(settings)];
  const checks = await Promise.all([disk(settings), ledger(settings), ...signing, ...targets]);
  return [...checks, trust(settings)];
}

async function disk({ workspace }: Settings): Promise<Finding> {
  const { bavail, bsize } = await statfs(workspace);
  const free = bavail * bsize;
  return {
    check: "disk",
    ok: free > WANTED_FREE_BYTES,
    found: `${count(free / 1e9, "en")} GB`,
    vi: "Đĩa còn ít chỗ; một lô 5.000 trang cần khoảng 15 GB.",
    en: "Little room on the disk; a batch of 5,000 pages needs about 15 GB.",
  };
}

async function ledger({ ledger: path }: Settings): Promise<Finding> {
  const advice = {
    vi: "Sổ ghi hỏng hoặc bị sửa; giữ nguyên tệp và khôi phục bản sao lưu.",
    en: "The ledger is damaged or was changed; keep the file and restore a backup.",
  };
  try {
    const opened = await openLedger({ path });
    const verdict = await opened.verifyAudit();
    await opened.close();
    return { check: "ledger", ok: verdict.intact, found: path, ...advice };
  } catch (error) {
    return { check: "ledger", ok: false, found: isOperational(error) ? error.detail : path, ...advice };
  }
}

/** Empty is allowed, but then only our own signatures count in strict rates. */
function trust({ signing }: Settings): Finding {
  const { length } = signing.trust;
  return {
    check: "trust",
    ok: true,
    found: length === 0 ? "—" : String(length),
    vi: "signing.trust trống: chữ ký có sẵn của giấy tờ chỉ được kiểm tính toàn vẹn, không tính là hợp lệ.",
    en: "signing.trust is empty: signatures papers already carry are checked for integrity only and do not count as valid.",
  };
}

async function folder(check: string, path: string): Promise<Finding> {
  const advice = {
    vi: "Không ghi được vào kho; hãy cấp quyền hoặc nối lại ổ đĩa.",
    en: "The warehouse cannot be written; grant permission or mount it again.",
  };
  const writable = (place: string): Promise<boolean> =>
    access(place, constants.W_OK).then(
      () => true,
      () => false,
    );
  // The first delivery makes the folder; asking must not, or a share that is not mounted would look well.
  const there = await access(path).then(
    () => true,
    () => false,
  );
  return { check, ok: await writable(there ? path : dirname(path)), found: path, ...advice };
}

function print(findings: readonly Finding[], lang: Lang, io: Io): void {
  const paint = createPaint(io.colour);
  for (const finding of findings) {
    const mark = finding.ok ? paint.good("✓") : paint.bad("✗");
    const advice =
      !finding.ok || finding.note === true || finding.found === "—" ? `\n    ${finding[lang]}` : "";
    io.out(`${mark} ${finding.check.padEnd(10)} ${finding.found}${advice}\n`);
  }
}
