import type { PageSource } from "../domain/document.ts";
import type { PageChange } from "../domain/page-change.ts";
import type { PlacedImage, Stance } from "../domain/page-ports.ts";
import type { Context } from "../domain/ports.ts";

/**
 * The pixels of a page as its source holds them: a frame of an image file, or the image inside a PDF page. A turn among
 * its changes is laid onto how it is placed, so that nobody has to turn pixels.
 */
export async function openPage(
  source: PageSource,
  context: Pick<Context, "pdf">,
  changes: readonly PageChange[] = [],
): Promise<PlacedImage> {
  const placed: PlacedImage =
    source.kind === "pdf"
      ? await context.pdf.pageImage(source.file.path, source.index)
      : { image: { kind: "file", path: source.file.path, frame: source.index }, turn: 0, how: "file" };
  const half = source.half === undefined ? {} : { half: source.half };
  return { ...placed, ...half, turn: turned(placed.turn, turnedBy(changes)) };
}

/** Degrees clockwise of all turns among the changes. */
export function turnedBy(changes: readonly PageChange[]): Stance["turn"] {
  return changes.reduce<Stance["turn"]>(
    (sum, change) => (change.kind === "turn" ? turned(sum, change.degrees) : sum),
    0,
  );
}

/** Quarter turns clockwise add up. */
export function turned(turn: Stance["turn"], degrees: number): Stance["turn"] {
  return ((((turn + degrees) % 360) + 360) % 360) as Stance["turn"];
}
