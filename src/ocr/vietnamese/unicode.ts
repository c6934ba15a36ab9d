/**
 * The same shape in other code points. Tesseract's Vietnamese models write the Icelandic Ð for Đ, ƒ for f and
 * the fraction slash for /, which no search finds.
 */
const SAME_SHAPE: Readonly<Record<string, string>> = {
  "\u00d0": "Đ",
  "\u0189": "Đ",
  "\u00f0": "đ",
  "\u0256": "đ",
  "\u0192": "f",
  "\u0191": "F",
  "\u017f": "s",
  "\u0131": "i",
  "\u2044": "/",
  "\ufb00": "ff",
  "\ufb01": "fi",
  "\ufb02": "fl",
  "\ufb03": "ffi",
  "\ufb04": "ffl",
};

/** Cyrillic and Greek letters that look Latin, with what they look like below them. */
const [ALIEN, LATIN] = [
  "АВЕЅІЈКМНОРСТУХавеѕіјкморстухһԁΑΒΕΖΗΙΚΜΝΟΡΤΥΧορνι",
  "ABESIJKMHOPCTYXabesijkmopctyxhdABEZHIKMNOPTYXopvi",
];

/** Invisible: soft hyphen, zero-width space and joiners, word joiner, byte order mark. */
const INVISIBLE = /[\u00ad\u200b\u2060\ufeff]|\u200c|\u200d/gu;
const OTHER_SHAPE = new RegExp(`[${Object.keys(SAME_SHAPE).join("")}]`, "gu");
const OTHER_SCRIPT = /[\p{Script=Cyrillic}\p{Script=Greek}]/u;
const ALIENS = new RegExp(`[${ALIEN}]`, "gu");
const LATIN_LETTER = /\p{Script=Latin}/u;
const COMBINING = /\p{M}/u;
/** Circumflex, breve and horn belong to the letter and stand before its tone: e + acute + circumflex is ế. */
const MARKS = /\p{M}{2,}/gu;
const OF_LETTER = /[\u0302\u0306\u031b]/u;

/** What may need work: anything but ASCII, Vietnamese letters and the usual dashes and quotation marks. */
const SUSPECT =
  /[^ -~ăâđêôơưĂÂĐÊÔƠƯĩĨũŨ\u00c0-\u00cf\u00d1-\u00ef\u00f1-\u00ff\u1ea0-\u1ef9\u2013\u2014\u2018-\u201e]/u;

/** NFC whatever the order of the combining marks, Đ (U+0110) for its doubles, one code point for one shape. */
export function plainUnicode(text: string): string {
  if (!SUSPECT.test(text)) return text;
  const shaped = text.replace(INVISIBLE, "").replace(OTHER_SHAPE, (letter) => SAME_SHAPE[letter] ?? letter);
  if (shaped === "") return text;
  const latin = OTHER_SCRIPT.test(shaped) && LATIN_LETTER.test(shaped) ? latinised(shaped) : shaped;
  const whole = latin.normalize("NFC");
  return COMBINING.test(whole) ? whole.normalize("NFD").replace(MARKS, letterFirst).normalize("NFC") : whole;
}

/** A letter of another script within a Latin word is a look-alike; a word wholly of that script is left. */
function latinised(text: string): string {
  return text.replace(ALIENS, (letter) => LATIN.charAt(ALIEN.indexOf(letter)));
}

function letterFirst(marks: string): string {
  const all = Array.from(marks);
  return [...all.filter((mark) => OF_LETTER.test(mark)), ...all.filter((mark) => !OF_LETTER.test(mark))].join(
    "",
  );
}
