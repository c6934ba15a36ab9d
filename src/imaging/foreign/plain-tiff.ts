/** What an uncompressed TIFF of one page holds. */
export interface PlainImage {
  readonly width: number;
  readonly height: number;
  /** 1-bit samples are rows of whole bytes, 1 is white. */
  readonly kind: "bilevel" | "grey" | "rgb";
  /** Dots per inch, when the source said it. */
  readonly density?: { readonly x: number; readonly y: number };
  /** EXIF/TIFF number 1-8 that is still to be obeyed. */
  readonly orientation: number;
  readonly icc?: Uint8Array;
}

/** Short strips, because libtiff holds one whole strip besides the page. */
export const STRIP_ROWS = 64;

const [SHORT, LONG, RATIONAL, UNDEFINED] = [3, 4, 5, 7];
const ENTRY_BYTES = 12;

type Field = readonly [tag: number, type: number, count: number, value: number | Buffer];

/** Bytes of one row of samples. */
export function rowBytes({ width, kind }: Pick<PlainImage, "width" | "kind">): number {
  if (kind === "bilevel") return Math.ceil(width / 8);
  return kind === "grey" ? width : 3 * width;
}

/**
 * An uncompressed little-endian TIFF (TIFF 6). `fill` writes the samples straight into the file: a 48-megapixel photo is
 * held once.
 */
export function plainTiff(image: PlainImage, fill: (samples: Buffer) => void): Buffer<ArrayBuffer> {
  const row = rowBytes(image);
  const samples = row * image.height;
  const fields = fieldsOf(image, row);
  const outside = fields.map(([, , , value]) => (typeof value === "number" ? 0 : even(value.length)));
  const directory = even(8 + samples);
  const values = directory + 2 + fields.length * ENTRY_BYTES + 4;
  const file = Buffer.alloc(values + outside.reduce((sum, bytes) => sum + bytes, 0));
  file.write("II*\0", "latin1");
  file.writeUInt32LE(directory, 4);
  fill(file.subarray(8, 8 + samples));
  file.writeUInt16LE(fields.length, directory);
  let next = values;
  fields.forEach(([tag, type, count, value], at) => {
    const entry = directory + 2 + at * ENTRY_BYTES;
    file.writeUInt16LE(tag, entry);
    file.writeUInt16LE(type, entry + 2);
    file.writeUInt32LE(count, entry + 4);
    file.writeUInt32LE(typeof value === "number" ? value : next, entry + 8);
    if (typeof value === "number") return;
    value.copy(file, next);
    next += even(value.length);
  });
  return file;
}

/** In ascending order of their tags, as TIFF 6 demands. */
function fieldsOf(image: PlainImage, row: number): readonly Field[] {
  const { width, height, kind, density, icc } = image;
  const strips = Math.ceil(height / STRIP_ROWS);
  const offsets = Array.from({ length: strips }, (_, at) => 8 + at * STRIP_ROWS * row);
  const counts = offsets.map((_, at) => Math.min(STRIP_ROWS, height - at * STRIP_ROWS) * row);
  const fields: Field[] = [
    [256, LONG, 1, width],
    [257, LONG, 1, height],
    kind === "rgb" ? [258, SHORT, 3, shorts([8, 8, 8])] : [258, SHORT, 1, kind === "bilevel" ? 1 : 8],
    [259, SHORT, 1, 1],
    [262, SHORT, 1, kind === "rgb" ? 2 : 1],
    longs(273, offsets),
    [274, SHORT, 1, image.orientation],
    [277, SHORT, 1, kind === "rgb" ? 3 : 1],
    [278, LONG, 1, STRIP_ROWS],
    longs(279, counts),
  ];
  if (density !== undefined)
    fields.push(
      [282, RATIONAL, 1, rational(density.x)],
      [283, RATIONAL, 1, rational(density.y)],
      [296, SHORT, 1, 2],
    );
  if (icc !== undefined) fields.push([34675, UNDEFINED, icc.length, Buffer.from(icc)]);
  return fields;
}

function even(bytes: number): number {
  return bytes + (bytes % 2);
}

function shorts(values: readonly number[]): Buffer {
  const out = Buffer.alloc(2 * values.length);
  values.forEach((value, at) => out.writeUInt16LE(value, 2 * at));
  return out;
}

function longs(tag: number, values: readonly number[]): Field {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return [tag, LONG, 1, only];
  const out = Buffer.alloc(4 * values.length);
  values.forEach((value, at) => out.writeUInt32LE(value, 4 * at));
  return [tag, LONG, values.length, out];
}

function rational(value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeUInt32LE(Math.round(value * 1000), 0);
  out.writeUInt32LE(1000, 4);
  return out;
}
