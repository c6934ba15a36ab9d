import { isOperational } from "../domain/errors.ts";
import type { Settings } from "../domain/settings.ts";
import { checkLanguageData } from "../ocr/language-data.ts";
import { chooseEngine, type ChosenEngine, type EngineReason } from "../ocr/open-engine.ts";
import { reasonSentence } from "../ui/words.ts";
import type { Finding } from "./doctor.ts";

type Environment = Readonly<Record<string, string | undefined>>;
type OcrSettings = Pick<Settings["ocr"], "engine" | "languages" | "tessdata">;

const DEFAULT_OCR: OcrSettings = { engine: "auto", languages: ["vie"], tessdata: null };

type Sentence = Readonly<Record<"vi" | "en", string>>;

const REASONS: Readonly<Record<EngineReason, Sentence>> = {
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
    vi: "Thiếu dữ liệu ngôn ngữ; chạy lại npm ci hoặc sửa ocr.tessdata, ocr.languages.",
    en: "Language data is missing; run npm ci again or correct ocr.tessdata, ocr.languages.",
  }));
  const engine = failure ?? {
    ok: true,
    found: chosen?.engine.identity ?? "",
    ...reasonOf(chosen, ocr),
  };
  return [{ check: "ocr", note: true, ...engine }, ...systemFinding(chosen), ...embedded];
}

/** With a folder of one's own, nothing that could be installed would be looked at. */
const OWN_FOLDER: Sentence = {
  vi: "tesseract của hệ thống không đọc được với dữ liệu trong ocr.tessdata; hãy sửa hoặc bỏ thiết lập này.",
  en: "The system's tesseract cannot read with the data in ocr.tessdata; correct that setting or leave it out.",
};

function reasonOf(chosen: ChosenEngine | undefined, { tessdata }: OcrSettings): Sentence {
  const reason = chosen?.reason ?? "asked";
  const ownFolder = tessdata !== null && (reason === "no_language" || reason === "no_start");
  return ownFolder ? OWN_FOLDER : REASONS[reason];
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

const SIDE = 16;
const WHITE = {
  pgm: Buffer.alloc(SIDE * SIDE, 255),
  width: SIDE,
  height: SIDE,
  dpi: 200,
  scale: 1,
  skewDegrees: 0,
};

async function tryEngine(ocr: OcrSettings, environment: Environment): Promise<Tried> {
  try {
    const chosen = await chooseEngine({ ...ocr, jobs: 1, pageTimeoutMs: PAGE_TIMEOUT_MS, environment });
    try {
      // A broken model shows only when it is loaded, which the embedded engine does at its first page.
      await chosen.engine.read(WHITE, AbortSignal.timeout(PAGE_TIMEOUT_MS));
    } finally {
      await chosen.engine.close();
    }
    return { chosen };
  } catch (error) {
    if (!isOperational(error)) throw error;
    const { code, detail } = error;
    const advice = failureAdvice(ocr);
    return {
      failure: {
        ok: false,
        found: `${ocr.engine}: ${code} ${detail}`.trim(),
        vi: `${reasonSentence(code, "vi")} ${advice.vi}`,
        en: `${reasonSentence(code, "en")} ${advice.en}`,
      },
    };
  }
}

/** What mends an engine that does not read: the folder of the settings is the first to be doubted. */
function failureAdvice({ engine, tessdata }: OcrSettings): Sentence {
  if (tessdata !== null)
    return {
      vi: "Sửa ocr.tessdata (thư mục chứa vie.traineddata còn nguyên), hoặc bỏ dòng đó để dùng dữ liệu đi kèm.",
      en: "Correct ocr.tessdata (a folder with a sound vie.traineddata), or leave it out to use the data that comes along.",
    };
  if (engine !== "tesseract") {
    return {
      vi: "Chạy lại npm ci; chỉ có tiếng Việt (ocr.languages: [vie]) đi kèm, ngôn ngữ khác cần tesseract của hệ thống.",
      en: "Run npm ci again; only Vietnamese (ocr.languages: [vie]) comes along, others need the system's tesseract.",
    };
  }
  const install = "apt install tesseract-ocr tesseract-ocr-vie";
  return {
    vi: `Cài tesseract của hệ thống (${install}) hoặc đặt ocr.engine: auto.`,
    en: `Install the system's tesseract (${install}) or set ocr.engine: auto.`,
  };
}
