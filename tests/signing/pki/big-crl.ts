import { createSign } from "node:crypto";
import { readFileSync } from "node:fs";
import { algorithm, bits, integer, OID, sequence, time } from "../../../src/signing/asn1/der.ts";
import { partsOf } from "../../../src/signing/pki/certificate-parts.ts";
import type { Holder } from "./small-ca.ts";

/** A CRL with many entries and, last of all, one for `who`; openssl ca needs minutes for as many. */
export function bigCrl(issuer: Holder, count: number, who: Holder): Buffer {
  const at = time(new Date("2026-01-02T00:00:00Z"));
  const serial = (n: number) =>
    Buffer.from((0x10_0000_0000 + n * 7919).toString(16).padStart(16, "7"), "hex");
  const strangers = Array.from({ length: count }, (_, n) => sequence(integer(serial(n)), at));
  const entries = sequence(Buffer.concat([...strangers, sequence(who.facts.serial, at)]));
  const signing = algorithm(OID.ecdsaSha256);
  const dates = [time(new Date(Date.now() - 3_600_000)), time(new Date(Date.now() + 86_400_000))];
  const list = sequence(integer(1), signing, partsOf(issuer.facts).subject, ...dates, entries);
  const signature = createSign("sha256").update(list).sign(readFileSync(issuer.key));
  return sequence(list, signing, bits(signature));
}
