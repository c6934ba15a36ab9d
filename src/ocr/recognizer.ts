import type { OcrEngine, PreparedPage, Recognizer, RefinedPage, Segmentation } from "../domain/page-ports.ts";
import type { Line, Word } from "../domain/reading.ts";
import { enlarged, enlargementOf, shrunk } from "./adaptive/enlarge.ts";
import { lookAgain } from "./adaptive/look-again.ts";
import type { Look } from "./adaptive/look.ts";
import { calibrate, calibrateLines } from "./confidence/calibrate.ts";
import { finishLines } from "./vietnamese/finish.ts";

export interface RecognizerOptions {
  /** Look again at what the first pass read badly or not at all. */
  readonly secondLook: boolean;
}

/** Grows when the same engine would give another reading of the same page. */
const VERSION = 7;
/** Words of which fewer are read right than this are looked at again. */
const WEAK = 0.5;

/** Puts second look, calibration and Vietnamese finish on top of an engine. */
export function createRecognizer(
  engine: OcrEngine,
  { secondLook }: RecognizerOptions = { secondLook: true },
): Recognizer {
  const read = async (view: PreparedPage, signal: AbortSignal, segmentation?: Segmentation) => {
    const factor = enlargementOf(view);
    if (factor === 1) return engine.read(view, signal, segmentation);
    return shrunk(await engine.read(enlarged(view, factor), signal, segmentation), factor);
  };
  return {
    identity: `${engine.identity}; reading ${VERSION}${secondLook ? "" : ", first look only"}`,
    read,
    refine: async (page, first, signal) => {
      const isWeak = (word: Word): boolean => calibrate(word, engine.identity) < WEAK;
      const look: Look = (view, how) => engine.read(view, signal, how);
      const lines = secondLook ? await secondLookAt(page, first, isWeak, look) : first;
      return calibrateLines(finishLines(lines), engine.identity);
    },
    close: () => engine.close(),
  };
}

/** Coarse pages are looked at as they were read: enlarged. The red view is read already; its lines stay where they are. */
async function secondLookAt(
  page: RefinedPage,
  first: readonly Line[],
  isWeak: (word: Word) => boolean,
  look: Look,
): Promise<readonly Line[]> {
  const factor = enlargementOf(page.prepared);
  if (factor === 1) return lookAgain(page, first, isWeak, look);
  const { redLines = [] } = page;
  const big = { prepared: enlarged(page.prepared, factor), redLines: shrunk(redLines, 1 / factor) };
  return shrunk(await lookAgain(big, shrunk(first, 1 / factor), isWeak, look), factor);
}
