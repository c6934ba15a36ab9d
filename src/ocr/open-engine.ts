import { OperationalError } from "../domain/errors.ts";
import type { OcrEngine } from "../domain/page-ports.ts";
import { createTesseractJs } from "./tesseractjs.ts";
import { findTesseract, type Environment, type SystemTesseract } from "./tesseract-found.ts";
import { openTesseractProgram } from "./tesseract-program.ts";

export interface EngineOptions {
  readonly engine: "auto" | "tesseractjs" | "tesseract";
  /** Pages read at the same time. */
  readonly jobs: number;
  readonly languages: readonly string[];
  /** Folder of `<language>.traineddata` for either engine; null: the data each brings. */
  readonly tessdata: string | null;
  readonly pageTimeoutMs: number;
  /** The user's variables: `PATH` and `TESSDATA_PREFIX` decide which program and data are found. */
  readonly environment: Environment;
}

/**
 * The engine the settings ask for. `auto` takes the system's Tesseract where it is there with every language: it reads a
 * page in half the CPU time of the embedded one. Throws `language_data`, `engine_start` when `tesseract` is asked for and
 * cannot be had; the embedded engine says so at its first page.
 */
export async function openEngine(options: EngineOptions): Promise<OcrEngine> {
  if (options.engine === "tesseractjs") return createTesseractJs(options);
  const found = await findTesseract(options.environment, options.tessdata);
  if (options.engine === "tesseract") {
    if (found === undefined) throw new OperationalError("engine_start", "tesseract 4.1+");
    return openTesseractProgram({ ...options, found });
  }
  if (found === undefined || !hasAll(found, options.languages)) return createTesseractJs(options);
  try {
    return await openTesseractProgram({ ...options, found });
  } catch (error) {
    if (error instanceof OperationalError && error.code !== "disk_full") return createTesseractJs(options);
    throw error;
  }
}

export function hasAll(found: SystemTesseract, languages: readonly string[]): boolean {
  return found.tessdata !== undefined && languages.every((language) => found.languages.includes(language));
}
