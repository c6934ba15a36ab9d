import { spawnSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";
import { exportPkcs12, issue, makePki } from "../../support/test-pki.ts";

const folder = mkdtempSync(join(tmpdir(), "sohoa-core-"));
const PASSPHRASE = "mat-khau-trong-core-13579";
const keys = pathToFileURL(resolve(import.meta.dirname, "../../../dist/signing")).href;
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a program that ends in an abort, with core files allowed; gives what the kernel wrote. */
function coreOf(name: string, program: string): Buffer | undefined {
  const place = mkdtempSync(join(folder, `${name}-`));
  const limited = 'ulimit -c unlimited && exec "$0" --input-type=module -e "$1"';
  spawnSync("sh", ["-c", limited, process.execPath, program], { cwd: place, stdio: "ignore" });
  const file = readdirSync(place).find((one) => one.startsWith("core"));
  return file === undefined ? undefined : readFileSync(join(place, file));
}

it("leaves neither passphrase nor key in a core file", (context) => {
  const pki = makePki(folder);
  const files = issue(pki, "rsa", "/C=VN/CN=Nguyễn Văn Thử", "RSA");
  const container = exportPkcs12(pki, files, PASSPHRASE);
  const open = (from: string, how: string) => `
    import { ${how} } from "${keys}/${from}";
    const secret = Buffer.from("${Buffer.from(PASSPHRASE).toString("base64")}", "base64").toString();
    const path = ${JSON.stringify(container)};
    const key = await (${how === "openKey" ? "openKey({ key: path, timeout: 5 }, async () => secret)" : "openPkcs12Key(path, secret)"});
    await key.sign(Buffer.from("a"), { kind: "pkcs1", hash: "sha256" });
    globalThis.kept = [key, secret, Buffer.from(secret)];
    process.abort();`;
  const { p = "" } = createPrivateKey(readFileSync(files.key)).export({ format: "jwk" });
  // OpenSSL keeps big numbers with their least word first.
  const prime = Buffer.from(Buffer.from(p, "base64url").toReversed());
  const plain = coreOf("plain", open("keys/pkcs12-key.js", "openPkcs12Key"));
  if (plain === undefined) {
    console.log("SKIP: this machine writes no core files (core_pattern or limits)");
    return context.skip();
  }
  // Otherwise the search would prove nothing.
  expect(plain.includes(PASSPHRASE)).toBe(true);
  expect(plain.includes(prime)).toBe(true);
  const sealed = coreOf("sealed", open("open-key.js", "openKey"));
  expect(sealed?.length).toBeGreaterThan(0);
  expect(sealed?.includes(PASSPHRASE)).toBe(false);
  expect(sealed?.includes(prime.subarray(0, 32))).toBe(false);
});
