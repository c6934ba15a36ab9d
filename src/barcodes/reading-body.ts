import type { ReaderOptions, ReadResult } from "zxing-wasm/reader";

/** 8-bit grey, rows from the top. */
export interface GreyPage {
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** One code as the thread reports it; corners in pixels of the page, x and y in turn. */
export interface RawCode {
  readonly format: string;
  readonly text: string;
  readonly corners: readonly number[];
}

export interface PageReading {
  readonly codes: readonly RawCode[];
  /** The page squeezed to an eighth of its height: each row the mean of the first four of eight. */
  readonly rows: GreyPage;
  /** The same of its columns, each lying as a row. */
  readonly columns: GreyPage;
}

/** workerData of the thread. */
export interface ThreadStart {
  readonly library: string;
  readonly wasm: string;
  /** Most pages of 64 kilobytes the library may take. */
  readonly maxPages: number;
}

/** The program of the thread: Node 20 loads no TypeScript in a worker and the tests run the sources, so it travels as text. */
export function threadSource(): string {
  const parts = [readPage, searchLines, searchMatrix, search, squeezed, laidDown, doubled];
  return `${parts.map(String).join("\n")}\n(${threadBody.toString()})(require);`;
}

/** Node's types leave WebAssembly to the DOM's. */
interface WithWasm {
  readonly WebAssembly: { readonly Memory: { readonly prototype: WasmMemory } };
}

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(this: WasmMemory, delta: number): number;
}

type Library = typeof import("zxing-wasm/reader");
type Back = (x: number, y: number) => readonly number[];
interface Found {
  readonly codes: readonly RawCode[];
  /** Something looked like a code and could not be read. */
  readonly doubtful: boolean;
}

// What follows runs in the thread: the functions may use their arguments and each other only.

function threadBody(load: (name: string) => unknown): void {
  const { readFileSync } = load("node:fs") as typeof import("node:fs");
  const { parentPort, workerData } = load("node:worker_threads") as typeof import("node:worker_threads");
  const { library, wasm, maxPages } = workerData as ThreadStart;
  const zxing = load(library) as Library;
  // The library's memory may grow to 4 GB; a refused growth ends as an error of this page.
  const { prototype } = (globalThis as unknown as WithWasm).WebAssembly.Memory;
  const grow = Reflect.get(prototype, "grow") as (delta: number) => number;
  prototype.grow = function (delta) {
    if (this.buffer.byteLength / 65_536 + delta > maxPages) throw new RangeError("memory limit");
    return Reflect.apply(grow, this, [delta]) as number;
  };
  // Otherwise it would fetch its WebAssembly from the network.
  zxing.prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(readFileSync(wasm)).buffer } });
  parentPort?.on("message", (page: GreyPage) => {
    readPage(zxing, page)
      .then((reading) =>
        parentPort.postMessage(reading, [reading.rows.pixels.buffer, reading.columns.pixels.buffer]),
      )
      .catch((error: unknown) => parentPort.postMessage({ error: String(error) }));
  });
}

/** Only a page with something code-like that could not be read is searched again, finer: of 45 text pages that was one. */
async function readPage(zxing: Library, page: GreyPage): Promise<PageReading> {
  const [rows, columns] = [squeezed(page, 1, 8), laidDown(page, 8)];
  // Narrow bars of two pixels are misjudged (Code 39 at 150 dpi); with pixels put between they are read.
  const coarse = Math.min(page.width, page.height) < 1500;
  const linear = coarse
    ? await searchLines(zxing, page, doubled(rows), doubled(columns))
    : await searchLines(zxing, page, rows, columns);
  // A page of 100 dpi has nothing to spare.
  const matrix = await searchMatrix(zxing, page, Math.min(page.width, page.height) < 1000 ? 1 : 2);
  const codes = [...linear.codes, ...matrix.codes];
  if (linear.doubtful || matrix.doubtful) {
    const again = await searchLines(zxing, page, squeezed(page, 1, 4), laidDown(page, 4));
    codes.push(...again.codes, ...(await searchMatrix(zxing, page, 1)).codes);
  }
  return { codes, rows, columns };
}

/**
 * Linear codes are looked for on the page squeezed along their bars: that costs a fifth of the whole page and takes the
 * noise out (±70 grey levels: 0 of 8 codes read without, 8 with).
 */
