import { OperationalError } from "../../domain/errors.ts";
import type { SealImage } from "../../domain/seal.ts";
import type { AppearanceName, CopyForm } from "../../domain/settings.ts";
import { type CertificateFacts, signerName } from "../asn1/certificate.ts";
import type { WantedPlace } from "./placing.ts";
import { drawTestMark, TEST_MARK } from "./test-mark.ts";
import { type BlockStyle, drawText, layText, n, type Paragraph } from "./text-block.ts";
import type { TextFont } from "./text-font.ts";

/** What is to be told, and by whom. */
export interface Told {
  readonly signer: CertificateFacts;
  readonly at: Date;
  /** Thời gian sao chụp. */
  readonly capturedAt: Date;
  readonly copyForm: CopyForm;
  readonly seal?: SealImage;
}

/** A drawn box before it has a place: content operators in points, origin at its lower left corner. */
export interface Picture extends WantedPlace {
  /** Uses the font as /F0, grey as /C0 and the seal as /Seal. */
  readonly content: string;
  /** The box may end here, where its text does, if that lets it stay at the top edge. */
  readonly leastWidth?: number;
  readonly seal?: SealImage;
}

type Draw = (told: Told, font: TextFont, pageWidth: number) => Picture;

/** Rules of domain page 6.1, one function a profile. */
export const PICTURES: Readonly<Record<Exclude<AppearanceName, "none">, Draw>> = {
  "tt01-scan": scanPicture,
  "nd30-copy": copyPicture,
  archive: archivePicture,
};

/** Every letter the labels and times may need; names come on top. */
export const FIXED_LETTERS =
  "Người ký: Cơ quan: Thời gian sao chụp: Thời gian ký: SAO Y SAO LỤC TRÍCH SAO KÝ THỬ 0123456789.:+…?";

/** Box of real state files: 256 × 32 pt, 7 pt from the left, 1 pt from the top. */
const SCAN = { width: 256, height: 32, side: 7, top: 1, size: 7.25, leading: 7.25 } as const;

/** The digitizer's box (TT 01/2023/TT-VPCP art. 8: who copied and when). */
function scanPicture({ signer, at, capturedAt }: Told, font: TextFont): Picture {
  const told: Paragraph[] = [{ text: `Người ký: ${signerName(signer)}`, most: 2 }];
  if (signer.organization !== "") told.push({ text: `Cơ quan: ${signer.organization}`, most: 2 });
  told.push({ text: `Thời gian sao chụp: ${vietnamTime(capturedAt)}`, most: 1 });
  told.push({ text: `Thời gian ký: ${vietnamTime(at)}`, most: 1 });
  const x = signer.test ? TEST_MARK.width + 3 : 2;
  const style = { ...SCAN, room: SCAN.width - x - 2 };
  const lines = layText(told, style, font);
  const height = Math.max(SCAN.height, lines.length * SCAN.leading + 3);
  const mark = signer.test ? drawTestMark(0, height - TEST_MARK.height, font) : "";
  const { width, side, top } = SCAN;
  const content = mark + drawText(lines, { x, top: height - 0.5 }, style, font);
  const leastWidth = x + Math.max(...lines.map((line) => line.width)) + 2;
  return { width, height, side, top, corner: "left", content, leastWidth };
}

/** NĐ 30/2020 Phụ lục I: Times New Roman 10 pt, upright, black. */
const COPY: BlockStyle = { size: 10, leading: 11.5, room: 200 };

/** The organisation's box on a digital copy: no picture; form of copy, name, time; top right. */
function copyPicture({ signer, at, copyForm }: Told, font: TextFont): Picture {
  const told = [
    { text: copyForm, most: 1 },
    { text: signerName(signer), most: 3 },
    { text: vietnamTime(at), most: 1 },
  ];
  const lines = layText(told, COPY, font);
  const x = signer.test ? TEST_MARK.width + 3 : 2;
  const width = x + Math.max(...lines.map((line) => line.width)) + 2;
  const height = Math.max(signer.test ? TEST_MARK.height : 0, lines.length * COPY.leading + 4);
  const mark = signer.test ? drawTestMark(0, height - TEST_MARK.height, font) : "";
  const content = mark + drawText(lines, { x, top: height }, COPY, font);
  return { width, height, side: 8, top: 6, corner: "right", content };
}

const ARCHIVE: BlockStyle = { size: 10, leading: 11.5, room: 170 };
/** Above the seal of a narrow page. */
const ABOVE: BlockStyle = { size: 7.25, leading: 8, room: 109 };

/**
 * The organisation's seal in its real size, name and time at its left in the upper margin, where a paper has least to be
 * covered; above it on narrow pages.
 */
function archivePicture({ signer, at, seal }: Told, font: TextFont, pageWidth: number): Picture {
  if (seal === undefined) throw new OperationalError("settings", "signing.seal");
  const told = [
    { text: signerName(signer), most: 4 },
    { text: vietnamTime(at), most: 1 },
  ];
  const [wide, tall] = [seal.widthPt, (seal.widthPt * seal.height) / seal.width];
  const frame = { side: 6, top: 4, corner: "right", seal } as const;
  const drawn = (x: number, y: number) =>
    `q ${n(wide)} 0 0 ${n(tall)} ${n(x)} ${n(y)} cm /Seal Do Q\n` +
    (signer.test
      ? drawTestMark(x + (wide - TEST_MARK.width) / 2, y + (tall - TEST_MARK.height) / 2, font)
      : "");
  const lines = layText(told, ARCHIVE, font);
  const text = Math.max(...lines.map((line) => line.width)) + 8;
  if (text + wide + 2 * frame.side <= pageWidth) {
    const height = Math.max(tall, lines.length * ARCHIVE.leading + 4);
    const content = drawn(text, height - tall) + drawText(lines, { x: 2, top: height }, ARCHIVE, font);
    return { ...frame, width: text + wide, height, content };
  }
  const above = { ...ABOVE, room: Math.max(wide, ABOVE.room) - 4 };
  const rows = layText(told, above, font);
  const width = above.room + 4;
  const height = tall + rows.length * above.leading + 5;
  const content = drawn((width - wide) / 2, 0) + drawText(rows, { x: 2, top: height }, above, font);
  return { ...frame, width, height, content };
}

/** `dd.MM.yyyy HH:mm:ss +07:00`: Vietnam has one zone and no summer time. */
function vietnamTime(at: Date): string {
  const local = new Date(at.getTime() + 7 * 3_600_000).toISOString();
  return `${local.slice(8, 10)}.${local.slice(5, 7)}.${local.slice(0, 4)} ${local.slice(11, 19)} +07:00`;
}
