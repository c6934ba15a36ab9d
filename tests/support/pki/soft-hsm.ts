import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { openssl } from "../test-pki.ts";
import type { SignerFiles } from "./full-pki.ts";

const MODULES = [
  "/usr/lib/softhsm/libsofthsm2.so",
  "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
  "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
];
const [FIRST_MODULE = ""] = MODULES;

export interface SoftHsm {
  /** For the environment of the program under test. */
  readonly env: { readonly SOFTHSM2_CONF: string };
  /** Absolute path of the PKCS#11 library. */
  readonly module: string;
  /** Label of the token. */
  readonly token: string;
  readonly pin: string;
  /** `pkcs11:token=…;object=NAME?module-path=…` (RFC 7512). */
  uri(name: string): string;
  /** Puts key and certificate of a signer into the token under a label; ids count from 01. */
  add(name: string, signer: SignerFiles): void;
  /** A certificate alone: issuers travel on tokens, too. */
  addCertificate(name: string, pem: string): void;
  /** As if somebody took the token out of its socket. */
  pullOut(): void;
  putBack(): void;
}

/** A token of SoftHSM2 in `folder`, ready for keys. Needs softhsm2-util and pkcs11-tool (OpenSC). */
export function makeSoftHsm(folder: string): SoftHsm {
  const [tokens, away] = [join(folder, "tokens"), join(folder, "tokens-away")];
  const env = { SOFTHSM2_CONF: join(folder, "softhsm2.conf") };
  const module = MODULES.find((path) => existsSync(path)) ?? FIRST_MODULE;
  const [token, pin] = ["so-hoa-thu", "135790"];
  mkdirSync(tokens, { recursive: true });
  writeFileSync(env.SOFTHSM2_CONF, `directories.tokendir = ${tokens}\nobjectstore.backend = file\n`);
  const tool = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, { encoding: "utf8", env: { ...process.env, ...env }, stdio: "pipe" });
  tool("softhsm2-util", "--init-token", "--free", "--label", token, "--so-pin", "97531000", "--pin", pin);
  let objects = 0;
  const write = (pem: string, about: readonly string[]) => {
    const der = join(folder, "certificate.der");
    openssl("x509", "-in", pem, "-outform", "DER", "-out", der);
    const login = ["--module", module, "--token-label", token, "--login", "--pin", pin];
    tool("pkcs11-tool", ...login, "--write-object", der, "--type", "cert", ...about);
  };
  const named = (name: string) => ["--label", name, "--id", `0${++objects}`];
  return {
    env,
    module,
    token,
    pin,
    uri: (name) => `pkcs11:token=${token};object=${name}?module-path=${module}`,
    add(name, { key, certificate }) {
      const about = named(name);
      tool("softhsm2-util", "--import", key, "--token", token, "--pin", pin, ...about);
      write(certificate, about);
    },
    addCertificate: (name, pem) => write(pem, named(name)),
    pullOut: () => renameSync(tokens, away),
    putBack: () => renameSync(away, tokens),
  };
}
