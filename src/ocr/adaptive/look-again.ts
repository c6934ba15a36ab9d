import { isOperational } from "../../domain/errors.ts";
import type { RefinedPage } from "../../domain/page-ports.ts";
import type { Line, Word } from "../../domain/reading.ts";
import { insertLines } from "./insert-lines.ts";
import type { Look } from "./look.ts";
import { readUncovered } from "./read-uncovered.ts";
import { redTextOf } from "./red-text.ts";
import { rereadWeak } from "./reread.ts";
import { restoreMarks } from "./restore-marks.ts";
import { splitStamped } from "./split-stamped.ts";

/**
 * Looks again at the places of a page that were read badly or not at all. A look that takes too long or kills the engine
 * leaves the reading as it was before it.
 */
export async function lookAgain(
  page: RefinedPage,
  first: readonly Line[],
  isWeak: (word: Word) => boolean,
  look: Look,
): Promise<readonly Line[]> {
  const { prepared, redInk, redLines = [] } = page;
  const whole = await unlessItFails(first, () => readUncovered(prepared, first, isWeak, look));
  const marked = await unlessItFails(whole, () => restoreMarks(prepared, whole, look));
  const all = insertLines(marked, redTextOf(redLines, marked));
  const reread = await unlessItFails(all, () => rereadWeak(prepared, all, isWeak, look));
  return splitStamped(reread, redInk);
}

async function unlessItFails(
  before: readonly Line[],
  work: () => Promise<readonly Line[]>,
): Promise<readonly Line[]> {
  try {
    return await work();
  } catch (error) {
    if (isOperational(error) && (error.code === "page_timeout" || error.code === "engine_died"))
      return before;
    throw error;
  }
}
