import { type CertificateFacts, readCertificate } from "../asn1/certificate.ts";
import { bitsOf, type Der, inside, isTime, numberOf, oidOf, readWhole, TAG, tagged } from "./der-walk.ts";

/** What path building and revocation need of a certificate beyond its facts (RFC 5280 §4.1, §4.2). */
export interface CertificateParts {
  /** DER of the names, as they were written. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  /** Content of the subjectPublicKey BIT STRING: what key hashes of OCSP are made of. */
  readonly keyBits: Buffer;
  /** OID of the algorithm its issuer signed with. */
  readonly signedWith: string;
  readonly ca: boolean;
  readonly pathLength: number | undefined;
  /** First two bytes of keyUsage, digitalSignature highest; undefined: unrestricted. */
  readonly keyUsage: number | undefined;
  readonly extendedUsage: { readonly critical: boolean; readonly purposes: readonly string[] } | undefined;
  readonly ocspUrls: readonly string[];
  readonly issuerUrls: readonly string[];
  readonly crlUrls: readonly string[];
  /** id-pkix-ocsp-nocheck: the CA promises not to revoke this responder (RFC 6960 §4.2.2.2.1). */
  readonly noCheck: boolean;
  /** OIDs of critical extensions nobody here understands: such a certificate must be refused (RFC 5280 §4.2). */
  readonly unknownCritical: readonly string[];
}

export const USAGE = { keyCertSign: 0x0400, cRLSign: 0x0200 } as const;
export const PURPOSE = { timeStamping: "1.3.6.1.5.5.7.3.8", ocspSigning: "1.3.6.1.5.5.7.3.9" } as const;

const EXT = {
  subjectKey: "2.5.29.14",
  keyUsage: "2.5.29.15",
  basicConstraints: "2.5.29.19",
  crlPoints: "2.5.29.31",
  extendedUsage: "2.5.29.37",
  authorityAccess: "1.3.6.1.5.5.7.1.1",
  noCheck: "1.3.6.1.5.5.7.48.1.5",
} as const;
const OCSP_ACCESS = "1.3.6.1.5.5.7.48.1";
const ISSUER_ACCESS = "1.3.6.1.5.5.7.48.2";

/**
 * Also understood: alternative names, the authority's key, certificate policies (every policy is acceptable here). Name and
 * policy constraints are not, so a certificate that makes them critical is refused.
 */
const UNDERSTOOD = new Set<string>([
  ...Object.values(EXT),
  "2.5.29.17",
  "2.5.29.18",
  "2.5.29.32",
  "2.5.29.35",
]);

interface Extension {
  readonly critical: boolean;
  readonly value: Der;
}

const known = new WeakMap<CertificateFacts, CertificateParts>();

/** Parts of a certificate, read once. One that OpenSSL reads and we do not counts as one with a strange critical extension. */
export function partsOf(facts: CertificateFacts): CertificateParts {
  const found = known.get(facts) ?? tryParts(facts.der) ?? DAMAGED;
  known.set(facts, found);
  return found;
}

const DAMAGED: CertificateParts = {
  issuer: Buffer.from("damaged issuer"),
  subject: Buffer.from("damaged subject"),
  keyBits: Buffer.alloc(0),
  signedWith: "",
  ca: false,
  pathLength: undefined,
  keyUsage: 0,
  extendedUsage: undefined,
  ocspUrls: [],
  issuerUrls: [],
  crlUrls: [],
  noCheck: false,
  unknownCritical: ["damaged"],
};

function tryParts(der: Buffer): CertificateParts | undefined {
  try {
    return readParts(der);
  } catch {
    return undefined;
  }
}

/** Those of `ders` that are certificates, each once; a damaged one must not hide the others. */
export function readPool(ders: readonly Buffer[]): CertificateFacts[] {
  const found = new Map<string, CertificateFacts>();
  for (const der of ders) {
    const facts = tryRead(der);
    if (facts !== undefined) found.set(facts.fingerprint, facts);
  }
  return [...found.values()];
}

function tryRead(der: Buffer): CertificateFacts | undefined {
  try {
    return readCertificate(der);
  } catch {
    return undefined;
  }
}

