import { join } from "node:path";
import { encode, generalizedTime, inside } from "./der.mjs";
import { INPUT, OUTPUT, runOpenssl } from "./run-openssl.mjs";

const DAY_MS = 86_400_000;
const [SEQUENCE, INTEGER, GENERALIZED_TIME] = [0x30, 0x02, 0x18];
const GRANTED = encode(SEQUENCE, encode(INTEGER, Buffer.from([0])));
/** TimeStampResp { status rejection(2) }. */
const REJECTION = encode(SEQUENCE, encode(SEQUENCE, encode(INTEGER, Buffer.from([2]))));
const TST_INFO = "1.2.840.113549.1.9.16.1.4";

/** What `openssl ts -reply` answers, or what a bad time-stamp authority would. */
export async function stampAnswer(folder, question, fault) {
  if (fault === "rejection") return REJECTION;
  if (fault === "wrong-nonce") return reply(folder, lie(question, nonceOf(question)));
  if (fault === "wrong-imprint") return reply(folder, lie(question, imprintOf(question)));
  if (fault === "expired-certificate") return reply(folder, question, "tsa-expired");
  if (fault === "loose-certificate")
    return signedByHand(folder, await statement(folder, question), "tsa-loose");
  if (fault === "wrong-time") return signedByHand(folder, yearOld(await statement(folder, question)), "tsa");
  const answer = await reply(folder, question);
  if (fault === "broken-signature") answer[answer.length - 1] ^= 1;
  return answer;
}

/** One after the other: openssl writes the next serial number into a file that a second one would read half written. */
let lastReply = Promise.resolve();
function reply(...question) {
  const next = lastReply.then(() => replyNow(...question));
  lastReply = next.catch(() => undefined);
  return next;
}

function replyNow(folder, question, by = "tsa", ...more) {
  const settings = ["-config", join(folder, "ca.cnf"), "-section", by];
  return runOpenssl(["ts", "-reply", ...settings, "-queryfile", INPUT, "-out", OUTPUT, ...more], question);
}

/** The TSTInfo alone. */
async function statement(folder, question) {
  const token = await reply(folder, question, "tsa", "-token_out");
  return runOpenssl(
    ["cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", INPUT, "-out", OUTPUT],
    token,
  );
}

/** OpenSSL's own authority refuses certificates and times that are wrong; its CMS does not. */
async function signedByHand(folder, content, by) {
  const key = ["-signer", join(folder, `${by}.pem`), "-inkey", join(folder, `${by}.key`)];
  const form = ["-econtent_type", TST_INFO, "-nodetach", "-nosmimecap", "-cades", "-outform", "DER"];
  const files = ["-certfile", join(folder, "issuing.pem"), "-in", INPUT, "-out", OUTPUT];
  const token = await runOpenssl(["cms", "-sign", "-binary", ...files, ...key, ...form], content);
  return encode(SEQUENCE, GRANTED, token);
}

/** Another last byte in a field of the question: the authority then answers another question than was asked. */
function lie(question, { end }) {
  const changed = Buffer.from(question);
  changed[end - 1] ^= 1;
  return changed;
}

/** TimeStampReq ::= version, messageImprint { algorithm, hashedMessage }, [policy], [nonce], [certReq] */
function imprintOf(question) {
  const [, imprint] = inside(question, 0);
  return inside(question, imprint.at)[1];
}

function nonceOf(question) {
  const [, ...fields] = inside(question, 0);
  const nonce = fields.find(({ tag }) => tag === INTEGER);
  if (nonce === undefined) throw new Error("the question has no nonce");
  return nonce;
}

function yearOld(info) {
  const changed = Buffer.from(info);
  const time = inside(changed, 0).find(({ tag }) => tag === GENERALIZED_TIME);
  generalizedTime(new Date(Date.now() - 365 * DAY_MS)).copy(changed, time.start);
  return changed;
}
