import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { OperationalError } from "../domain/errors.ts";
import type { OcrEngine } from "../domain/page-ports.ts";
import { BUILT_IN_MODEL, checkLanguageData, type LanguageSettings } from "./language-data.ts";
import { createPool } from "./pool.ts";
import { spawnThread, type ThreadOptions } from "./tesseract-thread.ts";
import { linesOfTsv } from "./tsv.ts";

export interface TesseractJsOptions extends LanguageSettings {
  /** Worker threads; each takes 130-170 MB. */
  readonly jobs: number;
  readonly pageTimeoutMs: number;
  /** Tesseract's page segmentation mode. */
  readonly segmentation?: Segmentation;
}

/** 3: full pages with columns; 6: one block of text. */
type Segmentation = 3 | 4 | 6 | 11;

const SEGMENTATION: Segmentation = 3;

/** Unpacking and loading the model takes 0.3-1 s on an idle machine; a minute means it will never start. */
const START_LIMIT_MS = 60_000;

/** The embedded engine: tesseract.js in worker threads, offline, started by the first page. Call `close` to end it. */
export function createTesseractJs(options: TesseractJsOptions): OcrEngine {
  const segmentation = options.segmentation ?? SEGMENTATION;
  const pool = createPool({
    size: options.jobs,
    startLimitMs: START_LIMIT_MS,
    jobLimitMs: options.pageTimeoutMs,
    spawn: () => spawnThread(threadOptions(options, segmentation)),
  });
  return {
    identity: identityOf(options, segmentation),
    read: async (page, signal) => linesOfTsv(await pool.run({ image: page.pgm, dpi: page.dpi }, signal)),
    close: () => pool.close(),
  };
}

function threadOptions(options: TesseractJsOptions, segmentation: Segmentation): ThreadOptions {
  const files = checkLanguageData(options);
  const missing = files.filter((file) => !file.found);
  const [first] = files;
  if (first === undefined || missing.length > 0)
    throw new OperationalError("language_data", missing.map((file) => file.path).join(", "));
  return {
    languages: options.languages,
    folder: dirname(first.path),
    gzip: options.tessdata === null,
    parameters: { tessedit_pageseg_mode: String(segmentation) },
  };
}

/** Another model under the same name must not pass for the old one: readings are kept by the engine's identity. */
function sizesOf(options: LanguageSettings): number[] {
  return checkLanguageData(options).map(({ path, found }) => (found ? statSync(path).size : 0));
}

function identityOf(options: TesseractJsOptions, segmentation: Segmentation): string {
  const manifest: unknown = createRequire(import.meta.url)("tesseract.js/package.json");
  const version = manifest instanceof Object && "version" in manifest ? String(manifest.version) : "";
  const model = options.tessdata === null ? BUILT_IN_MODEL : `tessdata ${sizesOf(options).join("+")}`;
  return `tesseract.js ${version}, ${options.languages.join("+")} ${model}, psm ${segmentation}`;
}
