import { PdfDamage } from "./damage.ts";

/** Undoes the TIFF (2) and PNG (10-15) predictors of Flate and LZW (ISO 32000-1, 7.4.4.4). */
export function undoPredictor(bytes: Buffer, parms: ReadonlyMap<string, number>): Buffer {
  const predictor = parms.get("Predictor") ?? 1;
  if (predictor <= 1) return bytes;
  const colours = parms.get("Colors") ?? 1;
  const bits = parms.get("BitsPerComponent") ?? 8;
  const columns = parms.get("Columns") ?? 1;
  if (colours < 1 || colours > 32 || ![1, 2, 4, 8, 16].includes(bits) || columns < 1 || columns > 1_000_000)
    throw new PdfDamage("wrong predictor values");
  const step = Math.max(1, (colours * bits) >> 3);
  const row = Math.ceil((columns * colours * bits) / 8);
  if (predictor >= 10) return undoPng(bytes, row, step);
  if (bits !== 8) throw new PdfDamage("a TIFF predictor that is not 8 bits deep");
  return undoTiff(Buffer.from(bytes), row, step);
}

function undoTiff(bytes: Buffer, row: number, step: number): Buffer {
  for (let start = 0; start < bytes.length; start += row) {
    const end = Math.min(start + row, bytes.length);
    for (let at = start + step; at < end; at += 1) bytes[at] = (bytes[at] ?? 0) + (bytes[at - step] ?? 0);
  }
  return bytes;
}

function undoPng(bytes: Buffer, row: number, step: number): Buffer {
  const rows = Math.floor((bytes.length + row) / (row + 1));
  const out = Buffer.alloc(rows * row);
  for (let y = 0; y < rows; y += 1) {
    const from = y * (row + 1);
    const to = y * row;
    bytes.copy(out, to, from + 1, Math.min(from + 1 + row, bytes.length));
    undoRow(out, to, row, step, bytes[from] ?? 0);
  }
  return out;
}

function undoRow(out: Buffer, start: number, row: number, step: number, type: number): void {
  if (type === 0) return;
  for (let x = 0; x < row; x += 1) {
    const at = start + x;
    const left = x >= step ? (out[at - step] ?? 0) : 0;
    const up = start > 0 ? (out[at - row] ?? 0) : 0;
    const corner = x >= step && start > 0 ? (out[at - row - step] ?? 0) : 0;
    out[at] = (out[at] ?? 0) + guess(type, left, up, corner);
  }
}

function guess(type: number, left: number, up: number, corner: number): number {
  if (type === 1) return left;
  if (type === 2) return up;
  if (type === 3) return (left + up) >> 1;
  const estimate = left + up - corner;
  const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}
