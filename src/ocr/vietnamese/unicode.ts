/** One and the same letter in other code points; the Vietnamese models write the Icelandic Ð for Đ, which no search finds. */
const SAME_LETTER: Readonly<Record<string, string>> = {
  "\u00d0": "Đ",
  "\u0189": "Đ",
  "\u00f0": "đ",
  "\u0256": "đ",
  "\u017f": "s",
  "\u0131": "i",
  "\ufb00": "ff",
  "\ufb01": "fi",
  "\ufb02": "fl",
  "\ufb03": "ffi",
  "\ufb04": "ffl",
};

/** Invisible: soft hyphen, zero-width space and joiners, byte order mark. */
const INVISIBLE = /[\u00ad\u200b-\u200d\u2060\ufeff]/gu;
const OTHER_LETTER = new RegExp(`[${Object.keys(SAME_LETTER).join("")}]`, "gu");
const COMBINING = /\p{M}/u;
/** A tone before the mark that belongs to the letter: e + acute + circumflex is ế, but NFC leaves it in two pieces. */
const TONE_FIRST = /([\u0300\u0301\u0303\u0309])([\u0302\u0306])/gu;
const SUSPECT = /[^\n -~ăâđêôơưĂÂĐÊÔƠƯ\u00c0-\u00cf\u00d1-\u00ef\u00f1-\u00ff\u1ea0-\u1ef9]/u;

/** NFC whatever the order of the combining marks, Đ (U+0110) for its doubles, nothing invisible. */
export function plainUnicode(text: string): string {
  if (!SUSPECT.test(text)) return text;
  const replaced = text
    .replace(INVISIBLE, "")
    .replace(OTHER_LETTER, (letter) => SAME_LETTER[letter] ?? letter);
  const whole = replaced.normalize("NFC");
  return COMBINING.test(whole) ? whole.normalize("NFD").replace(TONE_FIRST, "$2$1").normalize("NFC") : whole;
}
