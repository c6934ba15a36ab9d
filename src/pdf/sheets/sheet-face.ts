import type { Role } from "../../domain/document.ts";
import {
  brokenLines,
  createPageCanvas,
  fittingSize,
  type Modules,
  type PageCanvas,
  type SheetFont,
} from "./page-canvas.ts";

/** One printed side. */
export type SheetFace = CoverFace | SeparatorFace;

export interface CoverFace {
  readonly kind: "cover";
  readonly dossier: string;
  readonly role?: Role;
  /** Mã loại giấy tờ, tên giấy tờ. */
  readonly type?: string;
  readonly title?: string;
  readonly number: number;
  readonly of: number;
  readonly set: string;
  readonly back: boolean;
  readonly qr: Modules;
  /** Code 128 of the dossier code. */
  readonly bars: Modules;
}

export interface SeparatorFace {
  readonly kind: "separator";
  readonly back: boolean;
  readonly qr: Modules;
}

export const A4 = { width: 595.28, height: 841.89 } as const;
const MM = 72 / 25.4;
const INCH = 72;
const LEFT = 15 * MM;
const ROOM = A4.width - 2 * LEFT;
const BIG_QR = 56 * MM;
const SMALL_QR = 34 * MM;
/**
 * Of the Code 128; the page's margin is its quiet zone. At 0.55 mm a line crosses the whole code on pages skewed by up to
 * 10 degrees, and 150 dpi still give a bar three pixels.
 */
const BAR_MODULE = 0.55 * MM;
const BAR_HEIGHT = 26 * MM;

const WORDS = {
  heading: "TỜ PHÂN CÁCH",
  back: "MẶT SAU",
  dossier: "Mã hồ sơ",
  type: "Loại giấy tờ",
  role: { component: "THÀNH PHẦN HỒ SƠ", result: "KẾT QUẢ GIẢI QUYẾT" },
  sheet: "Tờ",
  set: "bộ",
  steps: [
    "1. Đặt tờ này lên trên các giấy tờ của hồ sơ ghi ở trên, rồi quét tất cả cùng một lượt.",
    "2. Không dập ghim, không gấp, không viết hoặc đóng dấu lên các mã.",
    "3. Chương trình tự nhận tờ này và không đưa nó vào hồ sơ số hóa.",
  ],
  separatorSteps: [
    "1. Đặt tờ này giữa hai giấy tờ trong chồng giấy, rồi quét tất cả cùng một lượt.",
    "2. Không dập ghim, không gấp, không viết hoặc đóng dấu lên các mã.",
    "3. Tờ này không gắn với hồ sơ nào và dùng lại được nhiều lần.",
  ],
} as const;

/** Every text that may stand on the face, so that the font can be made before anything is drawn. */
export function faceTexts(face: SheetFace): string[] {
  const fixed = [
    WORDS.heading,
    WORDS.back,
    WORDS.dossier,
    WORDS.type,
    WORDS.sheet,
    WORDS.set,
    "0123456789/·:… ",
  ];
  const steps = face.kind === "cover" ? WORDS.steps : WORDS.separatorSteps;
  const own =
    face.kind === "cover"
      ? [face.dossier, face.type ?? "", face.title ?? "", face.set, ...Object.values(WORDS.role)]
      : ["PATCH-T"];
  return [...fixed, ...steps, ...own];
}

/** The page's content stream. */
export function drawFace(face: SheetFace, font: SheetFont): string {
  const canvas = createPageCanvas(font);
  if (face.kind === "cover") drawCover(face, canvas, font);
  else drawSeparator(face, canvas, font);
  return canvas.content();
}

function drawCover(face: CoverFace, canvas: PageCanvas, font: SheetFont): void {
  const top = A4.height - 17 * MM;
  canvas.code(face.qr, LEFT, top - BIG_QR, BIG_QR, BIG_QR);
  drawWhat(face, canvas, font, { x: LEFT + BIG_QR + 10 * MM, y: top });
  drawCode(face, canvas, font, top - BIG_QR - 14 * MM);
  drawSteps(WORDS.steps, canvas, font, 112 * MM);
  const foot = 15 * MM;
  canvas.code(face.qr, A4.width - LEFT - SMALL_QR, foot, SMALL_QR, SMALL_QR);
  const line = `${WORDS.sheet} ${face.number}/${face.of} · ${WORDS.set} ${face.set}`;
  canvas.text(line, { x: LEFT, y: foot + 2, size: 11 }, { grey: 0.25 });
  if (face.back) canvas.text(WORDS.back, { x: LEFT, y: foot + 20, size: 14 }, { bold: true });
}

