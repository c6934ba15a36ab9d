import type { Bytes } from "./bytes.ts";
import { readTiff, type TiffFile } from "./tiff-directory.ts";

/** Pages of one document are asked for one by one; walking 600 directories for each would be quadratic. */
const KEPT = 32;
const walked = new Map<string, TiffFile>();

/** The directories of a TIFF on disk, walked once per path, size and time of change; the last 32 files are kept. */
export async function tiffAt(path: string, bytes: Bytes, mtimeMs: number): Promise<TiffFile> {
  const key = `${path}\0${bytes.size}\0${mtimeMs}`;
  const known = walked.get(key);
  if (known !== undefined) return known;
  const file = await readTiff(bytes);
  const oldest = walked.keys().next().value;
  if (walked.size >= KEPT && oldest !== undefined) walked.delete(oldest);
  walked.set(key, file);
  return file;
}
