import { createHash, type X509Certificate } from "node:crypto";
import { DOCUMENT_STAMP } from "../cms/cms-check.ts";
import type { ReadCms } from "../cms/cms-reader.ts";
import type { ValidationData } from "../pki/parts.ts";
import { judgeTimeStamp, type TimeStampJudgement } from "../pki/time-stamp-token.ts";
import type { LocatedSignature } from "./locate-signatures.ts";

/** A signature whose CMS was taken apart, and the bytes it covers. */
export interface OpenedSignature {
  readonly located: LocatedSignature;
  readonly cms: ReadCms | undefined;
  readonly bytes: () => AsyncIterable<Buffer>;
}

/** What time stamps prove of one signature. */
export interface ProvenTime {
  /** Earliest moment at which a good time stamp says that it existed. */
  readonly at: Date | undefined;
  /** Of its own signature time stamps, or of itself when it is a document time stamp. */
  readonly stamps: readonly TimeStampJudgement[];
}

export interface StampWorld {
  readonly trusted: readonly X509Certificate[];
  readonly evidence: ValidationData;
  readonly now: Date;
}

/**
 * Judges all time stamps of a file, the newest first: a document time stamp proves that all before it existed, older time
 * stamps among them. `opened` is in the order of what is covered.
 */
export async function provenTimes(
  opened: readonly OpenedSignature[],
  world: StampWorld,
): Promise<ReadonlyMap<OpenedSignature, ProvenTime>> {
  const times = new Map<OpenedSignature, ProvenTime>();
  let proven: Date | undefined;
  for (const one of opened.toReversed()) {
    const stamps = await judgeStamps(one, world, proven);
    const good = stamps.flatMap(({ state, info }) =>
      state === "good" && info !== undefined ? [info.at] : [],
    );
    const earliest = [...good, ...(proven === undefined ? [] : [proven])].toSorted((a, b) => +a - +b)[0];
    times.set(one, { at: earliest, stamps });
    // A signature's own stamp says nothing of the file; a document's speaks for all that it covers.
    if (one.located.subFilter === DOCUMENT_STAMP && one.located.fault === undefined) proven = earliest;
  }
  return times;
}

async function judgeStamps(
  { located, cms, bytes }: OpenedSignature,
  { trusted, evidence, now }: StampWorld,
  proven: Date | undefined,
): Promise<readonly TimeStampJudgement[]> {
  if (cms === undefined || located.fault !== undefined) return [];
  const { certificates, ocsps, crls } = evidence;
  const common = { trusted, pool: certificates, at: proven ?? now, now, ocsps, crls };
  if (located.subFilter === DOCUMENT_STAMP) {
    const digest = (hash: string) => hashOf(hash, bytes());
    return [await judgeTimeStamp({ token: located.contents, digest, ...common })];
  }
  const judged: TimeStampJudgement[] = [];
  for (const token of cms.timeStampTokens.slice(0, MAX_STAMPS)) {
    const digest = (hash: string) => createHash(hash).update(cms.signature).digest();
    judged.push(await judgeTimeStamp({ token, digest, ...common }));
  }
  return judged;
}

/** One is usual. */
const MAX_STAMPS = 10;

async function hashOf(name: string, bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  const hash = createHash(name);
  for await (const piece of bytes) hash.update(piece);
  return hash.digest();
}
