import { OperationalError } from "../../../domain/errors.ts";
import { type CertificateFacts, readCertificate } from "../../asn1/certificate.ts";
import { CK, type Cryptoki, type Handle } from "./cryptoki.ts";
import { returnValueOf } from "./failures.ts";
import type { TokenAddress } from "./uri.ts";

export interface FoundKey {
  readonly key: Handle;
  readonly certificate: CertificateFacts;
  /** DER of all other certificates on the token. */
  readonly others: readonly Buffer[];
  /** Wants the PIN again at each signature. */
  readonly alwaysAuthenticate: boolean;
}

interface StoredObject {
  readonly handle: Handle;
  readonly id: Buffer;
  readonly label: string;
}
interface StoredCertificate extends StoredObject {
  readonly facts: CertificateFacts;
}
interface Pair {
  readonly key: StoredObject;
  readonly certificate: StoredCertificate;
}

const FIND_AT_ONCE = 64;

/**
 * The one private key that fits the address, and its certificate: by CKA_ID, else by the public key. `object` may name
 * either of them. Throws `key_unreadable` when there is none, `settings` when several may sign.
 */
export function findKey(library: Cryptoki, session: Handle, wanted: TokenAddress): FoundKey {
  const certificates = certificatesIn(library, session);
  const keys = objects(library, session, CK.CKO_PRIVATE_KEY);
  const named = keys.filter((key) => fits(key, wanted));
  const pairs = (named.length > 0 || wanted.object === undefined ? named : keys)
    .flatMap((key) => pairOf(library, session, key, certificates))
    .filter((pair) => named.includes(pair.key) || fits(pair.certificate, wanted));
  const signing = pairs.filter(({ certificate }) => certificate.facts.maySign);
  const [pair, ...more] = signing.length > 0 ? signing : pairs;
  if (pair === undefined) throw new OperationalError("key_unreadable", why(keys, named));
  if (more.length > 0) throw new OperationalError("settings", severalFit([pair, ...more]));
  const flag = attribute(library, session, pair.key.handle, CK.CKA_ALWAYS_AUTHENTICATE);
  return {
    key: pair.key.handle,
    certificate: pair.certificate.facts,
    others: certificates.filter((one) => one !== pair.certificate).map(({ facts }) => facts.der),
    alwaysAuthenticate: flag.some((byte) => byte !== 0),
  };
}

function why(keys: readonly StoredObject[], named: readonly StoredObject[]): string {
  if (keys.length === 0) return "token: no private key";
  return named.length === 0 ? "token: no private key of this object/id" : "token: no certificate for the key";
}

function severalFit(pairs: readonly Pair[]): string {
  const each = pairs.map(
    ({ key }) => `object=${key.label};id=${key.id.toString("hex").replaceAll(/../gu, "%$&")}`,
  );
  return `signing.key: nhiều khóa phù hợp, hãy thêm object hoặc id / several keys fit, add object or id: ${each.join(", ")}`;
}

function fits({ id, label }: StoredObject, wanted: TokenAddress): boolean {
  if (wanted.id !== undefined && !wanted.id.equals(id)) return false;
  return wanted.object === undefined || wanted.object === label;
}

/** Newest first: a renewed certificate may lie beside the old one of the same key. */
function certificatesIn(library: Cryptoki, session: Handle): StoredCertificate[] {
  const found = objects(library, session, CK.CKO_CERTIFICATE).flatMap((one) => {
    try {
      return [{ ...one, facts: readCertificate(attribute(library, session, one.handle, CK.CKA_VALUE)) }];
    } catch (error) {
      if (returnValueOf(error) !== undefined) throw error;
      return []; // no X.509, or damaged: nobody's certificate
    }
  });
  return found.toSorted((a, b) => b.facts.notBefore.getTime() - a.facts.notBefore.getTime());
}

function pairOf(
  library: Cryptoki,
  session: Handle,
  key: StoredObject,
  certificates: readonly StoredCertificate[],
): Pair[] {
  const mark = publicMark(library, session, key);
  const byMark = certificates.filter(({ facts }) => mark !== undefined && facts.der.includes(mark));
  const byId = certificates.filter(({ id }) => id.length > 0 && id.equals(key.id));
  // A renewed certificate may keep the CKA_ID of the old key: where the public key is known, it decides.
  const candidates = mark === undefined ? byId : byMark;
  const certificate = candidates.find((one) => byId.includes(one)) ?? candidates[0];
  return certificate === undefined ? [] : [{ key, certificate }];
}

/** Bytes that stand in the key's certificate and in no other: modulus or point; undefined when the token tells none. */
function publicMark(library: Cryptoki, session: Handle, key: StoredObject): Buffer | undefined {
  const own = attribute(library, session, key.handle, CK.CKA_MODULUS);
  if (own.length > 0) return own;
  const partner = objects(library, session, CK.CKO_PUBLIC_KEY).find(
    ({ id }) => id.length > 0 && id.equals(key.id),
  );
  if (partner === undefined) return undefined;
  const modulus = attribute(library, session, partner.handle, CK.CKA_MODULUS);
  if (modulus.length > 0) return modulus;
  const point = attribute(library, session, partner.handle, CK.CKA_EC_POINT);
  return coordinates(point);
}

/** X and Y of P-256 or P-384: an OCTET STRING around the point by the standard, the bare point by some tokens. */
function coordinates(point: Buffer): Buffer | undefined {
  if (point.length === 65 || point.length === 67) return point.subarray(-64);
  return point.length === 97 || point.length === 99 ? point.subarray(-96) : undefined;
}

function objects(library: Cryptoki, session: Handle, kind: number): StoredObject[] {
  library.C_FindObjectsInit(session, [{ type: CK.CKA_CLASS, value: kind }]);
  const handles: Handle[] = [];
  try {
    for (let some = next(library, session); some.length > 0; some = next(library, session))
      handles.push(...some);
  } finally {
    library.C_FindObjectsFinal(session);
  }
  return handles.map((handle) => ({
    handle,
    id: attribute(library, session, handle, CK.CKA_ID),
    label: attribute(library, session, handle, CK.CKA_LABEL).toString("utf8").normalize("NFC"),
  }));
}

const next = (library: Cryptoki, session: Handle) => library.C_FindObjects(session, FIND_AT_ONCE);

/** One attribute; empty when the object has none of this kind or keeps it to itself. */
function attribute(library: Cryptoki, session: Handle, object: Handle, type: number): Buffer {
  try {
    return library.C_GetAttributeValue(session, object, [{ type }])[0]?.value ?? Buffer.alloc(0);
  } catch (error) {
    if (returnValueOf(error)?.startsWith("CKR_ATTRIBUTE_") === true) return Buffer.alloc(0);
    throw error;
  }
}
