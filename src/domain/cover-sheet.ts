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
const FIELDS = /^(?<number>[1-9]\d{0,4})\/(?<of>[1-9]\d{0,4})$/u;
const ROLE_WORDS: Readonly<Record<string, Role | undefined>> = { TP: "component", KQ: "result" };

/** `SOHOA1|<dossier>|TP,KQ or empty|<type>|<number>/<of>|<set>`: upper case and short, so that the QR stays coarse. */
export function formatSheet({ dossier, role, type, number, of, set }: CoverSheet): string {
  const word = role === undefined ? "" : role === "result" ? "KQ" : "TP";
  return [HEAD, dossier, word, type ?? "", `${number}/${of}`, set].join("|");
}

/** Undefined for any payload that is not wholly a sheet of ours. */
export function parseSheet(text: string, grammar: CodeGrammar, today: string): CoverSheet | undefined {
  const [head, code = "", word = "", type = "", place = "", set = "", ...rest] = text.split("|");
  if (head !== HEAD || rest.length > 0 || !/^[0-9a-f]{8}$/u.test(set)) return undefined;
  const dossier = parseDossierCode(code, grammar, today);
  const parts = FIELDS.exec(place)?.groups;
  if (dossier === undefined || parts === undefined || !(word === "" || word in ROLE_WORDS)) return undefined;
  const role = ROLE_WORDS[word];
  const [number, of] = [Number(parts["number"]), Number(parts["of"])];
  if (number > of) return undefined;
  return { dossier, ...(role && { role }), ...(type !== "" && { type }), number, of, set };
}
