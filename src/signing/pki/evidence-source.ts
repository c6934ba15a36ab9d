import { isOperational } from "../../domain/errors.ts";
import type { CertificateFacts } from "../asn1/certificate.ts";
import { type AnswerFiles, createAnswerFiles } from "./answer-files.ts";
import { partsOf } from "./certificate-parts.ts";
import {
  createHttpClient,
  type HttpClient,
  hostOf,
  type HttpOptions,
  type HttpQuestion,
  isWebAddress,
} from "./http.ts";
import { issuersIn } from "./issuers-in.ts";
import { readOcsp } from "./ocsp.ts";
import { ocspRequest } from "./ocsp-request.ts";
import type { ValidationData } from "./parts.ts";
import { judgeRevocation, type RevocationState } from "./revocation.ts";

/** Asks the sources certificates name: OCSP responders, CRLs, issuers' certificates. */
export interface EvidenceSource {
  /**
   * Whether a certificate is revoked now: by a kept answer that is still fresh, else by its OCSP responders, else by its
   * CRLs. `evidence` proves it. Failed questions are not repeated for a minute. Never throws but `settings`.
   */
  about(certificate: CertificateFacts, issuer: CertificateFacts, now: Date): Promise<RevocationState>;
  /** Certificates (DER) at the addresses where a certificate's issuer is to be had; empty when nobody answers. */
  issuersOf(certificate: CertificateFacts, now: Date): Promise<Buffer[]>;
}

export interface EvidenceOptions extends HttpOptions {
  /** Folder of kept answers. */
  readonly cache: string;
  /** Kept answers only. */
  readonly offline?: boolean;
}

const OCSP_LIMIT = 256 * 1024;
/** State CAs' lists have up to some 100,000 entries of 40 bytes. */
const CRL_LIMIT = 32 * 1024 * 1024;
const ISSUER_LIMIT = 1024 * 1024;
const REST_MS = 60_000;
/** Of a batch's signers few answers are needed, of a folder of foreign files many: only the last are held. */
const HELD_STATES = 256;
const HELD_LISTS = 4;

interface Source {
  readonly files: AnswerFiles;
  readonly http: HttpClient;
  readonly offline: boolean;
  /** By address: until when it is not asked again, and why. */
  readonly resting: Map<string, { readonly until: number; readonly why: string }>;
  readonly lists: Map<string, Buffer>;
}

interface Asked {
  readonly certificate: CertificateFacts;
  readonly issuer: CertificateFacts;
  readonly at: Date;
}

const NO_SOURCE = "Chứng thư không ghi nơi hỏi thu hồi (no OCSP or CRL address in the certificate)";

export function createEvidenceSource(options: EvidenceOptions): EvidenceSource {
  const source: Source = {
    files: createAnswerFiles(options.cache),
    http: createHttpClient(options),
    offline: options.offline === true,
    resting: new Map(),
    lists: new Map(),
  };
  const known = new Map<string, { readonly state: RevocationState; readonly until: number }>();
  return {
    async about(certificate, issuer, now) {
      const key = `${certificate.fingerprint} ${issuer.fingerprint}`;
      const held = known.get(key);
      if (held !== undefined && now.getTime() < held.until) return held.state;
      const state = await find({ certificate, issuer, at: now }, source);
      hold(known, key, { state, until: freshness(state, now) }, HELD_STATES);
      return state;
    },
    async issuersOf(certificate, now) {
      const found: Buffer[] = [];
      for (const url of partsOf(certificate).issuerUrls.filter(isWebAddress))
        found.push(...(await issuersAt(url, source, now)));
      return found;
    },
  };
}

/** Asks as `about`, and gives the answer's bytes for who judges by himself; nothing when nobody answers. */
export function createRevocationAsker(
  options: EvidenceOptions & { readonly now: () => Date },
): (
  certificate: CertificateFacts,
  issuer: CertificateFacts,
) => Promise<Pick<ValidationData, "crls" | "ocsps">> {
  const source = createEvidenceSource(options);
  return async (certificate, issuer) => {
    const { evidence } = await source.about(certificate, issuer, options.now());
    const told = evidence === undefined ? [] : [evidence.der];
    return evidence?.kind === "crl" ? { ocsps: [], crls: told } : { ocsps: told, crls: [] };
  };
}

/** Addresses where revocation may be asked. */
export function namesSource(certificate: CertificateFacts): boolean {
  const { crlUrls, ocspUrls } = partsOf(certificate);
  return [...ocspUrls, ...crlUrls].some(isWebAddress);
}

function freshness({ state, evidence }: RevocationState, now: Date): number {
  if (state === "unknown") return now.getTime() + REST_MS;
  return evidence?.freshUntil.getTime() ?? now.getTime();
}

