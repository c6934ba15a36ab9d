import { isOperational, type ErrorCode, type OperationalError } from "../domain/errors.ts";
import type { Settings } from "../domain/settings.ts";
import { WHITE_VIEW } from "../domain/white-view.ts";
import { checkLanguageData } from "../ocr/language-data.ts";
import { adviceOf, installAdvice, languageAdvice, type Advice } from "../ocr/missing-language.ts";
import { chooseEngine, type ChosenEngine, type EngineReason } from "../ocr/open-engine.ts";
import { reasonSentence } from "../ui/words.ts";
import type { Finding } from "./doctor.ts";

type Environment = Readonly<Record<string, string | undefined>>;
type OcrSettings = Pick<Settings["ocr"], "engine" | "languages" | "tessdata">;

const DEFAULT_OCR: OcrSettings = { engine: "auto", languages: ["vie"], tessdata: null };

/** Why the engine was taken, and what would make it faster; `install` is how to get what is missing on this machine. */
const REASONS: Readonly<Record<EngineReason, (install: Advice, names: string) => Advice>> = {
  asked: () => ({ vi: "Được chọn trong ocr.engine.", en: "Asked for by ocr.engine." }),
  faster: () => ({
    vi: "tesseract của hệ thống đọc nhanh hơn bộ nhận dạng đi kèm.",
    en: "The system's tesseract reads faster than the embedded engine.",
  }),
  no_program: ({ vi, en }) => ({
    vi: `Không có tesseract từ 4.1 của hệ thống. Nên cài để đọc nhanh hơn: ${vi}.`,
    en: `No system tesseract 4.1 or newer. Reading is faster with it: ${en}.`,
  }),
  no_language: ({ vi, en }, names) => ({
    vi: `tesseract của hệ thống thiếu dữ liệu ${names}. Nên cài để đọc nhanh hơn: ${vi}.`,
    en: `The system's tesseract has no data for ${names}. Reading is faster with it: ${en}.`,
  }),
  no_start: () => ({
    vi: "tesseract của hệ thống không khởi động được; hãy gỡ ra và cài lại.",
    en: "The system's tesseract does not start; remove it and install it again.",
  }),
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
    ...sentence(languageAdvice({ ...ocr, missing: [language], embedded: true })),
  }));
  const engine = failure ?? {
    ok: true,
    found: chosen?.engine.identity ?? "",
    ...reasonOf(chosen, ocr),
  };
  return [{ check: "ocr", note: true, ...engine }, ...systemFinding(chosen), ...embedded];
}

/** With a folder of one's own, nothing that could be installed would be looked at. */
const OWN_FOLDER: Advice = {
  vi: "tesseract của hệ thống không đọc được với dữ liệu trong ocr.tessdata; hãy sửa hoặc bỏ thiết lập này.",
  en: "The system's tesseract cannot read with the data in ocr.tessdata; correct that setting or leave it out.",
};

function reasonOf(chosen: ChosenEngine | undefined, { tessdata, languages }: OcrSettings): Advice {
  const { reason = "asked", found } = chosen ?? {};
  if (tessdata !== null && (reason === "no_language" || reason === "no_start")) return OWN_FOLDER;
  const has = reason === "no_language" ? (found?.languages ?? []) : [];
  const missing = languages.filter((language) => !has.includes(language));
  return REASONS[reason](installAdvice(missing), missing.join(", "));
}

function systemFinding(chosen: ChosenEngine | undefined): Finding[] {
  const { found } = chosen ?? {};
  if (found === undefined) return [];
  const { version, tessdata = "?", languages } = found;
  const about = { vi: "Chương trình tesseract có trong PATH.", en: "The tesseract program found in PATH." };
  return [
    { check: "tesseract", ok: true, found: `${version}, ${tessdata} (${languages.join(", ")})`, ...about },
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
    try {
      // A broken model shows only when it is loaded, which the embedded engine does at its first page.
      await chosen.engine.read(WHITE_VIEW, AbortSignal.timeout(PAGE_TIMEOUT_MS));
    } finally {
      await chosen.engine.close();
    }
    return { chosen };
  } catch (error) {
    if (!isOperational(error)) throw error;
    return { failure: { ok: false, ...failureOf(error, ocr) } };
  }
}

function failureOf(error: OperationalError, ocr: OcrSettings): Pick<Finding, "found" | "vi" | "en"> {
  const { code, detail } = error;
  if (code === "language_data") return { found: `${ocr.engine}: ${code}`, ...sentence(adviceOf(error)) };
  const advice = failureAdvice(ocr);
  return {
    found: `${ocr.engine}: ${code} ${detail}`.trim(),
    vi: `${shortReason(code, "vi")} ${advice.vi}`,
    en: `${shortReason(code, "en")} ${advice.en}`,
  };
}

/** The reason without its advice to run the command that prints it. */
function shortReason(code: ErrorCode, lang: "vi" | "en"): string {
  return reasonSentence(code, lang).replace(/; (?:chạy|run) sohoa doctor/u, "");
}

function sentence({ vi, en }: Advice): Advice {
  return { vi: `${capital(vi)}.`, en: `${capital(en)}.` };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What mends an engine that does not read: the folder of the settings is the first to be doubted. */
function failureAdvice({ engine, tessdata, languages }: OcrSettings): Advice {
  if (tessdata !== null)
    return {
      vi: "Sửa ocr.tessdata (thư mục chứa vie.traineddata còn nguyên), hoặc bỏ dòng đó để dùng dữ liệu đi kèm.",
      en: "Correct ocr.tessdata (a folder with a sound vie.traineddata), or leave it out to use the data that comes along.",
    };
  if (engine !== "tesseract") return { vi: "Chạy lại npm ci.", en: "Run npm ci again." };
  const install = installAdvice(languages);
  return {
    vi: `Cài tesseract của hệ thống (${install.vi}) hoặc đặt ocr.engine: auto.`,
    en: `Install the system's tesseract (${install.en}) or set ocr.engine: auto.`,
  };
}
