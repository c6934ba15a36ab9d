import type { X509Certificate } from "node:crypto";
import { OperationalError } from "../../domain/errors.ts";
import type { SigningSettings } from "../../domain/settings.ts";
import type { HashName } from "../keys/signing-key.ts";
import { createHttpClient, hostOf, type HttpClient } from "./http.ts";
import type { TimeStamper } from "./parts.ts";
import { freshNonce, timeStampRequest, tokenOf } from "./time-stamp-reply.ts";
import { judgeTimeStamp, type TimeStampJudgement } from "./time-stamp-token.ts";
import { readTrust } from "./trust.ts";

export interface TimeStamperOptions extends Pick<SigningSettings, "timeout" | "tlsRoots" | "trust" | "tsa"> {
  readonly now?: () => Date;
  readonly signal?: AbortSignal;
}

/** Tokens are about 6 kB. */
const TOKEN_LIMIT = 256 * 1024;
/** A weekend's batch must not wait for a dead authority once for each document. */
const REST_MS = 60_000;
const CLOCK_MS = 5 * 60_000;
const QUESTION_TYPE = "application/timestamp-query";
/** The second is what some authorities write; a page of HTML is a login or an error. */
const ANSWER_TYPES = ["application/timestamp-reply", "application/timestamp-response"];

/**
 * Asks the authorities of `tsa` in their order (RFC 3161 over HTTP, §3.4) and judges every answer. One that failed rests
 * for a minute. Tokens must lead to a root in `trust` unless that is empty.
 */
export function createTimeStamper(options: TimeStamperOptions): TimeStamper {
  const { tsa, now = () => new Date() } = options;
  const http = createHttpClient(options);
  const resting = new Map<string, { readonly until: number; readonly why: string }>();
  let trusted: Promise<X509Certificate[]> | undefined;
  return {
    async stamp(digest, hash) {
      if (tsa.length === 0) throw new OperationalError("settings", "signing.tsa");
      trusted ??= readTrust(options.trust);
      const roots = await trusted;
      const failures: string[] = [];
      for (const url of tsa) {
        const rest = resting.get(url);
        if (rest !== undefined && rest.until > now().getTime()) {
          failures.push(rest.why);
          continue;
        }
        try {
          return await stampAt(url, { digest, hash, http, roots, now });
        } catch (error) {
          if (error instanceof OperationalError) throw error;
          const why = `${hostOf(url)}: ${error instanceof Error ? error.message : "failed"}`;
          resting.set(url, { until: now().getTime() + REST_MS, why });
          failures.push(why);
        }
      }
      throw new OperationalError("timestamp", failures.join("; "));
    },
  };
}

interface Question {
  readonly digest: Buffer;
  readonly hash: HashName;
  readonly http: HttpClient;
  readonly roots: readonly X509Certificate[];
  readonly now: () => Date;
}

/** One authority's token; throws an Error saying what is wrong with its answer. */
async function stampAt(url: string, { digest, hash, http, roots, now }: Question): Promise<Buffer> {
  const nonce = freshNonce();
  const body = timeStampRequest(digest, hash, nonce);
  const headers = { "content-type": QUESTION_TYPE, accept: ANSWER_TYPES[0] ?? "" };
  const answer = await http({ url, body, headers, limit: TOKEN_LIMIT });
  if (answer.status !== 200) throw new Error(`HTTP ${answer.status}`);
  if (!ANSWER_TYPES.includes(answer.type))
    throw new Error(`no time-stamp reply but ${answer.type || "no type"}`);
  const token = readAnswer(answer.body);
  const at = now();
  const judged = await judgeTimeStamp({
    token,
    digest: (name) => sameHash(name, hash, digest),
    trusted: roots,
    pool: [],
    at,
  });
  // A clock that is wrong, ours or theirs, makes dates of the chain wrong too: it is told first.
  const doubt =
    brokenDoubt(judged) ??
    nonceDoubt(judged, nonce) ??
    clockDoubt(judged, at) ??
    chainDoubt(judged, roots.length > 0);
  if (doubt !== undefined) throw new Error(doubt);
  return token;
}

function readAnswer(body: Buffer): Buffer {
  try {
    return tokenOf(body);
  } catch (error) {
    const refused = error instanceof Error && error.message.startsWith("refused");
    throw refused ? error : new Error("damaged reply", { cause: error });
  }
}

/** An imprint made with another hash than ours is not ours. */
function sameHash(name: string, hash: HashName, digest: Buffer): Buffer {
  return name === hash ? digest : Buffer.alloc(0);
}

function brokenDoubt({ state, reasons }: TimeStampJudgement): string | undefined {
  return state === "invalid" ? reasons.join(", ") : undefined;
}

/** Without roots in the settings the chain's end cannot be judged; everything else still is. */
function chainDoubt({ state, reasons, chain }: TimeStampJudgement, rooted: boolean): string | undefined {
  if (state === "good") return undefined;
  const ends = chain?.doubts ?? [];
  const open = ends.length === reasons.length && ends.every(({ code }) => code === "unknown_root");
  return !rooted && open ? undefined : reasons.join(", ");
}

/** An old answer played again has another nonce, or none. */
function nonceDoubt({ info }: TimeStampJudgement, nonce: Buffer): string | undefined {
  return info?.nonce?.equals(nonce) === true ? undefined : "nonce khác câu hỏi (wrong nonce)";
}

function clockDoubt({ info }: TimeStampJudgement, now: Date): string | undefined {
  const apart = Math.abs((info?.at.getTime() ?? 0) - now.getTime()) - (info?.accuracy ?? 0);
  if (apart <= CLOCK_MS) return undefined;
  const minutes = Math.round(apart / 60_000);
  const [vi, en] = minutes < 2880 ? [`${minutes} phút`, `${minutes} min`] : days(minutes);
  return `lệch giờ ${vi}, hãy chỉnh đồng hồ máy (clocks differ by ${en}; set this machine's clock)`;
}

function days(minutes: number): [vi: string, en: string] {
  const count = Math.round(minutes / 1440);
  return [`${count} ngày`, `${count} days`];
}
