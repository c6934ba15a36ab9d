import { createCipheriv, createHash } from "node:crypto";
import type { Encryption } from "../../pdf-syntax/encryption.ts";

/** Fills passwords up to 32 bytes (ISO 32000-1, 7.6.3.3, algorithm 2). */
const PADDING = Buffer.from("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A", "hex");

/** True when the password is the owner's, to whom everything is allowed; the library that decrypts does not say. */
export function isOwnerPassword(encryption: Encryption, password: string): boolean {
  return encryption.revision >= 5 ? opensNew(encryption, password) : opensOld(encryption, password);
}

/** Algorithm 7: the owner's password decrypts the user's, which must then open the file. */
function opensOld(encryption: Encryption, password: string): boolean {
  const { revision, keyBytes, owner } = encryption;
  const key = stretched(md5(padded(Buffer.from(password, "latin1"))), revision, 16).subarray(0, keyBytes);
  let user = owner.subarray(0, 32);
  for (let round = revision === 2 ? 0 : 19; round >= 0; round -= 1) user = rc4(xor(key, round), user);
  return opensAsUser(encryption, user);
}

/** Algorithms 4 to 6. */
function opensAsUser(encryption: Encryption, password: Buffer): boolean {
  const { revision, keyBytes, owner, user, id, permissions, encryptsMetadata } = encryption;
  const flags = Buffer.alloc(4);
  flags.writeInt32LE(permissions);
  const rest = revision >= 4 && !encryptsMetadata ? Buffer.alloc(4, 0xff) : Buffer.alloc(0);
  const first = md5(padded(password), owner.subarray(0, 32), flags, id, rest);
  const key = stretched(first, revision, keyBytes).subarray(0, keyBytes);
  if (revision === 2) return rc4(key, PADDING).equals(user.subarray(0, 32));
  let proof = md5(PADDING, id);
  for (let round = 0; round < 20; round += 1) proof = rc4(xor(key, round), proof);
  return proof.equals(user.subarray(0, 16));
}

/** ISO 32000-2, algorithm 12. */
function opensNew({ revision, owner, user }: Encryption, password: string): boolean {
  const bytes = Buffer.from(password, "utf8").subarray(0, 127);
  const known = user.subarray(0, 48);
  const salted = Buffer.concat([bytes, owner.subarray(32, 40), known]);
  const hash = revision === 5 ? sha(256, salted) : hardened(bytes, salted, known);
  return owner.length >= 48 && hash.equals(owner.subarray(0, 32));
}

/** ISO 32000-2, algorithm 2.B. */
function hardened(password: Buffer, salted: Buffer, known: Buffer): Buffer {
  let key = sha(256, salted);
  for (let round = 0, last = 0; round < 64 || last > round - 32; round += 1) {
    const block = Buffer.concat([password, key, known]);
    const many = Buffer.concat(Array.from({ length: 64 }, () => block));
    const cipher = createCipheriv("aes-128-cbc", key.subarray(0, 16), key.subarray(16, 32)).setAutoPadding(
      false,
    );
    const coded = cipher.update(many);
    const rest = coded.subarray(0, 16).reduce((sum, byte) => sum + byte, 0) % 3;
    key = sha(([256, 384, 512] as const)[rest] ?? 256, coded);
    last = coded.at(-1) ?? 0;
  }
  return key.subarray(0, 32);
}

function padded(password: Buffer): Buffer {
  return Buffer.concat([password, PADDING]).subarray(0, 32);
}

function stretched(hash: Buffer, revision: number, bytes: number): Buffer {
  let out = hash;
  for (let round = 0; revision >= 3 && round < 50; round += 1) out = md5(out.subarray(0, bytes));
  return out;
}

function xor(key: Buffer, value: number): Buffer {
  return Buffer.from(key.map((byte) => byte ^ value));
}

function md5(...parts: readonly Buffer[]): Buffer {
  const hash = createHash("md5");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function sha(bits: 256 | 384 | 512, bytes: Buffer): Buffer {
  return createHash(`sha${bits}`).update(bytes).digest();
}

/** OpenSSL 3 keeps RC4 in a provider that Node does not load. */
function rc4(key: Buffer, bytes: Buffer): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index);
  const swap = (a: number, b: number): void => {
    [state[a], state[b]] = [state[b] ?? 0, state[a] ?? 0];
  };
  for (let i = 0, j = 0; i < 256; i += 1) {
    j = (j + (state[i] ?? 0) + (key[i % key.length] ?? 0)) & 255;
    swap(i, j);
  }
  let [i, j] = [0, 0];
  return Buffer.from(
    bytes.map((byte) => {
      i = (i + 1) & 255;
      j = (j + (state[i] ?? 0)) & 255;
      swap(i, j);
      return byte ^ (state[((state[i] ?? 0) + (state[j] ?? 0)) & 255] ?? 0);
    }),
  );
}
