import { parseDossierCode } from "./codes.ts";
import type { Role } from "./document.ts";
import type { DossierCode } from "./ids.ts";
import type { CodeGrammar } from "./rules.ts";

/** What a cover sheet says of the paper behind it. */
export interface CoverSheet {
  readonly dossier: DossierCode;
  readonly role?: Role;
  /** Mã loại giấy tờ. */
  readonly type?: string;
  /** Position in the set printed together, 1-based, and the size of the set: a sheet that was not read is missed. */
  readonly number: number;
  readonly of: number;
  /** Tells sets apart: 8 hexadecimal digits. */
  readonly set: string;
}

const HEAD = "SOHOA1";
const PAYLOAD =
  /^SOHOA1\|(?<code>[^|]+)\|(?<word>TP|KQ|)\|(?<type>[^|]*)\|(?<number>[1-9]\d{0,4})\/(?<of>[1-9]\d{0,4})\|(?<set>[0-9a-f]{8})$/u;
const ROLE_WORDS: Readonly<Record<string, Role | undefined>> = { TP: "component", KQ: "result" };
/** No separator of ours, and short: each letter makes the code finer. */
const TYPE = /^[\p{L}\p{N}][\p{L}\p{N} ._/-]{0,39}$/u;

/** Whether a code can carry this mã loại giấy tờ. */
export function isSheetType(text: string): boolean {
  return TYPE.test(text);
}

/** `SOHOA1|<dossier>|TP,KQ or empty|<type>|<number>/<of>|<set>`: short, so that the QR stays coarse (41 modules at most). */
export function formatSheet({ dossier, role, type, number, of, set }: CoverSheet): string {
  const word = role === undefined ? "" : role === "result" ? "KQ" : "TP";
  return [HEAD, dossier, word, type ?? "", `${number}/${of}`, set].join("|");
}

/** Undefined for any payload that is not wholly a sheet of ours. */
export function parseSheet(text: string, grammar: CodeGrammar, today: string): CoverSheet | undefined {
  const { code = "", word = "", type = "", set = "", ...place } = PAYLOAD.exec(text)?.groups ?? {};
  const dossier = parseDossierCode(code, grammar, today);
  const role = ROLE_WORDS[word];
  const [number, of] = [Number(place["number"]), Number(place["of"])];
  if (dossier === undefined || number > of || !(type === "" || isSheetType(type))) return undefined;
  return { dossier, ...(role && { role }), ...(type !== "" && { type }), number, of, set };
}
