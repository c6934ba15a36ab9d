import type { OcrEngine, PreparedPage, Recognizer, Segmentation } from "../domain/page-ports.ts";
import type { Word } from "../domain/reading.ts";
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
const VERSION = 3;
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
      const lines = secondLook ? await lookAgain(page, first, isWeak, look) : first;
      return calibrateLines(finishLines(lines), engine.identity);
    },
    close: () => engine.close(),
  };
}
