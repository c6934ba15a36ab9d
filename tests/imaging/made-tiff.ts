/** One page of a TIFF under test: tag number → values (all written as LONG), and its strips. */
export interface MadeFrame {
  readonly tags: Readonly<Record<number, readonly number[]>>;
  readonly strips: readonly Buffer[];
}

interface Form {
  readonly big?: boolean;
  readonly bigEndian?: boolean;
}

/** Writes a TIFF by the book (TIFF 6, BigTIFF), independent of the reader under test. */
export function madeTiff(frames: readonly MadeFrame[], form: Form = {}): Buffer {
  const { big = false, bigEndian = false } = form;
  const number = (value: number, size: number): Buffer => {
    const out = Buffer.alloc(size);
    if (size === 8 && bigEndian) out.writeBigUInt64BE(BigInt(value));
    else if (size === 8) out.writeBigUInt64LE(BigInt(value));
    else if (bigEndian) out.writeUIntBE(value, 0, size);
    else out.writeUIntLE(value, 0, size);
    return out;
  };
  const pointer = big ? 8 : 4;
  const parts: Buffer[] = [];
  let end = big ? 16 : 8;
  const put = (bytes: Buffer): number => {
    const at = end;
    const padded = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
    parts.push(padded);
    end += padded.length;
    return at;
  };
  const places = frames.map(({ tags, strips }) => {
    const offsets = strips.map((strip) => put(strip));
    const all = { ...tags, 273: offsets, 279: strips.map((strip) => strip.length) };
    const sorted = Object.entries(all).sort(([a], [b]) => Number(a) - Number(b));
    return sorted.map(([tag, values]) => {
      const list = Buffer.concat(values.map((value) => number(value, 4)));
      const field =
        list.length > pointer
          ? number(put(list), pointer)
          : Buffer.concat([list, Buffer.alloc(pointer - list.length)]);
      return Buffer.concat([number(Number(tag), 2), number(4, 2), number(values.length, pointer), field]);
    });
  });
  const first = end;
  places.forEach((entries, i) => {
    const length = (big ? 8 : 2) + entries.length * (big ? 20 : 12) + pointer;
    const next = i === places.length - 1 ? 0 : end + length;
    put(Buffer.concat([number(entries.length, big ? 8 : 2), ...entries, number(next, pointer)]));
  });
  const mark = Buffer.from(bigEndian ? "MM" : "II");
  const head = big
    ? Buffer.concat([mark, number(43, 2), number(8, 2), number(0, 2), number(first, 8)])
    : Buffer.concat([mark, number(42, 2), number(first, 4)]);
  return Buffer.concat([head, ...parts]);
}

/** Tags of a 1-bit Group 4 page with square pixels. */
export function faxTags(
  width: number,
  height: number,
  more: Readonly<Record<number, readonly number[]>> = {},
) {
  return {
    256: [width],
    257: [height],
    258: [1],
    259: [4],
    262: [0],
    277: [1],
    278: [height],
    ...more,
  };
}
