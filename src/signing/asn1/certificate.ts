import { createHash, X509Certificate } from "node:crypto";
import { BitString } from "asn1js";
import { Certificate, type RelativeDistinguishedNames } from "pkijs";
import { children, OID, raw, readDer } from "./der.ts";

/** What signing and verifying need to know of a certificate. */
export interface CertificateFacts {
  readonly der: Buffer;
  readonly x509: X509Certificate;
  /** Hex SHA-256 of the DER. */
  readonly fingerprint: string;
  /** DER of issuer and serial number, copied: a name rebuilt from text may be encoded otherwise. */
  readonly issuer: Buffer;
  readonly serial: Buffer;
  readonly commonName: string;
  readonly organization: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** keyUsage has digitalSignature or nonRepudiation, or is absent (RFC 5280 §4.2.1.3: then unrestricted). */
  readonly maySign: boolean;
  /** Subject says KÝ THỬ. */
  readonly test: boolean;
}

const DIGITAL_SIGNATURE = 0x80;
const NON_REPUDIATION = 0x40;

/** Reads a certificate; names come out as the UTF-8, BMP or Latin text they are. Throws on damaged DER. */
export function readCertificate(der: Buffer): CertificateFacts {
  const x509 = new X509Certificate(der);
  const parsed = Certificate.fromBER(der);
  const [tbs] = children(readDer(der));
  const fields = children(tbs).filter((field) => !isVersion(field));
  const names = subjectNames(parsed.subject);
  return {
    der,
    x509,
    fingerprint: createHash("sha256").update(der).digest("hex"),
    serial: raw(fields[0]),
    issuer: raw(fields[2]),
    commonName: names.find(({ type }) => type === OID.commonName)?.text ?? "",
    organization: names.find(({ type }) => type === OID.organization)?.text ?? "",
    notBefore: parsed.notBefore.value,
    notAfter: parsed.notAfter.value,
    maySign: maySign(parsed),
    test: names.some(({ text }) => /KÝ\s+THỬ/iu.test(text)),
  };
}

/** The signer as people know it: common name, else organisation. */
export function signerName(facts: CertificateFacts): string {
  return facts.commonName === "" ? facts.organization : facts.commonName;
}

function isVersion(field: ReturnType<typeof readDer>): boolean {
  return field.idBlock.tagClass === 3 && field.idBlock.tagNumber === 0;
}

function subjectNames(subject: RelativeDistinguishedNames): { type: string; text: string }[] {
  return subject.typesAndValues.map(({ type, value }) => ({
    type: String(type),
    text: String((value as { valueBlock: { value: unknown } }).valueBlock.value)
      .normalize("NFC")
      .trim(),
  }));
}

function maySign(parsed: Certificate): boolean {
  const usage = parsed.extensions?.find(({ extnID }) => extnID === OID.keyUsage)?.parsedValue as unknown;
  if (!(usage instanceof BitString)) return true;
  return ((usage.valueBlock.valueHexView[0] ?? 0) & (DIGITAL_SIGNATURE | NON_REPUDIATION)) !== 0;
}
