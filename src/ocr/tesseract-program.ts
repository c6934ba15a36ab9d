import { existsSync } from "node:fs";
import { join } from "node:path";
import type { OcrEngine } from "../domain/page-ports.ts";
import { WHITE_VIEW } from "../domain/white-view.ts";
import { greyTiff } from "./grey-tiff.ts";
import { describeModel } from "./language-data.ts";
import { missingLanguage } from "./missing-language.ts";
import { createPool } from "./pool.ts";
import { openPageFolder } from "./tesseract-folder.ts";
import { passedOn, type Environment, type SystemTesseract } from "./tesseract-found.ts";
import { MODES, type TesseractJob } from "./tesseract-modes.ts";
import { spawnProcess, type ProcessOptions } from "./tesseract-process.ts";
import { linesOfTsv } from "./tsv.ts";

export interface TesseractProgramOptions {
  readonly found: SystemTesseract;
  readonly languages: readonly string[];
  /** The folder asked for in the settings, or null: where `found` has its own. */
  readonly tessdata: string | null;
  /** Pages read at the same time. */
  readonly jobs: number;
  readonly pageTimeoutMs: number;
  readonly environment: Environment;
}

/** Loading the fast model takes 0.06 s of CPU time, the best one 0.2 s. */
const START_LIMIT_MS = 30_000;

/** Idle processes kept for the second looks, whose segmentations are others than the first pass's. */
const SPARE = 2;

/** Rows of 30 bytes that push a page out of a buffer of 4096 bytes, which is what programs have on a pipe. */
const FILLING_MARKS = 150;

/**
 * The system's Tesseract in processes that read one page after the other; the first one is started here, so that what can
 * go wrong (language data, a program that may not see our files) is known before the run begins. Throws `language_data`,
 * `engine_start`, `disk_full`.
 */
export async function openTesseractProgram(options: TesseractProgramOptions): Promise<OcrEngine> {
  const { found, languages, jobs, pageTimeoutMs } = options;
  const models = modelsOf(options);
  const folder = await openPageFolder();
  const process = await processOptions(options, folder);
  const pool = createPool<TesseractJob, string>({
    size: jobs,
    keep: jobs + SPARE,
    startLimitMs: START_LIMIT_MS,
    jobLimitMs: pageTimeoutMs,
    kindOf: ({ segmentation }) => String(segmentation),
    spawn: ({ segmentation }) => spawnProcess(segmentation, process),
  });
  const close = async (): Promise<void> => {
    await pool.close();
    await folder.close();
  };
  try {
    await pool.start(
      { image: greyTiff(WHITE_VIEW), dpi: WHITE_VIEW.dpi, segmentation: MODES.page },
      new AbortController().signal,
    );
  } catch (error) {
    await close();
    throw error;
  }
  return {
    identity: `tesseract ${found.version}, ${languages.join("+")} ${models.join("+")}`,
    read: async (view, signal, segmentation = "page") =>
      linesOfTsv(
        await pool.run({ image: greyTiff(view), dpi: view.dpi, segmentation: MODES[segmentation] }, signal),
      ),
    close,
  };
}

function modelsOf({ found, languages, tessdata }: TesseractProgramOptions): string[] {
  const folder = found.tessdata;
  const path = (language: string): string => join(folder ?? "", `${language}.traineddata`);
  const missing = languages.filter((language) => folder === undefined || !existsSync(path(language)));
  if (missing.length > 0) throw missingLanguage({ languages, tessdata, missing, embedded: false });
  return languages.map((language) => describeModel(path(language)));
}

async function processOptions(
  { found, languages, environment }: TesseractProgramOptions,
  folder: ProcessOptions["folder"],
): Promise<ProcessOptions> {
  return {
    command: found.stdbuf ? ["stdbuf", "-o0", "tesseract"] : ["tesseract"],
    environment: passedOn(environment),
    languages,
    tessdata: found.tessdata ?? "",
    folder,
    endMark: await folder.write(greyTiff(WHITE_VIEW)),
    endMarks: found.stdbuf ? 1 : FILLING_MARKS,
  };
}
