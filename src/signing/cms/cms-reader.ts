import { type AsnType, ObjectIdentifier, Sequence } from "asn1js";
import {
  Certificate,
  ContentInfo,
  IssuerAndSerialNumber,
  RSASSAPSSParams,
  SignedData,
  type SignerInfo,
  TSTInfo,
} from "pkijs";
import { type CertificateFacts, readCertificate } from "../asn1/certificate.ts";
import { children, OID, octetsOf, raw, readDer } from "../asn1/der.ts";

/** A CMS SignedData with one signer, taken apart but not judged. */
export interface ReadCms {
  readonly signer: CertificateFacts | undefined;
  readonly certificates: readonly CertificateFacts[];
  /** Node's name of the digest, e.g. `sha256`; undefined when unknown. */
  readonly digest: string | undefined;
  /** Encoded as SET, ready to be verified; undefined when nothing but the content is signed. */
  readonly signedAttributes: Buffer | undefined;
  readonly messageDigest: Buffer | undefined;
  /** What the signed content-type attribute says; undefined when there is none. */
  readonly signedContentType: string | undefined;
  /** Content inside the CMS (adbe.pkcs7.sha1, time stamps); undefined when detached. */
  readonly content: Buffer | undefined;
  readonly contentType: string;
  readonly signature: Buffer;
  readonly scheme: ReadScheme | undefined;
  readonly signedCertificate: SignedCertificate | undefined;
  readonly signingTime: Date | undefined;
  readonly hasTimeStamp: boolean;
  /** Signature time stamps (RFC 3161 tokens as DER), not yet judged. */
  readonly timeStampTokens: readonly Buffer[];
  /** Number of SignerInfos; only the first is read. */
  readonly signers: number;
  /** OCSPResponses and CRLs (DER) the signature carries, signed or not. */
  readonly ocsps: readonly Buffer[];
  readonly crls: readonly Buffer[];
  readonly timeStamp:
    | { readonly imprint: Buffer; readonly digest: string | undefined; readonly at: Date }
    | undefined;
}

export interface ReadScheme {
  readonly kind: "pkcs1" | "pss" | "ecdsa";
  readonly hash: string;
  readonly saltLength: number;
}

/** The signing-certificate(-v2) attribute: which certificate the signer meant. */
interface SignedCertificate {
  readonly hash: Buffer;
  readonly digest: string | undefined;
}

const DIGESTS: Readonly<Record<string, string>> = {
  "1.2.840.113549.2.5": "md5",
  "1.2.840.113549.1.1.4": "md5",
  "1.3.14.3.2.26": "sha1",
  "1.2.840.113549.1.1.5": "sha1",
  "2.16.840.1.101.3.4.2.4": "sha224",
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
  "1.2.840.113549.1.1.11": "sha256",
  "1.2.840.113549.1.1.12": "sha384",
  "1.2.840.113549.1.1.13": "sha512",
};
const ECDSA: Readonly<Record<string, string>> = {
  "1.2.840.10045.4.1": "sha1",
  "1.2.840.10045.4.3.1": "sha224",
  "1.2.840.10045.4.3.2": "sha256",
  "1.2.840.10045.4.3.3": "sha384",
  "1.2.840.10045.4.3.4": "sha512",
};

