import type { Source } from "./decode.ts";

const TAIL_BYTES = 4096;
const JPEG_END = Buffer.from([0xff, 0xd9]);

/**
 * True when a JPEG or PNG lacks its end mark or a BMP has fewer bytes than it says; undefined for other formats. libvips
 * gathers messages of all its threads in one place, so what it says of a damaged file depends on what other pages are
 * doing; the file itself does not.
 */
export async function isCutOff({
  format,
  bytes,
}: Pick<Source, "format" | "bytes">): Promise<boolean | undefined> {
  if (format === "bmp") {
    const head = await bytes.read(0, 6);
    return head.length < 6 || head.readUInt32LE(2) > bytes.size;
  }
  if (format !== "jpeg" && format !== "png") return undefined;
  const from = Math.max(0, bytes.size - TAIL_BYTES);
  const tail = await bytes.read(from, bytes.size - from);
  return !tail.includes(format === "jpeg" ? JPEG_END : "IEND");
}
