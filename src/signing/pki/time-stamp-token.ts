import type { X509Certificate } from "node:crypto";
import type { CertificateFacts } from "../asn1/certificate.ts";
import { children, OID, readDer } from "../asn1/der.ts";
import { checkCms } from "../cms/cms-check.ts";
import { type ReadCms, readCms } from "../cms/cms-reader.ts";
import { partsOf, PURPOSE } from "./certificate-parts.ts";
import { buildChain, type ChainJudgement } from "./chain.ts";
import { judgeRevocation, type RevocationState } from "./revocation.ts";
import { readTimeStampInfo, type TimeStampInfo } from "./time-stamp-info.ts";

export interface TimeStampQuestion {
  /** DER (or BER) of the token's ContentInfo; zero padding behind it is allowed. */
  readonly token: Buffer;
  /** Digest of the stamped bytes by node's name of the hash; undefined when it cannot be computed. */
  readonly digest: (hash: string) => Buffer | Promise<Buffer>;
  readonly trusted: readonly X509Certificate[];
  /** Further certificates as DER: of a DSS. */
  readonly pool: readonly Buffer[];
  /** Moment at which the token is judged: now, or when a later time stamp proves that it existed. */
  readonly at: Date;
  /** Evidence made later than this is not believed; `at` when absent. */
  readonly now?: Date;
  readonly ocsps?: readonly Buffer[];
  readonly crls?: readonly Buffer[];
}

export interface TimeStampJudgement {
  /** `unknown`: nothing is wrong with it, but its authority cannot be traced to a trusted root or is not known to be good. */
  readonly state: "good" | "invalid" | "unknown";
  /** What it says, also when it is not believed; undefined when it cannot be read. */
  readonly info: TimeStampInfo | undefined;
  /** Vietnamese (English); empty when good. */
  readonly reasons: readonly string[];
  readonly signer: CertificateFacts | undefined;
  readonly chain: ChainJudgement | undefined;
  /** Of the authority's certificate; absent when no evidence was given. */
  readonly revocation?: RevocationState;
}

const SHA1_WEAK = "Dấu thời gian dùng SHA-1 (weak digest)";
/** A token stays good when its authority was revoked later for one of these reasons (RFC 3161 §4.1). */
const HARMLESS = ["unspecified", "affiliationChanged", "superseded", "cessationOfOperation"];

/**
 * Judges a time stamp over bytes (RFC 3161 §2.3, §2.4.2): imprint, signature, the certificate it names, its purpose, its
 * chain at the time it states, and by given evidence whether the authority was revoked.
 */
export async function judgeTimeStamp(question: TimeStampQuestion): Promise<TimeStampJudgement> {
  const read = readToken(question.token);
  if (read === undefined) return refused("Không đọc được dấu thời gian (damaged time stamp)");
  const { cms, info } = read;
  const signer = cms.signer;
  const broken =
    (await imprintDoubt(info, question.digest)) ?? (await signatureDoubt(cms)) ?? purposeDoubt(signer);
  if (broken !== undefined || signer === undefined) return refused(broken ?? NO_SIGNER, info, signer);
  const pool = [...cms.certificates.map(({ der }) => der), ...question.pool];
  const chain = buildChain(signer, pool, question.trusted, info.at);
  const revocation = revocationOf(signer, chain, info, question);
  const doubts = [...chain.doubts.map(({ text }) => text), ...(weak(cms, info) ? [SHA1_WEAK] : [])];
  const judged = { info, signer, chain, ...(revocation === undefined ? {} : { revocation }) };
  if (revocation?.state === "revoked")
    return { state: "invalid", ...judged, reasons: [...doubts, revokedText(revocation)] };
  return { state: doubts.length === 0 ? "good" : "unknown", ...judged, reasons: doubts };
}

const NO_SIGNER = "Dấu thời gian thiếu chứng thư của nơi cấp (no signer certificate)";

