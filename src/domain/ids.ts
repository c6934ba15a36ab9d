declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Lower-case hex SHA-256 of some bytes; names every file we keep. Made by the hashing port only. */
export type Sha256 = Brand<string, "Sha256">;

/** Names one document for ever: the hash of its page sources and its dossier code, see `documentId`. */
export type DocumentId = Brand<string, "DocumentId">;

/** Mã hồ sơ in normal form, e.g. `H57.132-260804-0583`. Made by `parseDossierCode` only. */
export type DossierCode = Brand<string, "DossierCode">;

/** Mã định danh đơn vị, e.g. `H57.132` or `000.00.14.H56`. Made by `parseUnitCode` only. */
export type UnitCode = Brand<string, "UnitCode">;

/** Mã cán bộ as the office writes it, e.g. `nv-0123`. Made by `parseOfficerId` only. */
export type OfficerId = Brand<string, "OfficerId">;

const SHA256 = /^[0-9a-f]{64}$/u;
const OFFICER = /^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u;

export function parseSha256(text: string): Sha256 | undefined {
  return SHA256.test(text) ? (text as Sha256) : undefined;
}

export function parseOfficerId(text: string): OfficerId | undefined {
  const id = text.normalize("NFC").trim();
  return OFFICER.test(id) ? (id as OfficerId) : undefined;
}
