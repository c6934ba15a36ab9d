import { imageBytes } from "../domain/image-bytes.ts";
import type { PageChange } from "../domain/page-change.ts";
import type { CodedImage, PdfImage, PlacedImage } from "../domain/page-ports.ts";
import type { OutputRule, ScanProfile } from "../domain/rules.ts";
import { decoding, withSource, type Source } from "./decode.ts";
import { isBilevel } from "./g4.ts";
import { mixedImage, type MixedImage } from "./mixed.ts";
import { bilevelImage, blackAndWhite, isBlackAndWhite } from "./output/bilevel.ts";
import { flatePng, jpegImage } from "./output/jpeg.ts";
import { headOf, isTouched, pagePixels, stanceAfter, type OpenedPage } from "./output/page-pixels.ts";
import { isOneBitPng, ownBytes, pngStream } from "./output/pass-through.ts";
import { storedSize } from "./output/stored-size.ts";
import { readTags } from "./tiff-directory.ts";

export interface EncodeOptions {
  /** A page of more is refused before it is decoded. */
  readonly maxPixels: number;
  readonly profile: Pick<ScanProfile, "output">;
}

/** What `normalize` found: changes to be made, and pixels of the upright page to the inch. */
export interface Made {
  readonly changes: readonly PageChange[];
  readonly dpi: number;
}

interface Task extends OpenedPage {
  readonly rule: OutputRule;
  readonly dpi: number;
  /** Bytes the image came in. */
  readonly came: number;
  /** Whether the image may pass as it is: then one try at a smaller one is enough. */
  readonly mayPass: boolean;
}

/**
 * The page as a PDF image stream: its own bytes where the profile lets them pass, else coded as the profile says, and
 * whichever is smaller. Pixels are turned only when they are changed: `width` and `height` are those of the stored image,
 * which must first be mirrored left to right (if `mirrored`), then turned clockwise by `turn`, to stand upright.
 */
export async function encodePage(page: PlacedImage, made: Made, options: EncodeOptions): Promise<PdfImage> {
  const { image } = page;
  const work = (source?: Source) =>
    decoding(source ?? "raw", () => encodeOpened(page, source, made, options));
  return image.kind === "raw" ? work() : withSource(image, work);
}

async function encodeOpened(
  page: PlacedImage,
  source: Source | undefined,
  made: Made,
  { maxPixels, profile }: EncodeOptions,
): Promise<PdfImage> {
  const head = await headOf(page, source, maxPixels);
  const changes = made.changes.filter(({ kind }) => kind !== "turn");
  const opened: OpenedPage = { page, source, maxPixels, changes, head };
  const stance = stanceAfter(opened);
  const own = isTouched(opened) ? undefined : await ownBytes(page, source);
  const allowed = profile.output.passThroughKilobytes * 1024 * sheets(opened, made.dpi);
  if (own !== undefined && sizeOf(own) <= allowed && !isLoose(own))
    return { ...own, ...stance, passedThrough: true };
  const came = await storedSize(page, source);
  const mayPass = own !== undefined;
  const again = await codedAgain({ ...opened, rule: profile.output, dpi: made.dpi, came, mayPass });
  // Never larger than it came.
  if (own !== undefined && sizeOf(own) <= sizeOf(again)) return { ...own, ...stance, passedThrough: true };
  return { ...again, ...stance, passedThrough: false };
}

const sizeOf = (image: MixedImage): number =>
  imageBytes({ ...image, turn: 0, mirrored: false, passedThrough: false });

/** Flate takes twice the room of Group 4, which loses nothing either. */
const isLoose = ({ bits, filter }: CodedImage): boolean => bits === 1 && filter === "FlateDecode";

const A4_SQUARE_POINTS = 595.28 * 841.89;

/** How many sheets of A4 the page is large. */
function sheets({ page, head }: OpenedPage, dpi: number): number {
  const { widthPt, heightPt } = page.paper ?? {
    widthPt: (head.width * 72) / dpi,
    heightPt: (head.height * 72) / dpi,
  };
  return (widthPt * heightPt) / A4_SQUARE_POINTS;
}

async function codedAgain(task: Task): Promise<MixedImage> {
  if (await isOneBit(task)) {
    const grey = { ...task, head: { ...task.head, grey: true } };
    return bilevelImage(blackAndWhite(await pagePixels(grey, 1)), task.came);
  }
  if (task.rule.mixed) {
    const mixed = await mixedPage(task);
    if (mixed !== undefined) return mixed;
  }
  return smallPicture(task);
}

/** Black and white in its source, which it stays. */
async function isOneBit({ source, page }: Task): Promise<boolean> {
  const { image } = page;
  if (image.kind === "raw") return isBlackAndWhite({ ...image, data: image.bytes });
  if (source?.tiff !== undefined)
    return isBilevel(await readTags(source.bytes, source.tiff.file, source.tiff.frame));
  return source?.format === "png" && isOneBitPng(await source.bytes.read(0, source.bytes.size));
}

/** Letters of a 1-bit mask need 300 dpi to look printed; more only costs. */
const MASK_DPI = 300;
/** Below it the greys of a letter's edge say more than its pixels: they become pixels of a mask twice as fine. */
const COARSE_DPI = 170;
/** Letters of fewer pixels do not survive being cut out. */
const LEAST_MASK_DPI = 96;

async function mixedPage(task: Task): Promise<MixedImage | undefined> {
  if (task.dpi < LEAST_MASK_DPI) return undefined;
  const scale = task.dpi < COARSE_DPI ? 2 : Math.min(1, MASK_DPI / task.dpi);
  return mixedImage(await pagePixels(task, scale), task.dpi * scale, task.rule.quality);
}

/** Below the profile's quality, for pages that came smaller than it makes them. */
const COARSER = [15, 30];
const LEAST_QUALITY = 30;
/** Of pages with few pixels each counts: at quality 60 a page of 82 dpi lost 2 % of its words, and its bytes are few too. */
const COARSE_QUALITY = 82;

/** As JPEG; what makes it larger than it came is given up for the first other way that does not, or the smallest. */
async function smallPicture(task: Task): Promise<MixedImage> {
  let best: MixedImage | undefined;
  for await (const image of pictures(task)) {
    if (best === undefined || sizeOf(image) < sizeOf(best)) best = image;
    if (sizeOf(best) <= task.came || task.mayPass) break;
  }
  if (best === undefined) throw new Error("no way to encode a page");
  return best;
}

async function* pictures(task: Task): AsyncGenerator<MixedImage> {
  const pixels = await pagePixels(task, Math.min(1, task.rule.dpi / task.dpi));
  const quality = Math.max(task.rule.quality, task.dpi < LEAST_MASK_DPI ? COARSE_QUALITY : 0);
  yield await jpegImage(pixels, quality);
  if (task.page.how === "rendered") {
    // A fax with a drawn stamp came in less than any JPEG of it takes.
    const mixed = await mixedPage(task);
    if (mixed !== undefined) yield mixed;
  } else if (task.source?.format !== "jpeg") {
    const exact = pngStream(await flatePng(pixels));
    if (exact !== undefined) yield exact;
  }
  for (const step of COARSER) yield await jpegImage(pixels, Math.max(LEAST_QUALITY, quality - step));
}
