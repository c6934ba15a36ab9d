/** Chunks that are swapped or dropped; a TIFF directory or a JPEG segment is smaller, a strip larger. */
const CHUNKS = [4, 16, 64, 512, 4096];
const MAX_FLIPS = 24;
/** The head decides how a file is parsed, so half of the damage is done there. */
const HEAD_BYTES = 512;

/**
 * `count` damaged copies of `source`: bits flipped, bytes overwritten with extremes, ends cut off, chunks swapped,
 * repeated or dropped. The same seed gives the same copies. Every copy differs from the source.
 */
export function* mutations(source: Buffer, seed: number, count: number): Generator<Buffer> {
  if (source.length < 2) throw new RangeError("nothing to damage");
  const random = randomNumbers(seed);
  const ways = [flipBits, flipBits, setExtremes, cutOff, swapChunks, repeatChunk, dropChunk];
  for (let made = 0; made < count;) {
    const damaged = (ways[random(ways.length)] ?? flipBits)(source, random);
    if (damaged.equals(source)) continue;
    made += 1;
    yield damaged;
  }
}

/** Whole numbers from 0 to `below` − 1, the same for the same seed (mulberry32). */
type RandomNumbers = (below: number) => number;

function randomNumbers(seed: number): RandomNumbers {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function place(source: Buffer, random: RandomNumbers): number {
  return random(2) === 0 ? random(Math.min(HEAD_BYTES, source.length)) : random(source.length);
}

function flipBits(source: Buffer, random: RandomNumbers): Buffer {
  const out = Buffer.from(source);
  for (let flips = 1 + random(MAX_FLIPS); flips > 0; flips--) {
    const at = place(source, random);
    out[at] = (out[at] ?? 0) ^ (1 << random(8));
  }
  return out;
}

/** Sizes and counts of 0, 0x7f… and 0xff… are what parsers stumble over. */
function setExtremes(source: Buffer, random: RandomNumbers): Buffer {
  const out = Buffer.from(source);
  const at = place(source, random);
  return out.fill([0x00, 0x7f, 0x80, 0xff][random(4)] ?? 0, at, at + (1 << random(4)));
}

function cutOff(source: Buffer, random: RandomNumbers): Buffer {
  return Buffer.from(source.subarray(0, 1 + place(source, random)));
}

function chunk(source: Buffer, random: RandomNumbers): { at: number; size: number } {
  const size = Math.min(CHUNKS[random(CHUNKS.length)] ?? 4, source.length >> 1);
  return { at: random(source.length - size + 1), size };
}

function swapChunks(source: Buffer, random: RandomNumbers): Buffer {
  const out = Buffer.from(source);
  const { at, size } = chunk(source, random);
  const other = random(source.length - size + 1);
  source.copy(out, other, at, at + size);
  source.copy(out, at, other, other + size);
  return out;
}

function repeatChunk(source: Buffer, random: RandomNumbers): Buffer {
  const { at, size } = chunk(source, random);
  return Buffer.concat([source.subarray(0, at + size), source.subarray(at)]);
}

function dropChunk(source: Buffer, random: RandomNumbers): Buffer {
  const { at, size } = chunk(source, random);
  return Buffer.concat([source.subarray(0, at), source.subarray(at + size)]);
}
