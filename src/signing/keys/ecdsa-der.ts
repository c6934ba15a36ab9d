import { integer, sequence } from "../asn1/der.ts";

/** r and s side by side, as tokens and some services give them, as the DER of Ecdsa-Sig-Value (RFC 3279 §2.2.3). */
export function ecdsaDer(raw: Buffer): Buffer {
  const half = raw.length / 2;
  return sequence(integer(shortest(raw.subarray(0, half))), integer(shortest(raw.subarray(half))));
}

/** DER writes no leading zero bytes. */
function shortest(number: Buffer): Buffer {
  const start = number.findIndex((byte) => byte !== 0);
  return start < 0 ? Buffer.alloc(1) : number.subarray(start);
}