/** Beside the large code: what kind of sheet, which of how many, what paper comes after it. */
function drawWhat(
  face: CoverFace,
  canvas: PageCanvas,
  font: SheetFont,
  { x, y }: { readonly x: number; readonly y: number },
): void {
  const room = A4.width - LEFT - x;
  const heading = `${WORDS.heading} ${face.number}/${face.of}`;
  canvas.text(heading, { x, y: y - 24, size: fittingSize(heading, room, 32, font) }, { bold: true });
  canvas.bar(x, y - 38, room, 1.2);
  let line = y - 66;
  if (face.role !== undefined) {
    const words = WORDS.role[face.role];
    canvas.text(words, { x, y: line, size: fittingSize(words, room, 20, font) }, { bold: true });
    line -= 27;
  }
  if (face.type !== undefined) {
    const words = `${WORDS.type}: ${face.type}`;
    canvas.text(words, { x, y: line, size: fittingSize(words, room, 15, font) });
    line -= 21;
  }
  if (face.title === undefined) return;
  for (const words of brokenLines(face.title, { room, size: 15, most: 3 }, font)) {
    canvas.text(words, { x, y: line, size: 15 });
    line -= 18;
  }
}

/** The dossier code over the whole width, for people and as Code 128. */
function drawCode(face: CoverFace, canvas: PageCanvas, font: SheetFont, y: number): void {
  canvas.text(WORDS.dossier, { x: LEFT, y, size: 13 }, { grey: 0.25 });
  const size = fittingSize(face.dossier, ROOM, 50, font);
  canvas.text(face.dossier, { x: LEFT, y: y - size * 0.72 - 12, size }, { bold: true });
  const width = Math.min(ROOM, face.bars.width * BAR_MODULE);
  canvas.code(face.bars, LEFT, y - size * 0.72 - 34 - BAR_HEIGHT, width, BAR_HEIGHT);
}

function drawSteps(steps: readonly string[], canvas: PageCanvas, font: SheetFont, y: number): void {
  const lines = steps.flatMap((step) => brokenLines(step, { room: ROOM - 24, size: 14, most: 2 }, font));
  const height = lines.length * 20 + 18;
  canvas.frame(LEFT, y - height + 22, ROOM, height);
  for (const [index, words] of lines.entries()) {
    canvas.text(words, { x: LEFT + 12, y: y - index * 20, size: 14 });
  }
}

/**
 * Bars of patch code T (Kodak A-61599): read from the edge inwards narrow 0.08, wide 0.20, narrow, wide, spaces 0.08 inch;
 * at least 0.25 inch from the edge and from other print.
 */
const PATCH_T = { widths: [0.08, 0.2, 0.08, 0.2], space: 0.08, fromEdge: 0.45, length: 6 } as const;

function drawSeparator({ qr, back }: SeparatorFace, canvas: PageCanvas, font: SheetFont): void {
  drawPatch(canvas);
  const middle = (words: string, y: number, size: number): void =>
    canvas.text(words, { x: (A4.width - font.width(words) * size) / 2, y, size }, { bold: true });
  middle(WORDS.heading, A4.height - 68 * MM, 40);
  middle("PATCH-T", A4.height - 82 * MM, 26);
  canvas.code(qr, (A4.width - BIG_QR) / 2, A4.height - 95 * MM - BIG_QR, BIG_QR, BIG_QR);
  drawSteps(WORDS.separatorSteps, canvas, font, 118 * MM);
  canvas.code(qr, A4.width - LEFT - SMALL_QR, 44 * MM, SMALL_QR, SMALL_QR);
  if (back) canvas.text(WORDS.back, { x: LEFT, y: 46 * MM, size: 14 }, { bold: true });
}

/** At both ends of the sheet, so that it does not matter which goes in first. */
function drawPatch(canvas: PageCanvas): void {
  const x = (A4.width - PATCH_T.length * INCH) / 2;
  let from = PATCH_T.fromEdge;
  for (const width of PATCH_T.widths) {
    canvas.bar(x, from * INCH, PATCH_T.length * INCH, width * INCH);
    canvas.bar(x, A4.height - (from + width) * INCH, PATCH_T.length * INCH, width * INCH);
    from += width + PATCH_T.space;
  }
}
