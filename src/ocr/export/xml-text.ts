const NAMED: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Without what XML 1.0 cannot hold even as a reference (section 2.2): controls, half surrogates, U+FFFE and U+FFFF. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, "");
}

/** Fit to stand between tags and in attributes in double quotes. */
export function escaped(text: string): string {
  return printable(text).replaceAll(/[&<>"]/gu, (character) => NAMED[character] ?? "");
}

/** ISO 639-1 where there is one (`vi`), else ISO 639-2, from Tesseract's names (`vie`, `chi_sim`). */
export function languageTags(names: readonly string[]): string[] {
  const tags = names.map((name) => name.split("_")[0] ?? "").filter((name) => /^[a-z]{2,3}$/u.test(name));
  return [...new Set(tags.flatMap((tag) => Intl.getCanonicalLocales(tag)))];
}
