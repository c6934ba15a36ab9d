import { isOperational } from "../domain/errors.ts";
import type { Settings } from "../domain/settings.ts";
import { checkLanguageData } from "../ocr/language-data.ts";
import { chooseEngine, type ChosenEngine, type EngineReason } from "../ocr/open-engine.ts";
import { reasonSentence } from "../ui/words.ts";
import type { Finding } from "./doctor.ts";

type Environment = Readonly<Record<string, string | undefined>>;
type OcrSettings = Pick<Settings["ocr"], "engine" | "languages" | "tessdata">;

const DEFAULT_OCR: OcrSettings = { engine: "auto", languages: ["vie"], tessdata: null };

const REASONS: Readonly<Record<EngineReason, { readonly vi: string; readonly en: string }>> = {
  asked: { vi: "Được chọn trong ocr.engine.", en: "Asked for by ocr.engine." },
  faster: {
    vi: "tesseract của hệ thống đọc nhanh gấp đôi bộ nhận dạng đi kèm.",
    en: "The system's tesseract reads twice as fast as the embedded engine.",
  },
  no_program: {
    vi: "Không có tesseract từ 4.1 của hệ thống. Nên cài, tốc độ sẽ tăng gấp đôi: apt install tesseract-ocr tesseract-ocr-vie.",
    en: "No system tesseract 4.1 or newer. Installing it doubles the speed: apt install tesseract-ocr tesseract-ocr-vie.",
  },
  no_language: {
    vi: "tesseract của hệ thống thiếu dữ liệu ngôn ngữ. Nên cài, tốc độ sẽ tăng gấp đôi: apt install tesseract-ocr-vie.",
    en: "The system's tesseract lacks a language. Installing it doubles the speed: apt install tesseract-ocr-vie.",
  },
  no_start: {
    vi: "tesseract của hệ thống không khởi động được; hãy cài lại: apt install --reinstall tesseract-ocr.",
    en: "The system's tesseract does not start; install it again: apt install --reinstall tesseract-ocr.",
  },
};

/** Which engine a run would take and why, and what data is there for both; starts the engine to be sure of it. */
export async function ocrFindings(
  ocr: OcrSettings = DEFAULT_OCR,
  environment: Environment,
): Promise<Finding[]> {
  const { chosen, failure } = await tryEngine(ocr, environment);
  const bySystem = chosen?.found !== undefined && ["asked", "faster"].includes(chosen.reason);
  const embedded = checkLanguageData(ocr).map(({ language, path, found }) => ({
    check: `ocr ${language}`,
    // The data of the engine that will not read is nothing to complain of.
    ok: found || bySystem,
    found: found ? path : `— ${path}`,
    vi: "Thiếu dữ liệu ngôn ngữ; chạy lại npm ci hoặc sửa ocr.tessdata.",
    en: "Language data is missing; run npm ci again or correct ocr.tessdata.",
  }));
  const engine = failure ?? {
    ok: true,
    found: chosen?.engine.identity ?? "",
    ...REASONS[chosen?.reason ?? "asked"],
  };
  return [{ check: "ocr", note: true, ...engine }, ...systemFinding(chosen), ...embedded];
}

function systemFinding(chosen: ChosenEngine | undefined): Finding[] {
  const { found } = chosen ?? {};
  if (found === undefined) return [];
  const { version, tessdata = "?", languages } = found;
  const { vi, en } = REASONS.faster;
  return [
    { check: "tesseract", ok: true, found: `${version}, ${tessdata} (${languages.join(", ")})`, vi, en },
  ];
}

interface Tried {
  readonly chosen?: ChosenEngine;
  readonly failure?: Pick<Finding, "ok" | "found" | "vi" | "en">;
}

const PAGE_TIMEOUT_MS = 60_000;

async function tryEngine(ocr: OcrSettings, environment: Environment): Promise<Tried> {
  try {
    const chosen = await chooseEngine({ ...ocr, jobs: 1, pageTimeoutMs: PAGE_TIMEOUT_MS, environment });
    await chosen.engine.close();
    return { chosen };
  } catch (error) {
    if (!isOperational(error)) throw error;
    const { code, detail } = error;
    const install = "apt install tesseract-ocr tesseract-ocr-vie";
    return {
      failure: {
        ok: false,
        found: `tesseract: ${code} ${detail}`.trim(),
        vi: `${reasonSentence(code, "vi")} Cài tesseract của hệ thống (${install}) hoặc đặt ocr.engine: auto.`,
        en: `${reasonSentence(code, "en")} Install the system's tesseract (${install}) or set ocr.engine: auto.`,
      },
    };
  }
}