/** Reads the first signer of a CMS in BER or DER; zero padding behind it is normal. Throws when it is none. */
export function readCms(bytes: Buffer): ReadCms {
  const tree = readDer(bytes);
  const info = new ContentInfo({ schema: tree });
  if (info.contentType !== OID.signedData) throw new Error("no SignedData");
  const data = new SignedData({ schema: info.content as unknown });
  const [signerInfo] = data.signerInfos;
  if (signerInfo === undefined) throw new Error("no SignerInfo");
  const certificates = certificatesOf(tree);
  const content = data.encapContentInfo.eContent;
  const eContent = content === undefined ? undefined : Buffer.from(content.getValue());
  const attributes = signerInfo.signedAttrs;
  const tokens = (signerInfo.unsignedAttrs?.attributes ?? []).filter(
    ({ type }) => type === OID.timeStampToken,
  );
  return {
    ...revocationOf(tree, signerInfo),
    signers: data.signerInfos.length,
    timeStampTokens: tokens.flatMap(({ values }) => (values as AsnType[]).map(raw)),
    signer: findSigner(certificates, tree, signerInfo),
    certificates,
    digest: DIGESTS[signerInfo.digestAlgorithm.algorithmId],
    signedAttributes: attributes === undefined ? undefined : Buffer.from(attributes.encodedValue),
    messageDigest: optional(attributeOf(signerInfo, OID.messageDigest), octetsOf),
    signedContentType: nameIn(attributeOf(signerInfo, OID.contentType)),
    content: eContent,
    contentType: data.encapContentInfo.eContentType,
    signature: Buffer.from(signerInfo.signature.getValue()),
    scheme: schemeOf(signerInfo),
    signedCertificate: signedCertificateOf(signerInfo),
    signingTime: optional(attributeOf(signerInfo, OID.signingTime), dateOf),
    hasTimeStamp: tokens.length > 0,
    timeStamp:
      data.encapContentInfo.eContentType === OID.timeStampInfo ? optional(eContent, timeStampOf) : undefined,
  };
}

/** Taken from the tree, not from pkijs: fingerprints need the bytes as they were sent. */
function certificatesOf(info: AsnType): CertificateFacts[] {
  const signedData = children(children(info)[1])[0];
  const set = children(signedData).find(({ idBlock }) => idBlock.tagClass === 3 && idBlock.tagNumber === 0);
  return children(set)
    .filter(({ idBlock }) => idBlock.tagClass === 1)
    .flatMap((one) => tryCertificate(raw(one)));
}

/** RevocationInfoArchival of Adobe: `[0]` CRLs, `[1]` OCSP responses. */
const ADOBE_REVOCATION = "1.2.840.113583.1.1.8";

/** CRLs of the CMS itself (RFC 5652 §10.2.1, OCSP responses as RFC 5940 has them) and those of Adobe's attribute. */
function revocationOf(info: AsnType, signerInfo: SignerInfo): Pick<ReadCms, "crls" | "ocsps"> {
  const signedData = children(children(info)[1])[0];
  const own = children(children(signedData).find((one) => isContext(one, 1)));
  const adobe = children(attributeOf(signerInfo, ADOBE_REVOCATION));
  const inside = (tag: number) =>
    adobe.filter((one) => isContext(one, tag)).flatMap((one) => children(children(one)[0]));
  const others = own.filter((one) => isContext(one, 1)).map((one) => children(one)[1]);
  return {
    crls: [...own.filter((one) => one instanceof Sequence), ...inside(0)].map(raw),
    ocsps: [...others.flatMap((one) => (one === undefined ? [] : [one])), ...inside(1)].map(raw),
  };
}

function isContext({ idBlock }: AsnType, tag: number): boolean {
  return idBlock.tagClass === 3 && idBlock.tagNumber === tag;
}

/** A carried certificate that OpenSSL refuses must not hide the signature of another. */
function tryCertificate(der: Buffer): CertificateFacts[] {
  try {
    return [readCertificate(der)];
  } catch {
    return [];
  }
}

/**
 * Issuer and serial number name the signer. Some state software encodes the issuer otherwise than its certificate
 * does; then a serial number that only one carried certificate has is enough, the key decides anyway.
 */
function findSigner(certificates: readonly CertificateFacts[], tree: AsnType, { sid }: SignerInfo) {
  if (!(sid instanceof IssuerAndSerialNumber)) return findByKeyIdentifier(certificates, sid as AsnType);
  const signedData = children(children(tree)[1])[0];
  const signerInfo = children(children(signedData).at(-1))[0];
  const [issuer, serial] = children(children(signerInfo)[1]).map(raw);
  const sameSerial = certificates.filter((one) => serial?.equals(one.serial) === true);
  const exact = sameSerial.find((one) => issuer?.equals(one.issuer) === true);
  return exact ?? (sameSerial.length === 1 ? sameSerial[0] : undefined);
}

