import { OperationalError } from "../domain/errors.ts";
import type { LanguageSettings } from "./language-data.ts";

/** The same in Vietnamese and in English, without a full stop. */
export type Advice = Readonly<Record<"vi" | "en", string>>;

export interface MissingLanguages extends LanguageSettings {
  /** Those of `languages` that have no data. */
  readonly missing: readonly string[];
  /** The data was looked for among the npm packages, of which Vietnamese is one. */
  readonly embedded: boolean;
}

/** How to get the system's Tesseract, or more languages for it, on this kind of machine. */
export function installAdvice(languages: readonly string[], platform: string = process.platform): Advice {
  if (platform !== "linux") {
    const data = languages.join(", ");
    return {
      vi: `cài tesseract từ 4.1 cùng dữ liệu ${data} và thêm vào PATH`,
      en: `install tesseract 4.1 or newer with the data of ${data} and add it to PATH`,
    };
  }
  const packages = languages.map((language) => `tesseract-ocr-${language.replaceAll("_", "-")}`);
  const command = ["apt install tesseract-ocr", ...packages].join(" ");
  return { vi: command, en: command };
}

/** Names the languages without data and says where to put it. */
export function languageAdvice(options: MissingLanguages, platform: string = process.platform): Advice {
  const { languages, missing, tessdata, embedded } = options;
  const [names, files] = [missing.join(", "), missing.map(fileOf).join(", ")];
  const head = { vi: `thiếu dữ liệu ${names}`, en: `no data for ${names}` };
  if (tessdata !== null)
    return {
      vi: `${head.vi}; hãy đặt ${files} vào thư mục ghi ở ocr.tessdata (${tessdata}) hoặc sửa thiết lập này`,
      en: `${head.en}; put ${files} into the folder named by ocr.tessdata (${tessdata}) or correct that setting`,
    };
  // Vietnamese comes along: without it the installation is damaged.
  if (embedded && missing.every((language) => language === "vie"))
    return { vi: `${head.vi}; hãy chạy lại npm ci`, en: `${head.en}; run npm ci again` };
  const install = installAdvice(languages, platform);
  const wanted = languages.map(fileOf).join(", ");
  // Where the embedded engine was asked for, nobody would look at what was installed.
  const engine = embedded ? " (ocr.engine: auto)" : "";
  return {
    vi: `${head.vi}; hãy đặt ${wanted} vào một thư mục và ghi thư mục đó ở ocr.tessdata, hoặc ${install.vi}${engine}`,
    en: `${head.en}; put ${wanted} into one folder and name it in ocr.tessdata, or ${install.en}${engine}`,
  };
}

/** The `language_data` error of an engine that lacks languages. */
export function missingLanguage(options: MissingLanguages): OperationalError {
  const { vi, en } = languageAdvice(options);
  return new OperationalError("language_data", `${vi}${BETWEEN}${en}`);
}

/** Takes the detail of `missingLanguage` apart again. */
export function adviceOf({ detail }: OperationalError): Advice {
  const [vi = "", en = vi] = detail.split(BETWEEN);
  return { vi, en };
}

const BETWEEN = " / ";

function fileOf(language: string): string {
  return `${language}.traineddata`;
}
