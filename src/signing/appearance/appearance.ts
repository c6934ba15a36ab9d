import type { PageArea } from "../../domain/ports.ts";
import type { AppearanceName } from "../../domain/settings.ts";
import { signerName } from "../asn1/certificate.ts";
import type { PageBox } from "../append/pdf-layout.ts";
import { FIXED_LETTERS, type Picture, PICTURES, type Told } from "./pictures.ts";
import { findPlace, type FoundPlace } from "./placing.ts";
import { SEAL_OBJECTS, sealObjects } from "./seal-objects.ts";
import { type Rect, shownPage, type ShownPage } from "./shown-page.ts";
import { GREY, n } from "./text-block.ts";
import { cachedTextFont, FONT_OBJECTS } from "./text-font.ts";

/** What the widget shows: its rectangle on the page and the objects of its picture, the form XObject first. */
export interface Appearance {
  readonly rectangle: Rect;
  readonly objectCount: number;
  /** Whether the box touches neither a QR code nor another signature. */
  readonly clear: boolean;
  objects(first: number): readonly Buffer[];
}

export interface AppearanceRequest extends Told {
  readonly name: AppearanceName;
  readonly page: PageBox;
  /** Rectangles of the signature widgets on page 1, in user space. */
  readonly taken: readonly Rect[];
  /** Shares of the page as shown: QR codes. */
  readonly keepClear: readonly PageArea[];
}

/** Points of air round a QR code (its quiet zone) and round another signature. */
const AIR = { code: 6, signature: 6 } as const;

/** Draws a signature's box as its profile wants it, in the free place next to its corner. */
export function drawAppearance(request: AppearanceRequest): Appearance {
  if (request.name === "none") return noAppearance();
  const { signer } = request;
  const page = shownPage(request.page);
  const font = cachedTextFont(`${FIXED_LETTERS}${signerName(signer)}${signer.organization}`);
  const picture = PICTURES[request.name](request, font, page.width);
  const { seal } = picture;
  const { width, place } = placed(picture, page, obstacles(request, page));
  return {
    rectangle: page.toUser(place.rect),
    objectCount: 1 + FONT_OBJECTS + (seal === undefined ? 0 : SEAL_OBJECTS),
    clear: place.clear,
    objects(first) {
      const fonts = Array.from({ length: FONT_OBJECTS }, (_, i) => first + 1 + i);
      const image = first + 1 + FONT_OBJECTS;
      const drawn = seal === undefined ? [] : sealObjects(seal, image + 1);
      const named = seal === undefined ? "" : ` /XObject << /Seal ${image} 0 R >>`;
      const dictionary =
        `/BBox [0 0 ${n(width)} ${n(picture.height)}] /Matrix [${page.turn} 0 0] ` +
        `/Resources << /Font << /F0 ${fonts[0]} 0 R >> /ColorSpace << /C0 ${GREY} >>${named} >>`;
      return [form(picture.content, dictionary), ...font.objects(fonts), ...drawn];
    },
  };
}

/** A signature without a picture still needs a rectangle and an /AP: Preflight 5.3.1 rejects a widget without. */
export function noAppearance(): Appearance {
  return {
    rectangle: [0, 0, 0, 0],
    objectCount: 1,
    clear: true,
    objects: () => [form("", "/BBox [0 0 0 0] /Resources << >>")],
  };
}

/**
 * Beside the seals that real papers carry at the top there is room for the words, not for the whole box; below them is the
 * issuer's name.
 */
function placed(
  picture: Picture,
  page: ShownPage,
  taken: readonly Rect[],
): { readonly width: number; readonly place: FoundPlace } {
  const { width, leastWidth = width, top } = picture;
  const place = findPlace(picture, page, taken);
  const atTop = place.clear && place.scale === 1 && place.rect[3] === page.height - top;
  if (atTop || leastWidth === width) return { width, place };
  return { width: leastWidth, place: findPlace({ ...picture, width: leastWidth }, page, taken) };
}

/** Invisible signatures and nonsense take no room. */
function obstacles({ taken, keepClear }: AppearanceRequest, page: ShownPage): Rect[] {
  const all = [
    ...keepClear.map((area) => grown(page.fromArea(area), AIR.code)),
    ...taken.filter(hasArea).map((rect) => grown(page.fromUser(rect), AIR.signature)),
  ];
  return all.filter(hasArea);
}

function hasArea(rect: Rect): boolean {
  const [x0, y0, x1, y1] = rect;
  return rect.every(Number.isFinite) && x0 !== x1 && y0 !== y1;
}

function grown([x0, y0, x1, y1]: Rect, by: number): Rect {
  return [x0 - by, y0 - by, x1 + by, y1 + by];
}

function form(content: string, dictionary: string): Buffer {
  const body = `q\n${content}Q`;
  return Buffer.from(
    `<< /Type /XObject /Subtype /Form ${dictionary} /Length ${body.length} >>\nstream\n${body}\nendstream`,
    "latin1",
  );
}
