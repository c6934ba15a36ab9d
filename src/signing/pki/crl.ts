import type { CertificateFacts } from "../asn1/certificate.ts";
import { partsOf, pointNames, readExtensions, USAGE } from "./certificate-parts.ts";
import {
  bitsOf,
  bodyStart,
  type Der,
  inside,
  isTime,
  lengthAt,
  numberOf,
  oidOf,
  readElement,
  readWhole,
  TAG,
  tagged,
  timeOf,
} from "./der-walk.ts";
import { type Answer, reasonName } from "./revocation-answer.ts";
import { keySigned } from "./signed-bytes.ts";

/** A CRL (RFC 5280 §5) taken apart; its entries stay the bytes they are. */
export interface ReadCrl {
  readonly der: Buffer;
  readonly issuer: Buffer;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
  /** Content of revokedCertificates; empty when nothing is revoked. */
  readonly entries: Buffer;
  readonly scope: Scope;
  /** Why this CRL cannot be used at all. */
  readonly refused: string | undefined;
  readonly signed: { readonly bytes: Buffer; readonly algorithm: Der; readonly signature: Buffer };
}

/** IssuingDistributionPoint (§5.2.5): which certificates a CRL speaks of. */
interface Scope {
  readonly urls: readonly string[] | undefined;
  readonly users: boolean;
  readonly cas: boolean;
}

const EXT = {
  number: "2.5.29.20",
  reason: "2.5.29.21",
  delta: "2.5.29.27",
  point: "2.5.29.28",
  key: "2.5.29.35",
};
const UNDERSTOOD = [EXT.number, EXT.point, EXT.key];
const ALL: Scope = { urls: undefined, users: true, cas: true };

/** Reads the frame of a CRL; an entry costs nothing until it is looked for. Throws on damage. */
export function readCrl(der: Buffer): ReadCrl {
  const [list, algorithm, signature] = inside(readElement(der));
  if (list === undefined || algorithm === undefined) throw new Error("no CRL");
  const all = inside(list);
  const fields = all[0]?.tag === TAG.integer ? all.slice(1) : all;
  const [, issuer, thisUpdate, ...rest] = fields;
  if (issuer === undefined) throw new Error("no CRL");
  const next = isTime(rest[0]) ? rest[0] : undefined;
  const extensions = readExtensions(tagged(rest, 0xa0));
  return {
    der,
    issuer: issuer.whole,
    thisUpdate: timeOf(thisUpdate),
    nextUpdate: next === undefined ? undefined : timeOf(next),
    entries: tagged(rest, TAG.sequence)?.body ?? Buffer.alloc(0),
    scope: scopeOf(extensions.get(EXT.point)?.value),
    refused: refusal(extensions),
    signed: { bytes: list.whole, algorithm, signature: bitsOf(signature) },
  };
}

function refusal(extensions: ReturnType<typeof readExtensions>): string | undefined {
  if (extensions.has(EXT.delta)) return "CRL chỉ ghi thay đổi (delta CRL)";
  const point = extensions.get(EXT.point)?.value;
  // [3] only some reasons, [4] indirect, [5] only attribute certificates: none tells that an ordinary certificate is good.
  if (
    point !== undefined &&
    inside(readWhole(point.body)).some(({ tag }) => [0x83, 0x84, 0x85].includes(tag))
  )
    return "CRL gián tiếp hoặc chỉ cho một số lý do (indirect or partial CRL)";
  const unknown = [...extensions].some(([id, { critical }]) => critical && !UNDERSTOOD.includes(id));
  return unknown ? "CRL có phần mở rộng bắt buộc không hiểu được (unknown critical extension)" : undefined;
}

function scopeOf(point: Der | undefined): Scope {
  if (point === undefined) return ALL;
  const fields = inside(readWhole(point.body));
  const only = (tag: number) => (tagged(fields, tag)?.body[0] ?? 0) !== 0;
  const name = tagged(fields, 0xa0);
  return { urls: name === undefined ? undefined : pointNames(name), users: !only(0x82), cas: !only(0x81) };
}

/** What a CRL says of a certificate, or why it says nothing: another issuer, a wrong signature, another scope. */
export function crlAnswer(
  crl: ReadCrl,
  certificate: CertificateFacts,
  issuer: CertificateFacts,
): Answer | { readonly status: "unusable"; readonly why: string } {
  const why = crl.refused ?? foreign(crl, certificate) ?? unsigned(crl, issuer);
  if (why !== undefined) return { status: "unusable", why };
  const revoked = findEntry(crl.entries, certificate.serial);
  const lifted = revoked?.reason === "removeFromCRL";
  const { thisUpdate, nextUpdate } = crl;
  if (revoked === undefined || lifted) return { status: "good", revoked: undefined, thisUpdate, nextUpdate };
  return { status: "revoked", revoked, thisUpdate, nextUpdate };
}

function foreign({ issuer, scope }: ReadCrl, certificate: CertificateFacts): string | undefined {
  const parts = partsOf(certificate);
  if (!issuer.equals(parts.issuer)) return "CRL của nơi cấp khác (CRL of another issuer)";
  const own = scope.urls === undefined || scope.urls.some((url) => parts.crlUrls.includes(url));
  if (!own || !(parts.ca ? scope.cas : scope.users))
    return "CRL không nói về loại chứng thư này (out of the CRL's scope)";
  return undefined;
}

function unsigned({ signed }: ReadCrl, issuer: CertificateFacts): string | undefined {
  const { keyUsage } = partsOf(issuer);
  const may = keyUsage === undefined || (keyUsage & USAGE.cRLSign) !== 0;
  if (may && keySigned(issuer.x509.publicKey, signed.algorithm, signed.bytes, signed.signature))
    return undefined;
  return "CRL không do nơi cấp ký (CRL not signed by the issuer)";
}

/** Looks through the entries by their lengths alone: 100,000 of them take a few milliseconds and no memory. */
function findEntry(entries: Buffer, serial: Buffer): Answer["revoked"] {
  for (let at = 0; at < entries.length;) {
    const body = bodyStart(entries, at);
    const end = body + lengthAt(entries, at);
    if (end > entries.length) throw new Error("DER cut short");
    if (entries.compare(serial, 0, serial.length, body, Math.min(end, body + serial.length)) === 0)
      return readEntry(readElement(entries, at));
    at = end;
  }
  return undefined;
}

function readEntry(entry: Der): Answer["revoked"] {
  const [, at, extensions] = inside(entry);
  // crlEntryExtensions is a bare SEQUENCE, not tagged as in certificates.
  const found = (extensions === undefined ? [] : inside(extensions)).map(inside);
  const reason = found.find(([id]) => oidOf(id) === EXT.reason)?.at(-1);
  return {
    at: timeOf(at),
    reason: reasonName(reason === undefined ? undefined : numberOf(readWhole(reason.body))),
  };
}
