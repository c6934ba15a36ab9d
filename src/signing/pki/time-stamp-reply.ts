import { randomBytes } from "node:crypto";
import { algorithm, integer, octets, sequence, tlv, yes } from "../asn1/der.ts";
import type { HashName } from "../keys/signing-key.ts";
import { bitsOf, type Der, inside, numberOf, readElement, TAG, tagged } from "./der-walk.ts";

const HASH_OIDS: Readonly<Record<HashName, string>> = {
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
};
/** PKIFailureInfo (RFC 3161 §2.4.2) by bit. */
const FAILURES: Readonly<Record<number, string>> = {
  0: "badAlg",
  2: "badRequest",
  5: "badDataFormat",
  14: "timeNotAvailable",
  15: "unacceptedPolicy",
  16: "unacceptedExtension",
  17: "addInfoNotAvailable",
  25: "systemFailure",
};

/** Eight bytes that are a positive INTEGER of just that length: some authorities shorten, some choke on others. */
export function freshNonce(): Buffer {
  const nonce = randomBytes(8);
  nonce[0] = ((nonce[0] ?? 0) & 0x3f) | 0x40;
  return nonce;
}

/** TimeStampReq (RFC 3161 §2.4.1) that wants the authority's certificate. */
export function timeStampRequest(digest: Buffer, hash: HashName, nonce: Buffer): Buffer {
  const imprint = sequence(algorithm(HASH_OIDS[hash], tlv(0x05)), octets(digest));
  return sequence(integer(1), imprint, tlv(0x02, nonce), yes());
}

/** The token of a TimeStampResp; throws an Error naming the refusal. */
export function tokenOf(reply: Buffer): Buffer {
  const [info, token] = inside(readElement(reply));
  const fields = inside(info);
  const status = numberOf(fields[0]);
  if (status !== 0 && status !== 1)
    throw new Error(`refused: ${[`status ${status}`, ...refusal(fields)].join(", ")}`);
  if (token === undefined) throw new Error("no token");
  return token.whole;
}

function refusal(fields: readonly Der[]): string[] {
  const bits = tagged(fields, TAG.bits);
  const text = tagged(fields, TAG.sequence);
  const names = bits === undefined ? [] : namesOf(bitsOf(bits));
  const words = text === undefined ? [] : inside(text).map(({ body }) => harmless(body.toString("utf8")));
  return [...names, ...words.filter((one) => one !== "")];
}

function namesOf(bits: Buffer): string[] {
  const isSet = (bit: number) => ((bits[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0;
  return Object.entries(FAILURES).flatMap(([bit, name]) => (isSet(Number(bit)) ? [name] : []));
}

/** An authority's words may name accounts, addresses or numbers of the one who asked: only plain words are repeated. */
function harmless(text: string): string {
  const words = text.split(/\s+/u).filter((word) => /^\p{L}+[.,;:!]?$/u.test(word));
  return words.join(" ").slice(0, 80);
}
