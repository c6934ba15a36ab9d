import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { openssl, type SignerFiles } from "../../support/test-pki.ts";

const MODULES = [
  "/usr/lib/softhsm/libsofthsm2.so",
  "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
  "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
];
export const SOFTHSM = MODULES.find((path) => existsSync(path)) ?? "";
const TOOLS = ["/usr/bin/softhsm2-util", "/usr/bin/pkcs11-tool"];

/** Why tokens cannot be tried on this machine; undefined when they can. Told once by the file that asks. */
export function noTokens(): string | undefined {
  const lacking = [...TOOLS.filter((path) => !existsSync(path)), ...(SOFTHSM === "" ? ["SoftHSM2"] : [])];
  try {
    createRequire(import.meta.url)("pkcs11js");
  } catch {
    lacking.push("pkcs11js");
  }
  if (lacking.length === 0) return undefined;
  console.log(`SKIP: tests of tokens need ${lacking.join(", ")} (see .ci/run)`);
  return lacking.join(", ");
}

/** A folder of SoftHSM2 tokens of its own; programs find it by `environment`. */
export interface TokenFolder {
  readonly store: string;
  readonly environment: { readonly SOFTHSM2_CONF: string };
}

export function tokenFolder(folder: string): TokenFolder {
  const store = join(folder, "tokens");
  mkdirSync(store, { recursive: true });
  const settings = join(folder, "softhsm2.conf");
  writeFileSync(settings, `directories.tokendir = ${store}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  return { store, environment: { SOFTHSM2_CONF: settings } };
}

export function makeToken({ environment }: TokenFolder, label: string, pin: string): void {
  const made = ["--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "87654321"];
  execFileSync("softhsm2-util", made, { env: { ...process.env, ...environment }, stdio: "ignore" });
}

export interface StoredKey {
  readonly token: string;
  readonly pin: string;
  readonly label: string;
  /** Hex. */
  readonly id: string;
}

/** Puts a key and its certificate onto a token. */
export function storeKey(tokens: TokenFolder, files: SignerFiles, stored: StoredKey): void {
  const env = { ...process.env, ...tokens.environment };
  const pkcs8 = `${files.key}.p8`;
  openssl("pkcs8", "-topk8", "-nocrypt", "-in", files.key, "-out", pkcs8);
  const { token, pin, label, id } = stored;
  const key = ["--import", pkcs8, "--token", token, "--label", label, "--id", id, "--pin", pin];
  execFileSync("softhsm2-util", key, { env, stdio: "ignore" });
  storeCertificate(tokens, files.certificate, stored);
}

export function storeCertificate(
  tokens: TokenFolder,
  pem: string,
  { token, pin, label, id }: StoredKey,
): void {
  openssl("x509", "-in", pem, "-outform", "DER", "-out", `${pem}.der`);
  const login = ["--module", SOFTHSM, "--token-label", token, "--login", "--pin", pin];
  const object = ["--write-object", `${pem}.der`, "--type", "cert", "--label", label, "--id", id];
  const env = { ...process.env, ...tokens.environment };
  execFileSync("pkcs11-tool", [...login, ...object], { env, stdio: "ignore" });
}

/** What the token says of itself, e.g. `user PIN count low`. */
export function tokenFlags({ environment }: TokenFolder): string {
  const env = { ...process.env, ...environment };
  return execFileSync("pkcs11-tool", ["--module", SOFTHSM, "-T"], { env, encoding: "utf8" });
}
