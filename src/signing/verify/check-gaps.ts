import type { FileWindow } from "../file-window.ts";
import { type Gap, hidesObjects, intrudedGaps, isPaddedWithZeros } from "./gap-intruders.ts";
import type { LocatedSignature } from "./locate-signatures.ts";
import type { History } from "./revision-history.ts";

const INTRUDED = "Trong khoảng chừa của chữ ký có nội dung khác (other content in the ByteRange gap)";
const PADDED = "Sau chữ ký trong khoảng chừa còn dữ liệu không được ký (unsigned data behind the CMS)";
const TOO_LONG = "Không đối chiếu được khoảng chừa của chữ ký (gaps cannot be judged)";

/** What lies in a gap is signed by nobody: there must be the signature, zeros behind it, and nothing a reader would use. */
export async function checkGaps(
  file: FileWindow,
  located: readonly LocatedSignature[],
  { newest }: History,
): Promise<readonly LocatedSignature[]> {
  const gaps = located.filter(({ fault }) => fault === undefined).map(gapOf);
  const intruded = newest === undefined ? [] : intrudedGaps(newest, gaps);
  const starts = new Set(intruded?.map(([start]) => start));
  const checked: LocatedSignature[] = [];
  for (const one of located) {
    if (one.fault !== undefined) {
      checked.push(one);
      continue;
    }
    const gap = gapOf(one);
    const fault = starts.has(gap[0]) || (await isLiteralWithObjects(file, gap)) ? INTRUDED : undefined;
    const unsigned = isPaddedWithZeros(one.contents) ? undefined : PADDED;
    checked.push({
      ...one,
      fault,
      doubt: one.doubt ?? unsigned ?? (intruded === undefined ? TOO_LONG : undefined),
    });
  }
  return checked;
}

function gapOf({ ranges }: LocatedSignature): Gap {
  return [ranges[1] ?? 0, ranges[2] ?? 0];
}

async function isLiteralWithObjects(file: FileWindow, [start, end]: Gap): Promise<boolean> {
  if ((await file.read(start, start + 1)).toString("latin1") !== "(") return false;
  return hidesObjects(await file.read(start, end));
}