async function find(asked: Asked, source: Source): Promise<RevocationState> {
  const { ocspUrls, crlUrls } = partsOf(asked.certificate);
  const reasons: string[] = [];
  for (const url of ocspUrls.filter(isWebAddress)) {
    const state = await byOcsp(url, asked, source);
    if (state.state !== "unknown") return state;
    reasons.push(`${hostOf(url)}: ${state.why ?? ""}`);
  }
  for (const url of crlUrls.filter(isWebAddress)) {
    const state = await byCrl(url, asked, source);
    if (state.state !== "unknown") return state;
    reasons.push(`${hostOf(url)}: ${state.why ?? ""}`);
  }
  return { state: "unknown", why: reasons.length === 0 ? NO_SOURCE : [...new Set(reasons)].join("; ") };
}

async function byOcsp(url: string, asked: Asked, source: Source): Promise<RevocationState> {
  const question = `${url} ${asked.certificate.fingerprint}`;
  const kept = await source.files.get("ocsp", question);
  const before = judge(asked, { ocsps: kept === undefined ? [] : [kept] });
  if (isSettled(before, asked.at)) return before;
  const request = ocspRequest(asked.certificate, asked.issuer);
  const headers = { "content-type": "application/ocsp-request", accept: "application/ocsp-response" };
  const answer = await fetchFrom({ url, body: request.der, headers, limit: OCSP_LIMIT }, source, asked.at);
  if (!("body" in answer)) return orBefore(answer, before);
  if (repeatsOther(answer.body, request.nonce))
    return orBefore({ state: "unknown", why: "wrong nonce" }, before);
  const state = judge(asked, { ocsps: [answer.body] });
  if (state.state !== "unknown") await source.files.put("ocsp", question, answer.body);
  return orBefore(state, before);
}

/** Many responders sign beforehand and send no nonce; one that sends another repeats an old answer. */
function repeatsOther(body: Buffer, nonce: Buffer): boolean {
  try {
    return readOcsp(body).nonce?.equals(nonce) === false;
  } catch {
    return false; // the judge says what is wrong with it
  }
}

async function byCrl(url: string, asked: Asked, source: Source): Promise<RevocationState> {
  const kept = source.lists.get(url) ?? (await source.files.get("crl", url));
  const before = judge(asked, { crls: kept === undefined ? [] : [kept] });
  if (kept !== undefined && before.state !== "unknown") hold(source.lists, url, kept, HELD_LISTS);
  if (isSettled(before, asked.at)) return before;
  const answer = await fetchFrom({ url, limit: CRL_LIMIT }, source, asked.at);
  if (!("body" in answer)) return orBefore(answer, before);
  const state = judge(asked, { crls: [answer.body] });
  if (state.state === "unknown") {
    // A list that says nothing of this certificate hardly does of the next, and may be long: not again for each of them.
    rest(source, url, asked.at, state.why);
    return orBefore(state, before);
  }
  hold(source.lists, url, answer.body, HELD_LISTS);
  await source.files.put("crl", url, answer.body);
  return state;
}

function judge(asked: Asked, evidence: { ocsps?: Buffer[]; crls?: Buffer[] }): RevocationState {
  return judgeRevocation({ ocsps: [], crls: [], ...evidence, ...asked });
}

/** Kept answers get no five minutes of grace: a newer one is to be had. A revocation stays one, a hold may end. */
function isSettled({ state, reason, evidence }: RevocationState, now: Date): boolean {
  if (state === "revoked" && reason !== "certificateHold") return true;
  return state !== "unknown" && evidence !== undefined && evidence.freshUntil > now;
}

/** A hold that was known is not forgotten because nobody answers. */
function orBefore(state: RevocationState, before: RevocationState): RevocationState {
  return state.state === "unknown" && before.state === "revoked" ? before : state;
}

async function fetchFrom(
  question: HttpQuestion,
  source: Source,
  now: Date,
): Promise<{ readonly body: Buffer } | RevocationState> {
  const { url } = question;
  const pause = source.resting.get(url);
  if (source.offline) return { state: "unknown", why: "không hỏi qua mạng (offline)" };
  if (pause !== undefined && pause.until > now.getTime()) return { state: "unknown", why: pause.why };
  try {
    const { status, body } = await source.http(question);
    if (status !== 200) throw new Error(`HTTP ${status}`);
    return { body };
  } catch (error) {
    if (isOperational(error)) throw error;
    const why = error instanceof Error ? error.message : "failed";
    rest(source, url, now, why);
    return { state: "unknown", why };
  }
}

function rest({ resting }: Source, url: string, now: Date, why = ""): void {
  hold(resting, url, { until: now.getTime() + REST_MS, why }, HELD_STATES);
}

async function issuersAt(url: string, source: Source, now: Date): Promise<Buffer[]> {
  const kept = await source.files.get("issuer", url);
  if (kept !== undefined) return issuersIn(kept);
  const answer = await fetchFrom({ url, limit: ISSUER_LIMIT }, source, now);
  const found = "body" in answer ? issuersIn(answer.body) : [];
  if ("body" in answer && found.length > 0) await source.files.put("issuer", url, answer.body);
  return found;
}

/** The oldest goes when there are too many. */
function hold<T>(map: Map<string, T>, key: string, value: T, limit: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > limit && oldest !== undefined) map.delete(oldest);
}