function readParts(der: Buffer): CertificateParts {
  const [tbs, algorithm] = inside(readWhole(der));
  const all = inside(tbs);
  const fields = all[0]?.tag === 0xa0 ? all.slice(1) : all;
  const [, , issuer, validity, subject, keyInfo] = fields;
  if (issuer === undefined || subject === undefined || !inside(validity).every(isTime))
    throw new Error("no certificate");
  const extensions = readExtensions(tagged(fields.slice(6), 0xa3));
  return {
    issuer: issuer.whole,
    subject: subject.whole,
    keyBits: bitsOf(inside(keyInfo)[1]),
    signedWith: oidOf(inside(algorithm)[0]),
    ...basicConstraints(extensions.get(EXT.basicConstraints)),
    keyUsage: keyUsage(extensions.get(EXT.keyUsage)),
    extendedUsage: extendedUsage(extensions.get(EXT.extendedUsage)),
    ocspUrls: accessUrls(extensions.get(EXT.authorityAccess), OCSP_ACCESS),
    issuerUrls: accessUrls(extensions.get(EXT.authorityAccess), ISSUER_ACCESS),
    crlUrls: pointUrls(extensions.get(EXT.crlPoints)),
    noCheck: extensions.has(EXT.noCheck),
    unknownCritical: [...extensions]
      .filter(([id, { critical }]) => critical && !UNDERSTOOD.has(id))
      .map(([id]) => id),
  };
}

/** Extensions of a certificate, CRL or OCSP answer by OID; one that comes twice makes the whole unusable (RFC 5280 §4.2). */
export function readExtensions(field: Der | undefined): Map<string, Extension> {
  const found = new Map<string, Extension>();
  if (field === undefined) return found;
  for (const extension of inside(inside(field)[0])) {
    const [id, ...rest] = inside(extension);
    const octets = tagged(rest, TAG.octets);
    if (octets === undefined || found.has(oidOf(id))) throw new Error("malformed extensions");
    const critical = (tagged(rest, TAG.boolean)?.body[0] ?? 0) !== 0;
    // A nocheck is NULL, a nonce may be any bytes: only what is needed is read further.
    found.set(oidOf(id), { critical, value: octets });
  }
  return found;
}

function basicConstraints(extension: Extension | undefined): Pick<CertificateParts, "ca" | "pathLength"> {
  const fields = extension === undefined ? [] : inside(readWhole(extension.value.body));
  const length = tagged(fields, TAG.integer);
  const ca = (tagged(fields, TAG.boolean)?.body[0] ?? 0) !== 0;
  return { ca, pathLength: length === undefined ? undefined : numberOf(length) };
}

function keyUsage(extension: Extension | undefined): number | undefined {
  if (extension === undefined) return undefined;
  const [first = 0, second = 0] = bitsOf(readWhole(extension.value.body));
  return first * 256 + second;
}

function extendedUsage(extension: Extension | undefined): CertificateParts["extendedUsage"] {
  if (extension === undefined) return undefined;
  return { critical: extension.critical, purposes: inside(readWhole(extension.value.body)).map(oidOf) };
}

function accessUrls(extension: Extension | undefined, method: string): string[] {
  if (extension === undefined) return [];
  return inside(readWhole(extension.value.body)).flatMap((access) => {
    const [id, place] = inside(access);
    return oidOf(id) === method && place !== undefined ? urlsIn([place]) : [];
  });
}

/** Only points that name a URL and the certificate's own issuer: CRLs signed by others (indirect) are not followed. */
function pointUrls(extension: Extension | undefined): string[] {
  if (extension === undefined) return [];
  return inside(readWhole(extension.value.body)).flatMap((point) => pointNames(tagged(inside(point), 0xa0)));
}

/** URLs of a DistributionPointName, as distribution points and a CRL's own point write it. */
export function pointNames(name: Der | undefined): string[] {
  const full = name === undefined ? undefined : tagged(inside(name), 0xa0);
  return full === undefined ? [] : urlsIn(inside(full));
}

function urlsIn(names: readonly Der[]): string[] {
  return names.filter(({ tag }) => tag === 0x86).map(({ body }) => body.toString("latin1"));
}
