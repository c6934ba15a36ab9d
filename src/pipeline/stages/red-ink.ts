import { OperationalError } from "../../domain/errors.ts";
import { linesToSource } from "../../domain/page-geometry.ts";
import type { NormalizedPage, PreparedPage } from "../../domain/page-ports.ts";
import type { Line } from "../../domain/reading.ts";
import { redStamps } from "../../domain/red-stamps.ts";
import { hasSecretMark, hasSecretStamp } from "../../domain/secret-mark.ts";
import { cropPgm, tiltPgm } from "../../domain/turn-pgm.ts";
import type { Job } from "../job.ts";

/** A stamp set by hand is tilted; from 5° on Tesseract reads nothing of it. 6 degrees apart none is further off than 3. */
const TILTS = [0, -6, 6, -12, 12] as const;

/**
 * Secret stamps are red: the view that recognition works on does not show them. Red and alone, they count anywhere. Throws
 * `secret_mark`; gives what was read of the whole view.
 */
export async function readRedInk(
  { redInk, height, ...page }: NormalizedPage,
  job: Job,
): Promise<readonly Line[]> {
  if (redInk === undefined) return [];
  const lines = await job.context.ocr.read(redInk, job.signal);
  if (
    hasSecretMark({ height, lines: linesToSource(lines, redInk, { ...page, height }) }, 1) ||
    (await isMarked(redInk, job))
  )
    throw new OperationalError("secret_mark");
  return lines;
}

/** Each stamp on its own, at the tilts hands give it. */
async function isMarked(redInk: PreparedPage, { context, signal }: Job): Promise<boolean> {
  for (const box of redStamps(redInk)) {
    const stamp = cropPgm(redInk, box);
    for (const degrees of TILTS) {
      const view = { ...redInk, ...(degrees === 0 ? stamp : tiltPgm(stamp, degrees)) };
      if (hasSecretStamp(await context.ocr.read(view, signal, "sparse"))) return true;
    }
  }
  return false;
}
