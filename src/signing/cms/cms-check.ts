import { constants, createHash, createVerify, type Verify, type X509Certificate } from "node:crypto";
import type { ReadCms, ReadScheme } from "./cms-reader.ts";
import { OID } from "../asn1/der.ts";
import { shortKey } from "../asn1/short-key.ts";

/** Gives the signed bytes piece by piece; called once for each digest needed. */
export type SignedBytes = () => AsyncIterable<Buffer>;

/** /SubFilter of a time stamp over the document. */
export const DOCUMENT_STAMP = "ETSI.RFC3161";

export type CmsJudgement =
  | { readonly state: "intact"; readonly doubts: readonly string[] }
  | { readonly state: "broken"; readonly reason: string }
  | { readonly state: "unknown"; readonly reason: string };

const broken = (reason: string): CmsJudgement => ({ state: "broken", reason });
const unknown = (reason: string): CmsJudgement => ({ state: "unknown", reason });

/** Judges digest, signature and the named certificate of a CMS over some bytes; trust is another question. */
export async function checkCms(cms: ReadCms, subFilter: string, bytes: SignedBytes): Promise<CmsJudgement> {
  if (cms.signer === undefined)
    return unknown("Không có chứng thư người ký trong chữ ký (no signer certificate)");
  if (cms.digest === undefined || cms.scheme === undefined)
    return unknown("Thuật toán ký chưa được hỗ trợ (unknown algorithm)");
  const form = formFault(cms, subFilter);
  if (form !== undefined) return broken(form);
  if (!(await contentFits(cms, cms.digest, subFilter, bytes)))
    return broken("Nội dung đã bị thay đổi sau khi ký (digest mismatch)");
  if (!(await signatureFits(cms, bytes))) return broken("Giá trị chữ ký sai (bad signature value)");
  if (!namedCertificateFits(cms))
    return broken("Chứng thư không phải chứng thư đã ký (signing-certificate mismatch)");
  return { state: "intact", doubts: [...weaknesses(cms, subFilter), ...unnamed(cms, subFilter)] };
}

const CADES = "ETSI.CAdES.detached";
const DETACHED = ["adbe.pkcs7.detached", CADES];

/**
 * Whether the CMS has the form its /SubFilter promises. Attached content would be what is signed, in place of the file: the
 * signed attributes of any genuine signature, put there as content, would then "sign" every file (RFC 5652, section 11).
 */
function formFault(cms: ReadCms, subFilter: string): string | undefined {
  const { content, contentType, signedAttributes, signedContentType } = cms;
  const stamp = contentType === OID.timeStampInfo;
  if (subFilter === DOCUMENT_STAMP)
    return stamp && signedAttributes !== undefined ? undefined : "Không phải dấu thời gian (no time stamp)";
  if (stamp) return "Dấu thời gian bị dùng làm chữ ký (time stamp in place of a signature)";
  if (DETACHED.includes(subFilter) && (content !== undefined || contentType !== OID.data))
    return "Chữ ký tách rời lại mang nội dung riêng (content inside a detached signature)";
  if (signedAttributes === undefined)
    return subFilter === CADES ? "Chữ ký thiếu thuộc tính bắt buộc (no signed attributes)" : undefined;
  if (subFilter === CADES && signedContentType === undefined)
    return "Chữ ký thiếu thuộc tính bắt buộc (no content type)";
  return signedContentType === undefined || signedContentType === contentType || subFilter === ""
    ? undefined
    : "Thuộc tính đã ký nói về loại nội dung khác (content type mismatch)";
}

/** ETSI EN 319 142-1 wants it: without it another certificate of the same key fits as well. */
function unnamed({ signedCertificate }: ReadCms, subFilter: string): readonly string[] {
  if (subFilter !== CADES || signedCertificate !== undefined) return [];
  return ["Chữ ký không nói đã dùng chứng thư nào (no signing-certificate attribute)"];
}