async function searchLines(
  zxing: Library,
  page: GreyPage,
  rows: GreyPage,
  columns: GreyPage,
): Promise<Found> {
  const formats: NonNullable<ReaderOptions["formats"]> = [
    "Code128",
    "Code39",
    "Code93",
    "Codabar",
    "ITF",
    "EAN13",
    "EAN8",
  ];
  const options = { formats, tryRotate: false };
  const wide = page.width / rows.width;
  const [up, across] = [page.height / rows.height, page.width / columns.height];
  const lying = await search(zxing, rows, options, (x, y) => [x * wide, y * up]);
  const standing = await search(zxing, columns, options, (x, y) => [y * across, x * wide]);
  return {
    codes: [...lying.codes, ...standing.codes],
    doubtful: lying.doubtful || standing.doubtful,
  };
}

/** Half the size costs a quarter, and reads blurred and noisy codes better than the whole page. */
function searchMatrix(zxing: Library, page: GreyPage, scale: 1 | 2): Promise<Found> {
  // Aztec and PDF417 would double the cost, and no sheet or paper of an office is known to carry them.
  const formats: NonNullable<ReaderOptions["formats"]> = ["QRCode", "MicroQRCode", "DataMatrix"];
  const small = scale === 1 ? page : squeezed(page, 2, 2);
  // Data Matrix has a direction.
  return search(zxing, small, { formats, tryRotate: true }, (x, y) => [x * scale, y * scale]);
}

async function search(zxing: Library, page: GreyPage, options: ReaderOptions, back: Back): Promise<Found> {
  const head = new TextEncoder().encode(`P5\n${page.width} ${page.height}\n255\n`);
  const file = new Uint8Array(head.length + page.pixels.length);
  file.set(head);
  file.set(page.pixels, head.length);
  const found = await zxing.readBarcodes(file, {
    ...options,
    tryHarder: true,
    tryInvert: false,
    tryDownscale: false,
    returnErrors: true,
    textMode: "Plain",
    maxNumberOfSymbols: 64,
  });
  const plain = ({ format, text, position }: ReadResult): RawCode => {
    const { topLeft, topRight, bottomRight, bottomLeft } = position;
    return {
      format,
      text,
      corners: [topLeft, topRight, bottomRight, bottomLeft].flatMap(({ x, y }) => back(x, y)),
    };
  };
  return {
    codes: found.filter(({ isValid }) => isValid).map(plain),
    doubtful: found.some(({ isValid }) => !isValid),
  };
}

/**
 * Each pixel is the mean of four of its cell of 2 × 2, 1 × 4 or 1 × 8: neighbours, so that bars on a page skewed by 16
 * degrees are blurred by less than a pixel.
 */
function squeezed({ pixels, width, height }: GreyPage, stepX: 1 | 2, stepY: 2 | 4 | 8): GreyPage {
  const [columns, rows] = [Math.floor(width / stepX), Math.floor(height / stepY)];
  const out = new Uint8Array(columns * rows);
  const [b, c, d] = stepX === 2 ? [1, width, width + 1] : [width, 2 * width, 3 * width];
  for (let y = 0, to = 0; y < rows; y++) {
    for (let x = 0, at = y * stepY * width; x < columns; x++, at += stepX) {
      out[to++] =
        ((pixels[at] ?? 0) + (pixels[at + b] ?? 0) + (pixels[at + c] ?? 0) + (pixels[at + d] ?? 0)) >> 2;
    }
  }
  return { pixels: out, width: columns, height: rows };
}

/** Columns of the page as rows, each the mean of the first four of `step`; in stripes, which stay in the processor's cache. */
function laidDown({ pixels, width, height }: GreyPage, step: 4 | 8): GreyPage {
  const rows = Math.floor(width / step);
  const out = new Uint8Array(rows * height);
  for (let top = 0; top < height; top += 8) {
    const bottom = Math.min(height, top + 8);
    for (let row = 0; row < rows; row++) {
      for (let y = top; y < bottom; y++) {
        const at = y * width + row * step;
        out[row * height + y] =
          ((pixels[at] ?? 0) + (pixels[at + 1] ?? 0) + (pixels[at + 2] ?? 0) + (pixels[at + 3] ?? 0)) >> 2;
      }
    }
  }
  return { pixels: out, width: height, height: rows };
}

/** Twice as wide, with the mean of two neighbours between them. */
function doubled({ pixels, width, height }: GreyPage): GreyPage {
  const out = new Uint8Array(pixels.length * 2);
  for (let at = 0; at < pixels.length; at++) {
    const value = pixels[at] ?? 0;
    out[2 * at] = value;
    out[2 * at + 1] = (value + (pixels[at + 1] ?? value)) >> 1;
  }
  return { pixels: out, width: width * 2, height };
}
