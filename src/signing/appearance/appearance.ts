import type { SignRequest } from "../../domain/ports.ts";
import { type CertificateFacts, signerName } from "../asn1/certificate.ts";
import type { PageBox } from "../append/pdf-layout.ts";
import { createTextFont, FONT_OBJECTS } from "./text-font.ts";

/** What the widget shows: its rectangle on the page and the objects of its picture, the form XObject first. */
export interface Appearance {
  readonly rectangle: readonly [number, number, number, number];
  readonly objectCount: number;
  objects(first: number): readonly Buffer[];
}

/** Box of real state files: 256 × 32 pt, 7 pt from the left, 1 pt from the top; text 7.25 pt, leading 7.25. */
const BOX = { width: 256, height: 32, left: 7, top: 1, text: 7.25, line: 7.25 } as const;
const TEST_MARK = { width: 30, text: 11.5 } as const;
/** Long names are squeezed down to this share of their width, then cut. */
const NARROWEST = 0.55;
/** A foreign PDF/A may lack the output intent that the device's own grey would need (ISO 19005-2, 6.2.4.3). */
const BLACK = "[/CalGray << /WhitePoint [0.9505 1 1.089] >>]";
const TEST_WORDS = ["KÝ", "THỬ"] as const;

/** A signature without a picture still needs a rectangle and an /AP: Preflight 5.3.1 rejects a widget without. */
export function noAppearance(): Appearance {
  return {
    rectangle: [0, 0, 0, 0],
    objectCount: 1,
    objects: () => [form("", "/BBox [0 0 0 0] /Resources << >>")],
  };
}

/**
 * The digitizer's box, top left of page 1 (TT 01/2023/TT-VPCP art. 8: who copied and when).
 * @param slot how many signature boxes stand there already; the new one goes below them.
 */
export function scanAppearance(
  signer: CertificateFacts,
  request: SignRequest,
  page: PageBox,
  slot: number,
): Appearance {
  const lines = linesOf(signer, request);
  const font = createTextFont([...lines, ...TEST_WORDS, "…"]);
  const shown = page.rotate % 180 === 0 ? page : { width: page.height, height: page.width };
  const scale = Math.min(
    1 / page.unit,
    (shown.width - 2) / (BOX.width + BOX.left),
    shown.height / (BOX.height + BOX.top),
  );
  const top = Math.max(BOX.height * scale, shown.height - (BOX.top + slot * (BOX.height + 2)) * scale);
  const left = BOX.left * scale;
  return {
    rectangle: turn(page, [left, top - BOX.height * scale, left + BOX.width * scale, top]),
    objectCount: 1 + FONT_OBJECTS,
    objects(first) {
      const fonts = Array.from({ length: FONT_OBJECTS }, (_, i) => first + 1 + i);
      const content = (signer.test ? testMark(font) : "") + textBlock(lines, font, signer.test);
      const dictionary =
        `/BBox [0 0 ${BOX.width} ${BOX.height}] /Matrix [${TURNS[page.rotate]} 0 0] ` +
        `/Resources << /Font << /F0 ${first + 1} 0 R >> /ColorSpace << /C0 ${BLACK} >> >>`;
      return [form(content, dictionary), ...font.objects(fonts)];
    },
  };
}

/** `dd.MM.yyyy HH:mm:ss +07:00`: Vietnam has one zone and no summer time. */
function vietnamTime(at: Date): string {
  const local = new Date(at.getTime() + 7 * 3_600_000).toISOString();
  return `${local.slice(8, 10)}.${local.slice(5, 7)}.${local.slice(0, 4)} ${local.slice(11, 19)} +07:00`;
}

function linesOf(signer: CertificateFacts, request: SignRequest): string[] {
  const lines = [`Người ký: ${signerName(signer)}`];
  if (signer.organization !== "") lines.push(`Cơ quan: ${signer.organization}`);
  lines.push(`Thời gian sao chụp: ${vietnamTime(request.capturedAt)}`);
  lines.push(`Thời gian ký: ${vietnamTime(request.at)}`);
  return lines.map((line) => line.normalize("NFC").replaceAll(/\s+/gu, " "));
}

type Measured = ReturnType<typeof createTextFont>;

function textBlock(lines: readonly string[], font: Measured, test: boolean): string {
  const left = test ? TEST_MARK.width + 3 : 2;
  const room = BOX.width - left - 2;
  let content = `/C0 cs 0 sc BT /F0 ${BOX.text} Tf ${BOX.line} TL 1 0 0 1 ${left} ${BOX.height - BOX.line - 0.5} Tm\n`;
  for (const line of lines) {
    const text = cut(line, font, room / NARROWEST);
    const squeeze = Math.min(1, room / (font.width(text) * BOX.text));
    content += `${(squeeze * 100).toFixed(2)} Tz ${font.encode(text)} Tj T*\n`;
  }
  return `${content}ET\n`;
}

/** A framed KÝ THỬ at the left, so that nobody takes a trial for a signature. */
function testMark(font: Measured): string {
  const size = TEST_MARK.text;
  const row = (word: string, y: number) => {
    const x = (TEST_MARK.width - font.width(word) * size) / 2 + 0.5;
    return `1 0 0 1 ${x.toFixed(2)} ${y} Tm ${font.encode(word)} Tj\n`;
  };
  const frame = `q /C0 CS 0 SC 0.8 w 1 1 ${TEST_MARK.width - 1} ${BOX.height - 2} re S Q\n`;
  return `${frame}/C0 cs 0 sc BT /F0 ${size} Tf\n${row(TEST_WORDS[0], 18.5)}${row(TEST_WORDS[1], 5.5)}ET\n`;
}

function cut(line: string, font: Measured, room: number): string {
  if (font.width(line) * BOX.text <= room) return line;
  const chars = Array.from(line);
  while (chars.length > 0 && font.width(`${chars.join("")}…`) * BOX.text > room) chars.pop();
  return `${chars.join("")}…`;
}

/** Matrices that stand the picture upright on a page shown turned clockwise. */
const TURNS: Readonly<Record<PageBox["rotate"], string>> = {
  0: "1 0 0 1",
  90: "0 1 -1 0",
  180: "-1 0 0 -1",
  270: "0 -1 1 0",
};

/** From the page as shown (origin bottom left) to the page's own coordinates. */
function turn(
  page: PageBox,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
): Appearance["rectangle"] {
  const { width, height } = page;
  const own = {
    0: [x0, y0, x1, y1],
    90: [width - y1, x0, width - y0, x1],
    180: [width - x1, height - y1, width - x0, height - y0],
    270: [y0, height - x1, y1, height - x0],
  }[page.rotate];
  const [a = 0, b = 0, c = 0, d = 0] = own.map((value) => Math.round(value * 100) / 100);
  return [a + page.x, b + page.y, c + page.x, d + page.y];
}

function form(content: string, dictionary: string): Buffer {
  const body = `q\n${content}Q`;
  return Buffer.from(
    `<< /Type /XObject /Subtype /Form ${dictionary} /Length ${body.length} >>\nstream\n${body}\nendstream`,
    "latin1",
  );
}