const WEAK_DIGESTS: Readonly<Record<string, string>> = {
  md5: "Thuật toán băm MD5 đã bị phá (weak digest)",
  sha1: "Thuật toán băm SHA-1 đã yếu (weak digest)",
};

function weaknesses({ digest, scheme, signer, signers }: ReadCms, subFilter: string): string[] {
  const overFile = subFilter === "adbe.pkcs7.sha1" ? "sha1" : undefined;
  const digests = new Set([digest, scheme?.hash, overFile].map((name) => WEAK_DIGESTS[name ?? ""]));
  const doubts = [...digests].filter((text) => text !== undefined);
  const weak = signer === undefined ? undefined : shortKey(signer.x509.publicKey);
  if (weak !== undefined) doubts.push(`Khóa quá ngắn: ${weak} (weak key)`);
  if (signers > 1) doubts.push("Chữ ký có nhiều người ký, chỉ kiểm tra người đầu (several signers)");
  return doubts;
}

async function contentFits(
  cms: ReadCms,
  digest: string,
  subFilter: string,
  bytes: SignedBytes,
): Promise<boolean> {
  if (subFilter === DOCUMENT_STAMP) {
    const stamp = cms.timeStamp;
    const fits = stamp?.digest !== undefined && (await hashOf(stamp.digest, bytes)).equals(stamp.imprint);
    return fits && embeddedFits(cms, digest);
  }
  if (subFilter === "adbe.pkcs7.sha1") {
    const fits = cms.content !== undefined && (await hashOf("sha1", bytes)).equals(cms.content);
    return fits && embeddedFits(cms, digest);
  }
  if (cms.signedAttributes === undefined) return true; // the signature itself covers the bytes
  return cms.messageDigest !== undefined && (await hashOf(digest, bytes)).equals(cms.messageDigest);
}

/** The content that lies inside the CMS against its message-digest attribute. */
function embeddedFits({ content, signedAttributes, messageDigest }: ReadCms, digest: string): boolean {
  if (content === undefined) return false;
  if (signedAttributes === undefined) return true;
  return messageDigest !== undefined && createHash(digest).update(content).digest().equals(messageDigest);
}

async function hashOf(digest: string, bytes: SignedBytes): Promise<Buffer> {
  const hash = createHash(digest);
  for await (const piece of bytes()) hash.update(piece);
  return hash.digest();
}

async function signatureFits(cms: ReadCms, bytes: SignedBytes): Promise<boolean> {
  const { scheme, signer, signedAttributes, content, signature } = cms;
  if (scheme === undefined || signer === undefined) return false;
  const verify = createVerify(scheme.hash);
  const inside = signedAttributes ?? content;
  if (inside !== undefined) verify.update(inside);
  else for await (const piece of bytes()) verify.update(piece);
  return keyAccepts(verify, signer.x509, scheme, signature);
}

/** A key that cannot belong to the scheme makes node throw; for us that is a signature that does not fit. */
function keyAccepts(verify: Verify, { publicKey: key }: X509Certificate, scheme: ReadScheme, value: Buffer) {
  const type = key.asymmetricKeyType ?? "";
  const wanted = { pkcs1: ["rsa"], pss: ["rsa", "rsa-pss"], ecdsa: ["ec"] }[scheme.kind];
  if (!wanted.includes(type)) return false;
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  try {
    return scheme.kind === "pss"
      ? verify.verify({ key, padding, saltLength: scheme.saltLength }, value)
      : verify.verify(key, value);
  } catch {
    return false;
  }
}

/** signing-certificate(-v2) binds the certificate; without it another one with the same key could be put in. */
function namedCertificateFits({ signedCertificate, signer }: ReadCms): boolean {
  if (signedCertificate === undefined) return true;
  if (signedCertificate.digest === undefined || signer === undefined) return false;
  return createHash(signedCertificate.digest).update(signer.der).digest().equals(signedCertificate.hash);
}
