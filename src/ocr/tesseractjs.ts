import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { OcrEngine } from "../domain/page-ports.ts";
import { BUILT_IN_MODEL, checkLanguageData, describeModel, type LanguageSettings } from "./language-data.ts";
import { greyTiff } from "./grey-tiff.ts";
import { missingLanguage } from "./missing-language.ts";
import { createPool } from "./pool.ts";
import { MODES } from "./tesseract-modes.ts";
import { spawnThread, type ThreadOptions } from "./tesseract-thread.ts";
import { linesOfTsv } from "./tsv.ts";

export interface TesseractJsOptions extends LanguageSettings {
  /** Worker threads; each takes 130-170 MB. */
  readonly jobs: number;
  readonly pageTimeoutMs: number;
}

/** Unpacking and loading the model takes 0.3-1 s on an idle machine; a minute means it will never start. */
const START_LIMIT_MS = 60_000;

/** The embedded engine: tesseract.js in worker threads, offline, started by the first page. Call `close` to end it. */
export function createTesseractJs(options: TesseractJsOptions): OcrEngine {
  const pool = createPool({
    size: options.jobs,
    startLimitMs: START_LIMIT_MS,
    jobLimitMs: options.pageTimeoutMs,
    spawn: () => spawnThread(threadOptions(options)),
  });
  return {
    identity: identityOf(options),
    read: async (view, signal, segmentation = "page") =>
      linesOfTsv(
        await pool.run({ image: greyTiff(view), dpi: view.dpi, segmentation: MODES[segmentation] }, signal),
      ),
    close: () => pool.close(),
  };
}

function threadOptions(options: TesseractJsOptions): ThreadOptions {
  const files = checkLanguageData(options);
  const missing = files.filter((file) => !file.found).map(({ language }) => language);
  const [first] = files;
  if (first === undefined || missing.length > 0)
    throw missingLanguage({ ...options, missing, embedded: true });
  return {
    languages: options.languages,
    folder: dirname(first.path),
    gzip: options.tessdata === null,
  };
}

function identityOf(options: TesseractJsOptions): string {
  const manifest: unknown = createRequire(import.meta.url)("tesseract.js/package.json");
  const version = manifest instanceof Object && "version" in manifest ? String(manifest.version) : "";
  return `tesseract.js ${version}, ${options.languages.join("+")} ${modelOf(options)}`;
}

/** Missing files are reported when the first page needs them. */
function modelOf(options: LanguageSettings): string {
  if (options.tessdata === null) return BUILT_IN_MODEL;
  return checkLanguageData(options)
    .map(({ path, found }) => (found ? describeModel(path) : "missing"))
    .join("+");
}
