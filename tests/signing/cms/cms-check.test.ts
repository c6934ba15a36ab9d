import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { createVerifier } from "../../../src/signing/verify/verify.ts";
import { foreignPdf } from "../foreign-signature.ts";
import { CA, openSmallCa, openssl, SIGNER } from "../pki/small-ca.ts";

const ca = openSmallCa();
afterAll(() => rmSync(ca.folder, { recursive: true }));
const root = ca.issue("root", { extensions: CA });
const issuing = ca.issue("issuing", { extensions: CA, issuer: root });
const pki = { folder: ca.folder, root: root.pem, stranger: root.pem };
const verifier = createVerifier({ trust: [root.pem], now: () => new Date() });

/** A PDF that OpenSSL signed with a key of some kind. */
function signedWith(name: string, kind: readonly string[], options: readonly string[] = []): string {
  const key = ca.path(`${name}.key`);
  openssl("genpkey", "-algorithm", ...kind, "-out", key);
  const { pem } = ca.issue(name, { extensions: SIGNER, issuer: issuing, key });
  return foreignPdf(pki, { subFilter: "adbe.pkcs7.detached", signer: { key, certificate: pem }, options });
}

describe("signatures of other programs by", () => {
  const rsa = (bits: number) => ["RSA", "-pkeyopt", `rsa_keygen_bits:${bits}`];
  const pss = (salt: string) => ["-keyopt", "rsa_padding_mode:pss", "-keyopt", `rsa_pss_saltlen:${salt}`];

  it.each<[string, readonly string[], readonly string[]]>([
    ["ECDSA P-521", ["EC", "-pkeyopt", "ec_paramgen_curve:P-521"], ["-md", "sha512"]],
    ["RSA-PSS without salt", rsa(2048), pss("0")],
    ["RSA-PSS with the longest salt", rsa(2048), pss("max")],
  ])("%s are valid, and broken after a changed byte", async (name, kind, options) => {
    const file = signedWith(name.replaceAll(" ", "-"), kind, options);
    expect(await verifier.verify(file)).toMatchObject({ verdict: "valid" });
    const bytes = readFileSync(file);
    bytes.write("0.8 g", bytes.indexOf("0.9 g"), "latin1");
    writeFileSync(file, bytes);
    expect(await verifier.verify(file)).toMatchObject({ verdict: "invalid" });
  });

  it.each<[string, readonly string[], readonly string[], string]>([
    ["a short RSA key", rsa(1024), [], "1024 bit (weak key)"],
    ["MD5", rsa(2048), ["-md", "md5"], "MD5"],
  ])("%s are told to be weak", async (name, kind, options, reason) => {
    const { verdict, signatures } = await verifier.verify(
      signedWith(name.replaceAll(" ", "-"), kind, options),
    );
    expect(verdict).toBe("undetermined");
    expect(signatures[0]?.reasons).toEqual([expect.stringContaining(reason)]);
  });
});
