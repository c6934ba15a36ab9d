import type { ContactSheet } from "../../domain/pdf-port.ts";
import { CELLS } from "./contact-cell.ts";
import { createPageCanvas, fittingSize, type SheetFont } from "./page-canvas.ts";
import { A4 } from "./sheet-face.ts";

/** The heading all sheets share: what it is, whose papers, how many, when. */
export function contactHead(
  { title, unit, created }: ContactSheet,
  { count, pages }: { readonly count: number; readonly pages: number },
  font: SheetFont,
): string {
  const canvas = createPageCanvas(font);
  const room = A4.width - 2 * CELLS.margin;
  const y = A4.height - 36;
  canvas.text(title, { x: CELLS.margin, y, size: fittingSize(title, room, 15, font) }, { bold: true });
  const facts = [unit, `${grouped(count)} văn bản`, `${grouped(pages)} tờ`, vietnamMinute(created)];
  const line = facts.filter((fact) => fact !== "").join(" · ");
  const size = fittingSize(line, room, 9.5, font);
  canvas.text(line, { x: CELLS.margin, y: y - 15, size }, { grey: 0.25 });
  canvas.bar(CELLS.margin, y - 23, room, 0.6);
  return canvas.content();
}

/** 12.345, as Vietnamese writes it. */
function grouped(value: number): string {
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/gu, ".");
}

/** `dd.MM.yyyy HH:mm` in Vietnam's zone. */
function vietnamMinute(at: Date): string {
  const local = new Date(at.getTime() + 7 * 3_600_000).toISOString();
  return `${local.slice(8, 10)}.${local.slice(5, 7)}.${local.slice(0, 4)} ${local.slice(11, 16)}`;
}
