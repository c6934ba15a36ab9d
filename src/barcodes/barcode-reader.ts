import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import type { Barcode } from "../domain/barcode.ts";
import type { BarcodeReader } from "../domain/page-ports.ts";

/** Reads every code of a page with ZXing; the library would fetch its WebAssembly from the network by itself. */
export function createBarcodeReader(): BarcodeReader {
  const wasm = createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm");
  prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(readFileSync(wasm)).buffer } });
  return {
    identity: "zxing-wasm 3.1.4",
    read: async ({ pgm, width, height }) => {
      const found = await readBarcodes(new Uint8Array(pgm));
      return found.map(({ format, text, position }): Barcode => {
        const points = [position.topLeft, position.topRight, position.bottomLeft, position.bottomRight];
        const [xs, ys] = [points.map(({ x }) => x / width), points.map(({ y }) => y / height)];
        const box = { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) };
        return { format, text, box };
      });
    },
    close: async () => undefined,
  };
}
