import { isOperational, OperationalError } from "../domain/errors.ts";
import type { OcrEngine } from "../domain/page-ports.ts";
import { createTesseractJs } from "./tesseractjs.ts";
import { sweepPageFolders } from "./tesseract-folder.ts";
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

/** Why an engine was taken. `no_language`: the system's program lacks the data of a wanted language. */
export type EngineReason = "asked" | "faster" | "no_program" | "no_language" | "no_start";

export interface ChosenEngine {
  readonly engine: OcrEngine;
  readonly reason: EngineReason;
  /** The system's program, where it was looked for and found. */
  readonly found?: SystemTesseract;
}

/** The engine the settings ask for: see `chooseEngine`. */
export async function openEngine(options: EngineOptions): Promise<OcrEngine> {
  return (await chooseEngine(options)).engine;
}

/**
 * `auto` takes the system's Tesseract where it is there with every language. CPU time a page, all overhead included: 0.73 s
 * with the fast model that Debian brings, 0.93 s with the embedded engine's own model (in a folder set by `ocr.tessdata`),
 * 1.33 s by the embedded engine. The fast model is a little worse: it gets 0.38 % of the characters of degraded pages wrong,
 * the other 0.32 %. Throws
 * `language_data`, `engine_start`, `disk_full` when `tesseract` is asked for and cannot be had; the embedded engine
 * throws at its first page.
 */
export async function chooseEngine(options: EngineOptions): Promise<ChosenEngine> {
  // Pages of a killed run hold personal data: they go whichever engine comes next.
  await sweepPageFolders();
  if (options.engine === "tesseractjs") return { engine: createTesseractJs(options), reason: "asked" };
  const found = await findTesseract(options.environment, options.tessdata);
  if (options.engine === "tesseract") {
    if (found === undefined) throw new OperationalError("engine_start", "tesseract >= 4.1");
    return { engine: await openTesseractProgram({ ...options, found }), reason: "asked", found };
  }
  if (found === undefined) return { engine: createTesseractJs(options), reason: "no_program" };
  if (!hasAll(found, options.languages))
    return { engine: createTesseractJs(options), reason: "no_language", found };
  try {
    return { engine: await openTesseractProgram({ ...options, found }), reason: "faster", found };
  } catch (error) {
    if (!isOperational(error)) throw error;
    return { engine: createTesseractJs(options), reason: "no_start", found };
  }
}

function hasAll(found: SystemTesseract, languages: readonly string[]): boolean {
  return found.tessdata !== undefined && languages.every((language) => found.languages.includes(language));
}
