import type { DossierCode, UnitCode } from "./ids.ts";
import type { CodeGrammar } from "./rules.ts";

/**
 * Reads one dossier code (mã hồ sơ; TT 01/2018 art. 19 and QĐ 20/2020 forms) and brings it to normal form.
 * @returns undefined when the grammar does not fit, the date is no calendar day, or lies after `today` (ISO date).
 */
export function parseDossierCode(text: string, grammar: CodeGrammar, today: string): DossierCode | undefined {
  const normal = normalise(text);
  const parts = new RegExp(grammar.dossier, "u").exec(normal)?.groups;
  const org = parts?.["org"] ?? "";
  const day = parts?.["ymd"] ?? "";
  if (org === "" || org.length > grammar.unitMaxLength) return undefined;
  const iso = `20${day.slice(0, 2)}-${day.slice(2, 4)}-${day.slice(4, 6)}`;
  return isCalendarDay(iso) && iso <= today ? (normal as DossierCode) : undefined;
}

/**
 * Reads a table cell that states one dossier code, perhaps with a tail such as ` - Số phiếu: 26.10229`
 * (seen in một-cửa exports). Two different codes in one cell state nothing.
 */
export function readDossierCell(text: string, grammar: CodeGrammar, today: string): DossierCode | undefined {
  const whole = parseDossierCode(text, grammar, today);
  if (whole !== undefined) return whole;
  const [code, second] = findDossierCodes(text, grammar, today);
  return second === undefined ? code : undefined;
}

/** Every different dossier code inside a file name, folder name, URL or text, in order of appearance. */
export function findDossierCodes(text: string, grammar: CodeGrammar, today: string): DossierCode[] {
  const upper = text.normalize("NFC").toUpperCase();
  const found = [...upper.matchAll(new RegExp(grammar.dossierInText, "gu"))]
    .map(([match]) => parseDossierCode(match, grammar, today))
    .filter((code) => code !== undefined);
  return [...new Set(found)];
}

/** Mã định danh đơn vị in either style: `000.00.14.H56` (old) or `H56.14` (QĐ 20/2020). */
export function parseUnitCode(text: string, grammar: CodeGrammar): UnitCode | undefined {
  const normal = text.normalize("NFC").trim().toUpperCase();
  const fits = normal.length <= grammar.unitMaxLength && new RegExp(grammar.unit, "u").test(normal);
  return fits ? (normal as UnitCode) : undefined;
}

/** Day of receipt inside a dossier code, as ISO date. */
export function receivedDay(code: DossierCode): string {
  const [, day = ""] = code.split("-");
  return `20${day.slice(0, 2)}-${day.slice(2, 4)}-${day.slice(4, 6)}`;
}

function normalise(text: string): string {
  return text
    .normalize("NFC")
    .trim()
    .toUpperCase()
    .replaceAll(/\s*[-–—_]\s*|\s+/gu, "-");
}

function isCalendarDay(iso: string): boolean {
  const day = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(iso);
}
