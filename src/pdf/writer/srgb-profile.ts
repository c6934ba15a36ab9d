const HEAD = 128;
const CURVE_POINTS = 1024;

/** sRGB primaries adapted to D50 (IEC 61966-2-1, ICC v2 practice). */
const D50 = [0.9642, 1, 0.8249] as const;
const RED = [0.43607, 0.22249, 0.01392] as const;
const GREEN = [0.38515, 0.71687, 0.09708] as const;
const BLUE = [0.14307, 0.06061, 0.7141] as const;

/** An sRGB profile of ICC version 2.1 for the output intent; Preflight refuses version 4 profiles. */
export function srgbProfile(): Buffer {
  const curve = toneCurve();
  const tags: readonly (readonly [string, Buffer])[] = [
    ["desc", description("sRGB")],
    ["cprt", Buffer.from("text\0\0\0\0No copyright, use freely\0", "latin1")],
    ["wtpt", xyz(D50)],
    ["rXYZ", xyz(RED)],
    ["gXYZ", xyz(GREEN)],
    ["bXYZ", xyz(BLUE)],
    ["rTRC", curve],
    ["gTRC", curve],
    ["bTRC", curve],
  ];
  const table = Buffer.alloc(4 + 12 * tags.length);
  table.writeUInt32BE(tags.length, 0);
  const places = new Map<Buffer, number>();
  const bodies: Buffer[] = [];
  let end = HEAD + table.length;
  for (const [index, [name, data]] of tags.entries()) {
    const place = places.get(data) ?? end;
    if (!places.has(data)) {
      bodies.push(data, Buffer.alloc((4 - (data.length % 4)) % 4));
      end += Math.ceil(data.length / 4) * 4;
      places.set(data, place);
    }
    table.write(name, 4 + 12 * index, "latin1");
    table.writeUInt32BE(place, 8 + 12 * index);
    table.writeUInt32BE(data.length, 12 + 12 * index);
  }
  return Buffer.concat([header(end), table, ...bodies]);
}

function header(size: number): Buffer {
  const bytes = Buffer.alloc(HEAD);
  bytes.writeUInt32BE(size, 0);
  bytes.writeUInt32BE(0x02100000, 8);
  bytes.write("mntrRGB XYZ ", 12, "latin1");
  for (const [index, value] of [2026, 1, 1, 0, 0, 0].entries()) bytes.writeUInt16BE(value, 24 + 2 * index);
  bytes.write("acsp", 36, "latin1");
  for (const [index, value] of D50.entries()) bytes.writeInt32BE(fixed(value), 68 + 4 * index);
  return bytes;
}

function fixed(value: number): number {
  return Math.round(value * 65536);
}

function xyz(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.write("XYZ ", 0, "latin1");
  for (const [index, value] of values.entries()) bytes.writeInt32BE(fixed(value), 8 + 4 * index);
  return bytes;
}

function description(text: string): Buffer {
  const ascii = Buffer.from(`${text}\0`, "latin1");
  // After the ASCII part: Unicode language and count, ScriptCode code, count and 67 bytes, all empty.
  const bytes = Buffer.alloc(12 + ascii.length + 8 + 3 + 67);
  bytes.write("desc", 0, "latin1");
  bytes.writeUInt32BE(ascii.length, 8);
  ascii.copy(bytes, 12);
  return bytes;
}

function toneCurve(): Buffer {
  const bytes = Buffer.alloc(12 + CURVE_POINTS * 2);
  bytes.write("curv", 0, "latin1");
  bytes.writeUInt32BE(CURVE_POINTS, 8);
  for (let point = 0; point < CURVE_POINTS; point += 1) {
    const value = point / (CURVE_POINTS - 1);
    const linear = value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    bytes.writeUInt16BE(Math.round(linear * 65535), 12 + point * 2);
  }
  return bytes;
}
