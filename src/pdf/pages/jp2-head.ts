/** What the boxes of a JP2 file say (ISO 15444-1, annex I). */
export interface Jp2Head {
  readonly components: number;
  /** Of the only colour specification: 16 sRGB, 17 grey; undefined for others and for profiles. */
  readonly colour: number | undefined;
}

const SIGNATURE = Buffer.from("0000000c6a5020200d0a870a", "hex");
const ENUMERATED = 1;

/** Undefined for bare code streams, and for files with a palette, alpha or several colour specifications. */
export function readJp2Head(bytes: Buffer): Jp2Head | undefined {
  if (!bytes.subarray(0, 12).equals(SIGNATURE)) return undefined;
  const header = boxes(bytes).find(({ type }) => type === "jp2h");
  if (header === undefined) return undefined;
  const inner = boxes(header.data);
  const colours = inner.filter(({ type }) => type === "colr");
  const facts = inner.find(({ type }) => type === "ihdr")?.data;
  const plain = inner.every(({ type }) => ["ihdr", "colr", "res "].includes(type));
  const [colour] = colours;
  if (facts === undefined || facts.length < 14 || !plain || colours.length !== 1 || colour === undefined)
    return undefined;
  const enumerated = colour.data[0] === ENUMERATED && colour.data.length >= 7;
  return {
    components: facts.readUInt16BE(8),
    colour: enumerated ? colour.data.readUInt32BE(3) : undefined,
  };
}

interface Jp2Box {
  readonly type: string;
  readonly data: Buffer;
}

function boxes(bytes: Buffer): Jp2Box[] {
  const found: Jp2Box[] = [];
  for (let at = 0; at + 8 <= bytes.length && found.length < 100;) {
    const length = bytes.readUInt32BE(at);
    // 0: to the end of the file; 1: a 64-bit length, which no page needs.
    const end = length === 0 ? bytes.length : at + length;
    if (length === 1 || (length !== 0 && length < 8)) break;
    found.push({ type: bytes.toString("latin1", at + 4, at + 8), data: bytes.subarray(at + 8, end) });
    at = end;
  }
  return found;
}
