import type { Line, Reading } from "./reading.ts";

const MARK = /^(?:TUYET|TOI)?MAT$/u;

/**
 * Finds a state-secret mark (MẬT, TỐI MẬT, TUYỆT MẬT) standing alone on a line: anywhere on page 1, in the top
 * quarter of the others. Accents and spacing are ignored because stamps are read badly. A net, not a permission.
 */
export function hasSecretMark(reading: Pick<Reading, "height" | "lines">, pageNumber: number): boolean {
  const limit = pageNumber === 1 ? Infinity : reading.height / 4;
  return reading.lines.some((line) => {
    if (line.box.y0 > limit) return false;
    const text = line.words.map((word) => word.text).join("");
    return MARK.test(plain(text));
  });
}

const STAMPED = /(?:TUYET|TOI)MA|(?:^|[^A-Z])[IL]?MAT[IL]?$/u;

/**
 * The same in what was read of one red stamp, where a last letter may be lost in the frame and its sides are read as I or L.
 */
export function hasSecretStamp(lines: readonly Line[]): boolean {
  return lines.some(({ words }) => STAMPED.test(plain(words.map(({ text }) => text).join(""))));
}

/** Upper case only: "mật" in running text is an ordinary word. */
function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/[^A-ZĐa-zđ]/gu, "");
}
