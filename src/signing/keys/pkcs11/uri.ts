import { OperationalError } from "../../../domain/errors.ts";

/** What a token's address asks for (RFC 7512); what it does not name may be anything. */
export interface TokenAddress {
  /** Absolute path of the vendor's PKCS#11 library. */
  readonly module: string;
  readonly token?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly serial?: string;
  readonly slotId?: number;
  readonly slotDescription?: string;
  readonly slotManufacturer?: string;
  /** Label of the private key or of its certificate. */
  readonly object?: string;
  /** CKA_ID. */
  readonly id?: Buffer;
}

const TEXTS = {
  token: "token",
  manufacturer: "manufacturer",
  model: "model",
  serial: "serial",
  "slot-description": "slotDescription",
  "slot-manufacturer": "slotManufacturer",
  object: "object",
} as const;
const PATH_NAMES = [...Object.keys(TEXTS), "slot-id", "id", "type"];
const MODULE = "module-path";
const PIN_NAMES = ["pin-value", "pin-source"];
const SCHEME = /^pkcs11:/iu;

/** Whether a `signing.key` names a token. */
export const isTokenAddress = (key: string): boolean => SCHEME.test(key);

/**
 * Reads `pkcs11:token=…;object=…;id=%01?module-path=/…` (RFC 7512 §2.3): every attribute it names must fit.
 * Throws `settings` for an unknown or doubled attribute, for a PIN in the address, and when the library's absolute path
 * is missing.
 */
export function parseTokenAddress(uri: string): TokenAddress {
  const [path = "", query = "", ...rest] = uri.replace(SCHEME, "").split("?");
  if (rest.length > 0) throw wrong("?");
  const named = new Map([...pairs(path, ";", PATH_NAMES), ...pairs(query, "&", [MODULE])]);
  const module = text(named.get(MODULE) ?? Buffer.alloc(0), MODULE);
  if (!/^(?:\/|[a-z]:[\\/])/iu.test(module))
    throw wrong(`${MODULE}: cần đường dẫn tuyệt đối / an absolute path is needed`);
  const type = named.get("type");
  if (type !== undefined && type.toString() !== "private") throw wrong("type: private");
  const id = named.get("id");
  const slot = named.get("slot-id")?.toString();
  if (slot !== undefined && !/^\d{1,15}$/u.test(slot)) throw wrong("slot-id");
  return {
    module,
    ...texts(named),
    ...(id !== undefined && { id }),
    ...(slot !== undefined && { slotId: Number(slot) }),
  };
}

function texts(named: ReadonlyMap<string, Buffer>): Partial<TokenAddress> {
  const found = Object.entries(TEXTS).flatMap(([name, field]) => {
    const value = named.get(name);
    return value === undefined ? [] : [[field, text(value, name)]];
  });
  return Object.fromEntries(found) as Partial<TokenAddress>;
}

function pairs(part: string, separator: string, allowed: readonly string[]): [string, Buffer][] {
  const seen = new Set<string>();
  return part
    .split(separator)
    .filter((pair) => pair !== "")
    .map((pair) => {
      const at = pair.indexOf("=");
      const name = at < 0 ? pair : pair.slice(0, at);
      refuseName(name, allowed);
      if (at < 0 || seen.has(name)) throw wrong(name);
      seen.add(name);
      return [name, decoded(pair.slice(at + 1), name)];
    });
}

/** A PIN in a settings file is read by everybody who reads the settings. */
function refuseName(name: string, allowed: readonly string[]): void {
  if (PIN_NAMES.includes(name)) throw wrong(`${name}: hãy dùng / use signing.passphraseFile`);
  if (allowed.includes(name)) return;
  const places = [...PATH_NAMES, MODULE];
  const nearest = places.toSorted((a, b) => distance(name, a) - distance(name, b))[0] ?? "";
  if (places.includes(name)) throw wrong(name === MODULE ? `${name}: sau dấu / after "?"` : name);
  throw wrong(distance(name, nearest) <= 3 ? `${name}: ${nearest}?` : `${name}: ${places.join(", ")}`);
}

/** Percent-decoding to bytes: an `id` is no text. */
function decoded(value: string, name: string): Buffer {
  if (/%(?![0-9a-f]{2})/iu.test(value)) throw wrong(`${name}: %`);
  const bytes = value.split(/(%[0-9a-f]{2})/iu).map((piece) => {
    const coded = /^%[0-9a-f]{2}$/iu.test(piece);
    return coded ? Buffer.from(piece.slice(1), "hex") : Buffer.from(piece, "utf8");
  });
  return Buffer.concat(bytes);
}

function text(value: Buffer, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(value).normalize("NFC");
  } catch {
    throw wrong(`${name}: UTF-8`);
  }
}

function wrong(what: string): OperationalError {
  return new OperationalError("settings", `signing.key: pkcs11: ${what}`);
}

/** Levenshtein. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
