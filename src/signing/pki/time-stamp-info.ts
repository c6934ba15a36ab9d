import { readExtensions } from "./certificate-parts.ts";
import { inside, numberOf, oidOf, readWhole, TAG, tagged, timeOf, type Der } from "./der-walk.ts";
import { hashName } from "./signed-bytes.ts";

/** TSTInfo (RFC 3161 §2.4.2): what an authority says of some digest. */
export interface TimeStampInfo {
  readonly policy: string;
  /** Node's name of the imprint's digest; undefined for one we do not accept. */
  readonly hash: string | undefined;
  readonly imprint: Buffer;
  readonly at: Date;
  /** Milliseconds around `at`; 0 when not stated. */
  readonly accuracy: number;
  /** Content of the INTEGER. */
  readonly nonce: Buffer | undefined;
}

/** Reads the content of a time-stamp token. Throws on damage and on critical extensions. */
export function readTimeStampInfo(content: Buffer): TimeStampInfo {
  const [version, policy, imprint, , at, ...rest] = inside(readWhole(content));
  if (numberOf(version) !== 1) throw new Error("TSTInfo version");
  const [algorithm, digest] = inside(imprint);
  if (digest?.tag !== TAG.octets) throw new Error("no imprint");
  const critical = [...readExtensions(tagged(rest, 0xa1)).values()].some((one) => one.critical);
  if (critical) throw new Error("unknown critical extension");
  return {
    policy: oidOf(policy),
    hash: hashName(oidOf(inside(algorithm)[0])),
    imprint: digest.body,
    at: timeOf(at),
    accuracy: accuracyOf(tagged(rest, TAG.sequence)),
    nonce: tagged(rest, TAG.integer)?.body,
  };
}

/** Seconds, [0] milliseconds, [1] microseconds. */
function accuracyOf(node: Der | undefined): number {
  if (node === undefined) return 0;
  const fields = inside(node);
  const read = (tag: number) => {
    const field = tagged(fields, tag);
    return field === undefined ? 0 : numberOf(field);
  };
  return read(TAG.integer) * 1000 + read(0x80) + Math.ceil(read(0x81) / 1000);
}
