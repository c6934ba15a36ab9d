import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { prepareZXingModule, writeBarcode, type WriterOptions } from "zxing-wasm/writer";

/** A code as it is to be drawn: modules row by row, 1 is dark; linear codes have one row. Without a quiet zone. */
export interface CodeMatrix {
  readonly width: number;
  readonly height: number;
  readonly modules: Uint8Array;
}

/** QR with error correction Q: a quarter of it may be lost to creases, stamps and staples. */
export function drawQr(text: string): Promise<CodeMatrix> {
  return draw(text, { format: "QRCode", ecLevel: "Q" });
}

export function drawCode128(text: string): Promise<CodeMatrix> {
  return draw(text, { format: "Code128" });
}

async function draw(text: string, options: WriterOptions): Promise<CodeMatrix> {
  await (ready ??= prepare());
  const { symbol, error } = await writeBarcode(text, { ...options, addQuietZones: false, scale: 1 });
  if (error !== "") throw new Error(`no ${options.format ?? "code"}: ${error}`);
  const modules = Uint8Array.from(symbol.data, (value) => (value < 128 ? 1 : 0));
  return { width: symbol.width, height: symbol.height, modules };
}

let ready: Promise<void> | undefined;

/** The library would fetch its WebAssembly from the network by itself. */
async function prepare(): Promise<void> {
  const path = createRequire(import.meta.url).resolve("zxing-wasm/writer/zxing_writer.wasm");
  const wasmBinary = new Uint8Array(await readFile(path)).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
}
