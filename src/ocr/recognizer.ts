import type { OcrEngine, Recognizer, RefinedPage, Segmentation } from "../domain/page-ports.ts";
import type { Line } from "../domain/reading.ts";
import { enlarged, enlargementOf, shrunk } from "./adaptive/enlarge.ts";
import { insertLines } from "./adaptive/insert-lines.ts";
import { redTextOf } from "./adaptive/red-text.ts";
import { finishLines } from "./vietnamese/finish.ts";

export interface RecognizerOptions {
  /** Look again at what the first pass read badly or not at all. */
  readonly secondLook: boolean;
}

/** Grows when the same engine would give another reading of the same page. */
const VERSION = 1;

/** Puts second look, calibration and Vietnamese finish on top of an engine. */
export function createRecognizer(
  engine: OcrEngine,
  { secondLook }: RecognizerOptions = { secondLook: true },
): Recognizer {
  const read = async (view: RefinedPage["prepared"], signal: AbortSignal, segmentation?: Segmentation) => {
    const factor = enlargementOf(view);
    if (factor === 1) return engine.read(view, signal, segmentation);
    return shrunk(await engine.read(enlarged(view, factor), signal, segmentation), factor);
  };
  return {
    identity: `${engine.identity}; reading ${VERSION}${secondLook ? "" : ", first look only"}`,
    read,
    refine: async (page, first) => finishLines(secondLook ? withRedText(page, first) : first),
    close: () => engine.close(),
  };
}

function withRedText({ redLines = [] }: RefinedPage, first: readonly Line[]): readonly Line[] {
  return insertLines(first, redTextOf(redLines, first));
}
