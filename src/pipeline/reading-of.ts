import type { ReadPage } from "../domain/document.ts";
import type { Context } from "../domain/ports.ts";
import type { Reading } from "../domain/reading.ts";

/** The words of a page, as they were kept. Throws `damaged_object`. */
export async function readingOf(
  { reading }: Pick<ReadPage, "reading">,
  { objects }: Pick<Context, "objects">,
): Promise<Reading> {
  return JSON.parse((await objects.read(reading)).toString()) as Reading;
}