function findByKeyIdentifier(certificates: readonly CertificateFacts[], wanted: AsnType) {
  return certificates.find(({ der }) => {
    const extensions = Certificate.fromBER(der).extensions;
    const found = extensions?.find(({ extnID }) => extnID === OID.subjectKeyIdentifier);
    if (found === undefined) return false;
    return octetsLike(readDer(Buffer.from(found.extnValue.getValue()))).equals(octetsLike(wanted));
  });
}

function octetsLike(node: AsnType): Buffer {
  return Buffer.from((node as { valueBlock: { valueHexView?: Uint8Array } }).valueBlock.valueHexView ?? []);
}

function attributeOf({ signedAttrs }: SignerInfo, type: string): AsnType | undefined {
  return signedAttrs?.attributes.find((one) => one.type === type)?.values[0] as AsnType | undefined;
}

function nameIn(value: AsnType | undefined): string | undefined {
  return value instanceof ObjectIdentifier ? value.getValue() : undefined;
}

function sameHash({ hashAlgorithm, maskGenAlgorithm }: RSASSAPSSParams): boolean {
  const masked = maskGenAlgorithm.algorithmParams as { valueBlock?: { value?: AsnType[] } } | undefined;
  const named = nameIn(masked?.valueBlock?.value?.[0]);
  return named === undefined || named === hashAlgorithm.algorithmId;
}

function schemeOf({ signatureAlgorithm, digestAlgorithm }: SignerInfo): ReadScheme | undefined {
  const id = signatureAlgorithm.algorithmId;
  const digest = DIGESTS[digestAlgorithm.algorithmId];
  if (id === OID.rsaPss) {
    const parameters = new RSASSAPSSParams({ schema: signatureAlgorithm.algorithmParams as unknown });
    const hash = DIGESTS[parameters.hashAlgorithm.algorithmId];
    // node:crypto knows MGF1 over the signature's own hash alone.
    const masks = sameHash(parameters);
    return hash === undefined || !masks
      ? undefined
      : { kind: "pss", hash, saltLength: parameters.saltLength };
  }
  const ecHash = id === OID.ecPublicKey ? digest : ECDSA[id];
  if (ecHash !== undefined) return { kind: "ecdsa", hash: ecHash, saltLength: 0 };
  const rsaHash = id === OID.rsaEncryption ? digest : DIGESTS[id];
  return rsaHash === undefined ? undefined : { kind: "pkcs1", hash: rsaHash, saltLength: 0 };
}

/** SigningCertificate (RFC 2634, SHA-1) or SigningCertificateV2 (RFC 5035, SHA-256 unless it says otherwise). */
function signedCertificateOf(signerInfo: SignerInfo): SignedCertificate | undefined {
  const second = attributeOf(signerInfo, OID.signingCertificateV2);
  const first = attributeOf(signerInfo, OID.signingCertificate);
  const fields = children(children(children(second ?? first)[0])[0]);
  const hash = fields.find((field) => field.idBlock.tagNumber === 4 && field.idBlock.tagClass === 1);
  if (hash === undefined) return undefined;
  const named = children(fields[0])[0];
  const digest = second === undefined ? "sha1" : "sha256";
  return {
    hash: octetsOf(hash),
    digest: named instanceof ObjectIdentifier ? DIGESTS[named.getValue()] : digest,
  };
}

function timeStampOf(content: Buffer): ReadCms["timeStamp"] {
  const info = new TSTInfo({ schema: readDer(content) });
  return {
    imprint: Buffer.from(info.messageImprint.hashedMessage.getValue()),
    digest: DIGESTS[info.messageImprint.hashAlgorithm.algorithmId],
    at: info.genTime,
  };
}

function dateOf(node: AsnType): Date {
  return (node as unknown as { toDate(): Date }).toDate();
}

function optional<T, R>(value: T | undefined, read: (value: T) => R): R | undefined {
  return value === undefined ? undefined : read(value);
}
