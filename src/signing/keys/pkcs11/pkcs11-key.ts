import { type ErrorCode, isOperational, OperationalError } from "../../../domain/errors.ts";
import { readCertificate } from "../../asn1/certificate.ts";
import type { SecretSource, SigningKey } from "../signing-key.ts";
import type { PinNeed } from "./log-in.ts";
import type { TokenAnswer } from "./protocol.ts";
import { ENDED, startTokenProcess, type TokenProcess } from "./token-process.ts";
import { parseTokenAddress } from "./uri.ts";

/** A person finds the pad and types. */
const PAD_MS = 120_000;
/** Loading a vendor's library and looking through all readers. */
const OPEN_MS = 60_000;
const CLOSE_MS = 5_000;
const PIN_REFUSED: readonly ErrorCode[] = ["wrong_pin", "pin_locked"];

/** Tokens that refused a PIN: this program never tries one again, whoever asks. */
const refusedPins = new Map<string, OperationalError>();

/**
 * Opens a key in a token or HSM (PKCS#11 v2.40) at an address of RFC 7512. The vendor's library runs in a process of its own:
 * there it may hang (`timeoutMs` for each signature) or crash. Logs in once, with one try; the PIN is asked for after the
 * token was found, and not at all where it is typed at a pad. A token that failed stays given up: a token pulled out and put in
 * again is for the next run. Throws `token_module`, `token_missing`, `wrong_pin`, `pin_locked`, `passphrase_missing`,
 * `key_unreadable`, `certificate_usage`, `settings`.
 */
export async function openPkcs11Key(
  uri: string,
  secret: SecretSource,
  timeoutMs: number,
): Promise<SigningKey> {
  const address = parseTokenAddress(uri);
  const token = startTokenProcess();
  try {
    const first = await token.ask({ call: "open", address }, OPEN_MS).catch(atLoading);
    const opened = first.type === "need" ? await logIn(token, first.need, secret, timeoutMs) : first;
    if (opened.type !== "opened") throw refusal(opened);
    return keyOf(token, opened, timeoutMs);
  } catch (error) {
    await token.stop();
    throw error;
  }
}

/** A library that ends its process before it has shown a token is the wrong library. */
function atLoading(error: unknown): never {
  const died = isOperational(error) && error.detail.startsWith(ENDED);
  throw died ? new OperationalError("token_module", error.detail) : error;
}

async function logIn(
  token: TokenProcess,
  need: PinNeed,
  secret: SecretSource,
  timeoutMs: number,
): Promise<TokenAnswer> {
  const before = refusedPins.get(need.token);
  if (before !== undefined) throw new OperationalError(before.code, before.detail);
  const pin = need.pad ? undefined : await secret();
  const limitMs = need.pad ? PAD_MS : Math.max(timeoutMs, OPEN_MS);
  const answer = await token.ask({ call: "pin", pin }, limitMs).catch((error: unknown) => {
    // Nobody knows whether the token has counted this as a try.
    if (isOperational(error)) refusedPins.set(need.token, error);
    throw error;
  });
  if (answer.type === "refused" && PIN_REFUSED.includes(answer.code))
    refusedPins.set(need.token, refusal(answer));
  return answer;
}

function keyOf(
  token: TokenProcess,
  { certificate, chain }: Extract<TokenAnswer, { type: "opened" }>,
  timeoutMs: number,
): SigningKey {
  let lane: Promise<unknown> = Promise.resolve();
  let givenUp: OperationalError | undefined;
  const inLane = <T>(work: () => Promise<T>): Promise<T> => {
    const result = lane.then(work);
    lane = result.catch(() => undefined);
    return result;
  };
  const sign: SigningKey["sign"] = async (message, scheme) => {
    if (givenUp !== undefined) throw new OperationalError(givenUp.code, givenUp.detail);
    try {
      const answer = await token.ask({ call: "sign", message, scheme }, timeoutMs);
      if (answer.type === "signed") return Buffer.from(answer.signature);
      throw refusal(answer);
    } catch (error) {
      if (isOperational(error)) givenUp = error;
      throw error;
    }
  };
  let closing: Promise<void> | undefined;
  return {
    certificate: readCertificate(Buffer.from(certificate)),
    chain: chain.map((der) => Buffer.from(der)),
    sign: (message, scheme) => inLane(() => sign(message, scheme)),
    close: () =>
      (closing ??= inLane(() => end(token, () => (givenUp ??= new OperationalError("token_missing"))))),
  };
}

async function end(token: TokenProcess, forbid: () => void): Promise<void> {
  forbid();
  await token.ask({ call: "close" }, CLOSE_MS).catch(() => undefined);
  await token.stop();
}

function refusal(answer: TokenAnswer): OperationalError {
  if (answer.type === "refused") return new OperationalError(answer.code, answer.detail);
  return new OperationalError("token_missing", `PKCS#11: ${answer.type}`);
}
