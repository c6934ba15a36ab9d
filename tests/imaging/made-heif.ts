/** A still picture as a HEIF item: AV1 data, which libheif decodes by the same path as HEVC. */
export interface HeifPicture {
  /** An AVIF of one picture without alpha. */
  readonly avif: Buffer;
  /** Quarter turns anticlockwise of its `irot` property. */
  readonly turns?: 0 | 1 | 2 | 3;
  readonly hidden?: boolean;
}

/**
 * A HEIC as phones write it (ISO 23008-12): several pictures, one of them the primary one, which may lie turned. The
 * number of the primary picture counts from 0.
 */
export function madeHeic(pictures: readonly HeifPicture[], primary: number, brand = "heic"): Buffer {
  const data = pictures.map(({ avif }) => bodies(avif, "mdat")[0] ?? Buffer.alloc(0));
  const properties = pictures.map(({ avif, turns = 0 }) => [
    box("av1C", bodies(avif, "av1C")[0] ?? Buffer.alloc(0)),
    box("ispe", bodies(avif, "ispe")[0] ?? Buffer.alloc(0)),
    box("irot", Buffer.from([turns])),
  ]);
  const head = box("ftyp", Buffer.from(`${brand}\0\0\0\0mif1${brand}`, "latin1"));
  // The places of the data are known once the length of what stands before them is.
  const before = (start: number) =>
    Buffer.concat([head, metaBox(pictures, primary, properties, data, start)]);
  const start = before(0).length + 8;
  return Buffer.concat([before(start), box("mdat", Buffer.concat(data))]);
}

function metaBox(
  pictures: readonly HeifPicture[],
  primary: number,
  properties: readonly (readonly Buffer[])[],
  data: readonly Buffer[],
  start: number,
): Buffer {
  const items = pictures.map(({ hidden = false }, at) =>
    box("infe", u32(hidden ? 0x02000001 : 0x02000000), u16(at + 1), u16(0), Buffer.from("av01\0", "latin1")),
  );
  const places = data.map((bytes, at) => {
    const offset = start + data.slice(0, at).reduce((sum, { length }) => sum + length, 0);
    return Buffer.concat([u16(at + 1), u16(0), u16(1), u32(offset), u32(bytes.length)]);
  });
  const links = pictures.map((_, at) =>
    // av1C and irot are essential (bit 7).
    Buffer.concat([u16(at + 1), Buffer.from([3, 0x80 | (3 * at + 1), 3 * at + 2, 0x80 | (3 * at + 3)])]),
  );
  return box(
    "meta",
    u32(0),
    box("hdlr", u32(0), u32(0), Buffer.from("pict", "latin1"), Buffer.alloc(13)),
    box("pitm", u32(0), u16(primary + 1)),
    box("iloc", u32(0), Buffer.from([0x44, 0x00]), u16(data.length), ...places),
    box("iinf", u32(0), u16(items.length), ...items),
    box("iprp", box("ipco", ...properties.flat()), box("ipma", u32(0), u32(links.length), ...links)),
  );
}

/** What lies in the boxes of a name, wherever they are. */
function bodies(file: Buffer, name: string): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 8 <= file.length;) {
    const length = file.readUInt32BE(at);
    const type = file.toString("latin1", at + 4, at + 8);
    const body = file.subarray(at + 8, at + length);
    if (type === name) found.push(body);
    if (type === "meta") found.push(...bodies(body.subarray(4), name));
    if (type === "iprp" || type === "ipco") found.push(...bodies(body, name));
    at += Math.max(8, length);
  }
  return found;
}

function box(name: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([u32(body.length + 8), Buffer.from(name, "latin1"), body]);
}

function u16(value: number): Buffer {
  const out = Buffer.alloc(2);
  out.writeUInt16BE(value);
  return out;
}

function u32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
}