function refused(reason: string, info?: TimeStampInfo, signer?: CertificateFacts): TimeStampJudgement {
  return { state: "invalid", info, signer, reasons: [reason], chain: undefined };
}

/** The CMS and its TSTInfo; undefined when it is damaged, or is no time stamp, or has several signers. */
function readToken(token: Buffer): { cms: ReadCms; info: TimeStampInfo } | undefined {
  try {
    const cms = readCms(token);
    const signedData = children(children(readDer(token))[1])[0];
    const signers = children(children(signedData).at(-1));
    if (cms.contentType !== OID.timeStampInfo || cms.content === undefined || signers.length !== 1)
      return undefined;
    return { cms, info: readTimeStampInfo(cms.content) };
  } catch {
    return undefined;
  }
}

async function imprintDoubt(
  info: TimeStampInfo,
  digest: TimeStampQuestion["digest"],
): Promise<string | undefined> {
  if (info.hash === undefined) return "Thuật toán băm của dấu thời gian chưa được hỗ trợ (unknown digest)";
  const fits = (await digest(info.hash)).equals(info.imprint);
  return fits ? undefined : "Dấu thời gian của nội dung khác (imprint mismatch)";
}

/** RFC 3161 asks for signed attributes, among them the content type and the certificate meant (ESSCertID). */
async function signatureDoubt(cms: ReadCms): Promise<string | undefined> {
  const { content, signedAttributes } = cms;
  if (content === undefined || signedAttributes === undefined || cms.signedCertificate === undefined)
    return "Dấu thời gian thiếu thuộc tính bắt buộc (missing signed attributes)";
  if (!signedAttributes.includes(CONTENT_TYPE)) return "Dấu thời gian sai loại nội dung (content type)";
  // Content other than a TSTInfo is compared with its message-digest attribute: just what is wanted of the TSTInfo itself.
  const judged = await checkCms({ ...cms, contentType: OID.data }, "", async function* bytes() {
    yield content;
  });
  return judged.state === "intact" ? undefined : `Dấu thời gian: ${judged.reason}`;
}

/** The attribute content-type = id-ct-TSTInfo, as DER writes it. */
const CONTENT_TYPE = Buffer.from("06092a864886f70d010903310d060b2a864886f70d0109100104", "hex");

/** Critical, and no other purpose (RFC 3161 §2.3): a key that also signs documents is no clock. */
function purposeDoubt(signer: CertificateFacts | undefined): string | undefined {
  if (signer === undefined) return NO_SIGNER;
  const usage = partsOf(signer).extendedUsage;
  const only = usage?.critical === true && usage.purposes.length === 1;
  return only && usage.purposes[0] === PURPOSE.timeStamping && signer.maySign
    ? undefined
    : "Chứng thư không dùng riêng cho dấu thời gian (not a time-stamping certificate)";
}

function weak(cms: ReadCms, info: TimeStampInfo): boolean {
  return [cms.digest, cms.scheme?.hash, info.hash].includes("sha1");
}

function revocationOf(
  certificate: CertificateFacts,
  { chain }: ChainJudgement,
  info: TimeStampInfo,
  { at, now, ocsps = [], crls = [] }: TimeStampQuestion,
): RevocationState | undefined {
  const issuer = chain[1];
  if (issuer === undefined || ocsps.length + crls.length === 0) return undefined;
  const asked = { certificate, issuer, ocsps, crls, at, now: now ?? at };
  const judged = judgeRevocation(asked);
  const harmless = judged.state === "revoked" && HARMLESS.includes(judged.reason ?? "");
  return harmless ? judgeRevocation({ ...asked, at: info.at }) : judged;
}

function revokedText({ at, reason }: RevocationState): string {
  const day = at?.toISOString().slice(0, 10) ?? "";
  return `Chứng thư của nơi cấp dấu thời gian đã bị thu hồi ${day} (${reason ?? ""}; time-stamp authority revoked)`;
}
