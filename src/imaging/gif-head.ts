import { OperationalError } from "../domain/errors.ts";

const [EXTENSION, IMAGE] = [0x21, 0x2c];

/**
 * The canvas of a GIF from its first 1024 bytes: the screen, widened by the first frame, as decoders do. A bomb names a
 * small screen and a frame of 65535 pixels. Throws `truncated`.
 */
export function readGifSize(head: Buffer): { width: number; height: number } {
  if (head.length < 13) throw new OperationalError("truncated", "gif header");
  const screen = { width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
  const flags = head[10] ?? 0;
  const palette = (flags & 0x80) === 0 ? 0 : 3 << ((flags & 7) + 1);
  const at = skipExtensions(head, 13 + palette);
  if (head[at] !== IMAGE || at + 9 > head.length) return screen;
  return {
    width: Math.max(screen.width, head.readUInt16LE(at + 1) + head.readUInt16LE(at + 5)),
    height: Math.max(screen.height, head.readUInt16LE(at + 3) + head.readUInt16LE(at + 7)),
  };
}

function skipExtensions(head: Buffer, start: number): number {
  let at = start;
  while (head[at] === EXTENSION) {
    at += 2;
    for (let size = head[at]; size !== undefined && size > 0; size = head[at]) at += 1 + size;
    at += 1;
  }
  return at;
}
