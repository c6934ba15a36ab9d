import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { OperationalError } from "../../domain/errors.ts";
import {
  checkMac,
  decipher,
  derOf,
  type Node,
  octetsOf,
  oidOf,
  parse,
  part,
  parts,
  WrongPassphrase,
} from "./pkcs12-ciphers.ts";

/** What a key file holds for its signer. Certificates are DER, byte for byte as stored. */
export interface OpenedKey {
  readonly privateKey: KeyObject;
  readonly certificate: Buffer;
  readonly chain: readonly Buffer[];
}

interface Found {
  readonly keys: Buffer[];
  readonly certificates: Buffer[];
}

const DATA = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
const BAG = {
  key: "1.2.840.113549.1.12.10.1.1",
  shroudedKey: "1.2.840.113549.1.12.10.1.2",
  certificate: "1.2.840.113549.1.12.10.1.3",
  nested: "1.2.840.113549.1.12.10.1.6",
} as const;
const X509 = "1.2.840.113549.1.9.22.1";

/**
 * Opens a PKCS#12 container (RFC 7292) by walking it, so that keys and certificates stay the bytes they are:
 * node-forge's own reader spoils Vietnamese names and refuses EC certificates.
 * Throws `wrong_passphrase` or `key_unreadable`.
 */
export function openPkcs12(container: Buffer, passphrase: string): OpenedKey {
  try {
    return chooseSigner(walkWith(container, passphrase));
  } catch (error) {
    if (error instanceof WrongPassphrase)
      throw new OperationalError("wrong_passphrase", "", { cause: error });
    const why = error instanceof Error ? error.message.slice(0, 120) : "";
    throw new OperationalError("key_unreadable", why, { cause: error });
  }
}

/** An empty passphrase is written in two ways in the field: as two zero bytes and as nothing at all. */
function walkWith(container: Buffer, passphrase: string): Found {
  if (passphrase !== "") return walk(container, passphrase);
  try {
    return walk(container, "");
  } catch (error) {
    if (!(error instanceof WrongPassphrase)) throw error;
    return walk(container, undefined);
  }
}

function walk(container: Buffer, password: string | undefined): Found {
  if (isCutShort(container)) throw new Error("the file is cut short");
  const pfx = parse(container);
  const content = octetsOf(part(pfx, 1, 1, 0));
  const mac = parts(pfx)[2];
  if (mac !== undefined) checkMac(mac, content, password);
  const found: Found = { keys: [], certificates: [] };
  for (const info of parts(parse(content))) readSafe(safeBytes(info, password), password, found);
  return found;
}

/** node-forge reads what is there; the outer length tells what should be (indefinite lengths cannot be checked). */
function isCutShort(container: Buffer): boolean {
  const form = container[1] ?? 0;
  const size = form & 0x7f;
  if (form <= 0x80 || size > 4 || container.length < 2 + size) return form !== 0x80;
  return container.length < 2 + size + container.readUIntBE(2, size);
}

function safeBytes(info: Node, password: string | undefined): Buffer {
  const kind = oidOf(part(info, 0));
  if (kind === DATA) return octetsOf(part(info, 1, 0));
  if (kind !== ENCRYPTED_DATA) throw new Error("PKCS#12 content kept for a public key");
  const encrypted = part(info, 1, 0, 1);
  return decipher(part(encrypted, 1), octetsOf(part(encrypted, 2)), password);
}

function readSafe(der: Buffer, password: string | undefined, found: Found): void {
  for (const bag of parts(parse(der))) {
    const kind = oidOf(part(bag, 0));
    const value = part(bag, 1, 0);
    if (kind === BAG.shroudedKey)
      found.keys.push(decipher(part(value, 0), octetsOf(part(value, 1)), password));
    else if (kind === BAG.key) found.keys.push(derOf(value));
    else if (kind === BAG.certificate && oidOf(part(value, 0)) === X509)
      found.certificates.push(octetsOf(part(value, 1, 0)));
    else if (kind === BAG.nested) readSafe(derOf(value), password, found);
  }
}

/** The signer's certificate is the one its key fits; in NSS files it was the third, never trust the order. */
function chooseSigner({ keys, certificates }: Found): OpenedKey {
  for (const der of keys) {
    const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    const certificate = certificates.find((one) => new X509Certificate(one).checkPrivateKey(privateKey));
    if (certificate !== undefined)
      return { privateKey, certificate, chain: certificates.filter((one) => one !== certificate) };
  }
  throw new Error(keys.length === 0 ? "no private key inside" : "no certificate fits the private key");
}
