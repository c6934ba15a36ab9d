import { createPrivateKey, sign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { element, generalizedTime, inside } from "./der.mjs";
import { INPUT, OUTPUT, runOpenssl } from "./run-openssl.mjs";

const DAY_MS = 86_400_000;
const GENERALIZED_TIME = 0x18;
const BIT_STRING = 0x03;
/** OCSPResponse { responseStatus tryLater(3) }: says nothing and is not signed. */
const TRY_LATER = Buffer.from("30030a0103", "hex");

/** What `openssl ocsp` answers by the issuing CA's index, or what a bad responder would. */
export async function ocspAnswer(folder, question, fault) {
  if (fault === "try-later") return TRY_LATER;
  const by = join(folder, fault === "wrong-responder" ? "tsa" : "responder");
  const signer = ["-rsigner", `${by}.pem`, "-rkey", `${by}.key`, "-nmin", "60"];
  const books = ["-index", join(folder, "issuing.index"), "-CA", join(folder, "issuing.pem")];
  const answer = await runOpenssl(
    ["ocsp", "-reqin", INPUT, "-respout", OUTPUT, ...books, ...signer],
    question,
  );
  if (fault === "stale") return stale(answer, createPrivateKey(await readFile(`${by}.key`)));
  if (fault === "broken-signature") breakSignature(answer);
  return answer;
}

/** The signed part and the signature of an OCSPResponse. */
function partsOf(answer) {
  const [, bytes] = inside(answer, 0);
  const octets = inside(answer, element(answer, bytes.start).at)[1];
  const [signed, , signature] = inside(answer, octets.start);
  if (signature.tag !== BIT_STRING) throw new Error("not an OCSP answer");
  return { signed, signature };
}

/** The same answer as it was given eight days ago, for one day; signed anew. */
function stale(answer, key) {
  const { signed, signature } = partsOf(answer);
  const times = timesIn(answer, signed);
  const days = times.map((_, index) => (index === times.length - 1 ? -7 : -8));
  times.forEach(({ start }, index) => {
    generalizedTime(new Date(Date.now() + days[index] * DAY_MS)).copy(answer, start);
  });
  const fresh = sign("sha256", answer.subarray(signed.at, signed.end), key);
  fresh.copy(answer, signature.start + 1);
  return answer;
}

/** producedAt, thisUpdate, nextUpdate: no other GeneralizedTime is in an answer of "good". */
function timesIn(der, from) {
  if (from.tag === GENERALIZED_TIME) return [from];
  if ((from.tag & 0x20) === 0) return [];
  return inside(der, from.at).flatMap((one) => timesIn(der, one));
}

function breakSignature(answer) {
  const { signature } = partsOf(answer);
  answer[signature.end - 1] ^= 1;
}
