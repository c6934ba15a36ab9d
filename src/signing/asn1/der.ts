import * as asn1js from "asn1js";

/** Object identifiers this folder writes or recognises. */
export const OID = {
  data: "1.2.840.113549.1.7.1",
  signedData: "1.2.840.113549.1.7.2",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingTime: "1.2.840.113549.1.9.5",
  signingCertificate: "1.2.840.113549.1.9.16.2.12",
  timeStampToken: "1.2.840.113549.1.9.16.2.14",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
  timeStampInfo: "1.2.840.113549.1.9.16.1.4",
  sha256: "2.16.840.1.101.3.4.2.1",
  rsaEncryption: "1.2.840.113549.1.1.1",
  rsaPss: "1.2.840.113549.1.1.10",
  rsaSha256: "1.2.840.113549.1.1.11",
  ecPublicKey: "1.2.840.10045.2.1",
  ecdsaSha256: "1.2.840.10045.4.3.2",
  keyUsage: "2.5.29.15",
  basicConstraints: "2.5.29.19",
  subjectKeyIdentifier: "2.5.29.14",
  authorityKeyIdentifier: "2.5.29.35",
  commonName: "2.5.4.3",
  organization: "2.5.4.10",
  country: "2.5.4.6",
} as const;

/** One DER element: tag, shortest length, then the parts as they are. */
export function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([tag]), derLength(length), ...parts]);
}

export const sequence = (...parts: readonly Uint8Array[]) => tlv(0x30, ...parts);
const byBytes = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b);
/** SET OF: DER orders the elements by their bytes (X.690 §11.6). */
export const setOf = (...parts: readonly Uint8Array[]) => tlv(0x31, ...parts.toSorted(byBytes));
/** The content of a SET OF without its tag, for an IMPLICIT tag such as `[0]`. */
export const ordered = (...parts: readonly Uint8Array[]) => parts.toSorted(byBytes);
/** Constructed context tag `[n]`. */
export const context = (n: number, ...parts: readonly Uint8Array[]) => tlv(0xa0 | n, ...parts);
export const octets = (bytes: Uint8Array) => tlv(0x04, bytes);
export const utf8 = (text: string) => tlv(0x0c, Buffer.from(text.normalize("NFC"), "utf8"));
export const nul = () => tlv(0x05);
export const yes = () => tlv(0x01, Buffer.from([0xff]));
export const oid = (dotted: string) => Buffer.from(new asn1js.ObjectIdentifier({ value: dotted }).toBER());
export const bits = (bytes: Uint8Array, unused = 0) => tlv(0x03, Buffer.from([unused]), bytes);
/** A small or a big positive INTEGER. */
export function integer(value: number | Uint8Array): Buffer {
  const bytes = typeof value === "number" ? new asn1js.Integer({ value }).toBER() : undefined;
  if (bytes !== undefined) return Buffer.from(bytes);
  const positive = value as Uint8Array;
  return tlv(0x02, ...((positive[0] ?? 0) > 0x7f ? [Buffer.from([0])] : []), positive);
}

/** X.509 time: UTCTime until 2049, then GeneralizedTime (RFC 5280 §4.1.2.5). */
export function time(at: Date): Buffer {
  const digits = at.toISOString().replaceAll(/[-:T]|\.\d+/gu, "");
  return at.getUTCFullYear() < 2050
    ? tlv(0x17, Buffer.from(digits.slice(2), "latin1"))
    : tlv(0x18, Buffer.from(digits, "latin1"));
}

export const algorithm = (dotted: string, ...parameters: readonly Uint8Array[]) =>
  sequence(oid(dotted), ...parameters);

/**
 * Reads BER or DER; bytes behind the first element are allowed (zero padding of /Contents).
 * Throws when it is neither.
 */
export function readDer(bytes: Uint8Array): asn1js.AsnType {
  const { offset, result } = asn1js.fromBER(bytes);
  if (offset < 0) throw new Error("not DER");
  return result;
}

/** Children of a constructed element; none for a primitive one. */
export function children(node: asn1js.AsnType | undefined): asn1js.AsnType[] {
  return node instanceof asn1js.Sequence || node instanceof asn1js.Set || node instanceof asn1js.Constructed
    ? (node.valueBlock.value as asn1js.AsnType[])
    : [];
}

/** The element's own bytes, exactly as they were read. */
export function raw(node: asn1js.AsnType | undefined): Buffer {
  if (node === undefined) throw new Error("DER element missing");
  return Buffer.from(node.valueBeforeDecodeView);
}

/** Content of an OCTET STRING, also of one cut into pieces (BER). */
export function octetsOf(node: asn1js.AsnType | undefined): Buffer {
  if (!(node instanceof asn1js.OctetString)) throw new Error("OCTET STRING expected");
  return Buffer.from(node.getValue());
}

export function pem(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString("base64")
    .match(/.{1,64}/gu);
  return `-----BEGIN ${label}-----\n${(lines ?? []).join("\n")}\n-----END ${label}-----\n`;
}

function derLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}
