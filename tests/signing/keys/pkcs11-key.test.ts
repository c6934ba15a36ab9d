import { createHash } from "node:crypto";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildCms } from "../../../src/signing/cms/build-cms.ts";
import { readCms } from "../../../src/signing/cms/cms-reader.ts";
import type { SigningKey } from "../../../src/signing/keys/signing-key.ts";
import { openKey } from "../../../src/signing/open-key.ts";
import { openSigner } from "../../../src/signing/open-signer.ts";
import { opensslAccepts } from "../../support/judges.ts";
import { testSettings } from "../../support/settings.ts";
import { issue, makePki, type SignerFiles, type TestPki } from "../../support/test-pki.ts";
import { pdfsig } from "../judges.ts";
import { smallPdf } from "../small-pdf.ts";
import { everything, refusalOf } from "./refusal.ts";
import {
  makeToken,
  noTokens,
  SOFTHSM,
  storeCertificate,
  storeKey,
  tokenFlags,
  type TokenFolder,
  tokenFolder,
} from "./soft-token.ts";

const folder = mkdtempSync(join(tmpdir(), "sohoa-token-"));
const CONTENT = Buffer.from("nội dung");
const PIN = "mã-PIN-2468";
const LABEL = "Chữ ký số: UBND xã";
let pki: TestPki;
let rsa: SignerFiles;
let tokens: TokenFolder;
const open: SigningKey[] = [];

const address = (rest: string) => `pkcs11:${rest}?module-path=${SOFTHSM}`;
const TOKEN = `token=${encodeURIComponent(LABEL)}`;

/** The youngest of the processes that this one started for tokens. */
function newestTokenProcess(): { pid: number; command: string } {
  const own = readdirSync("/proc").filter((name) => /^\d+$/u.test(name));
  const found = own.map(Number).flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const ours = status.includes(`PPid:\t${process.pid}\n`) && command.includes("pkcs11");
      return ours ? [{ pid, command }] : [];
    } catch {
      return []; // ended in between
    }
  });
  const newest = found.toSorted((a, b) => b.pid - a.pid)[0];
  if (newest === undefined) throw new Error("no process of a token");
  return newest;
}

async function keyAt(key: string, pin: string | undefined = PIN, timeout = 20): Promise<SigningKey> {
  const settings = { ...testSettings(folder).signing, key, timeout };
  const opened = await openKey(settings, async () => pin);
  open.push(opened);
  return opened;
}

const failing = (code: string) => expect.objectContaining({ name: "OperationalError", code });

describe.skipIf(noTokens() !== undefined)("a key in a token", () => {
  beforeAll(() => {
    pki = makePki(folder);
    tokens = tokenFolder(folder);
    process.env["SOFTHSM2_CONF"] = tokens.environment.SOFTHSM2_CONF;
    makeToken(tokens, LABEL, PIN);
    const subject = "/C=VN/O=Ủy ban nhân dân xã Thí Điểm/CN=Nguyễn Văn Ưỡn";
    rsa = issue(pki, "rsa", subject, "RSA");
    const at = { token: LABEL, pin: PIN };
    storeKey(tokens, rsa, { ...at, label: "rsa", id: "01" });
    storeKey(tokens, issue(pki, "p256", subject, "P-256"), { ...at, label: "p256", id: "02" });
    storeKey(tokens, issue(pki, "p384", subject, "P-384"), { ...at, label: "p384", id: "ff03" });
    storeCertificate(tokens, join(folder, "issuing.pem"), { ...at, label: "CA", id: "0a" });
    storeCertificate(tokens, pki.root, { ...at, label: "gốc", id: "0b" });
  });
  afterAll(async () => {
    for (const key of open) await key.close();
    delete process.env["SOFTHSM2_CONF"];
    rmSync(folder, { recursive: true });
  });

  it.each([
    { name: "RSA by its label", where: ";object=rsa", padding: "pkcs1" },
    { name: "RSA by its id, PSS", where: ";id=%01", padding: "pss" },
    { name: "P-256", where: ";object=p256;type=private", padding: "pkcs1" },
    { name: "P-384 by a long id", where: ";id=%FF%03", padding: "pkcs1" },
  ] as const)("signs with $name under every digest, with the issuer and without the root", async (one) => {
    const key = await keyAt(address(TOKEN + one.where));
    for (const hash of ["sha256", "sha384", "sha512"] as const) {
      const digest = createHash(hash).update(CONTENT).digest();
      const cms = await buildCms({ digest, key, padding: one.padding, hash });
      expect(opensslAccepts(CONTENT, cms, pki.root, folder)).toBe(true);
      expect(readCms(cms).certificates).toHaveLength(2);
    }
    await key.close();
  });

  it("waits for one signature before the next, and closes twice without harm", async () => {
    const key = await keyAt(address(`${TOKEN};object=p256`));
    const messages = Array.from({ length: 20 }, (_, at) => Buffer.from(`văn bản ${at}`));
    const made = await Promise.all(messages.map((one) => key.sign(one, { kind: "ecdsa", hash: "sha256" })));
    expect(new Set(made.map((one) => one.toString("hex"))).size).toBe(20);
    await key.close();
    await key.close();
    await expect(key.sign(CONTENT, { kind: "ecdsa", hash: "sha256" })).rejects.toThrow(
      failing("token_missing"),
    );
  });

  it.each([
    { name: "a token that is not there", where: "token=Kho%C3%A1c", code: "token_missing", detail: LABEL },
    {
      name: "a key that is not there",
      where: `${TOKEN};object=p521`,
      code: "key_unreadable",
      detail: "object",
    },
    { name: "an address that fits several keys", where: TOKEN, code: "settings", detail: "id=%ff%03" },
  ])("says what is wrong with $name", async ({ where, code, detail }) => {
    const error = await refusalOf(keyAt(address(where)));
    expect(error).toMatchObject({ code, detail: expect.stringContaining(detail) });
  });

  it("names the tokens when several fit", async () => {
    makeToken(tokens, "Thứ hai", "1357");
    const error = await refusalOf(keyAt(address("object=rsa")));
    expect(error).toMatchObject({ code: "settings", detail: expect.stringContaining("token=Thứ hai") });
    expect(error).toMatchObject({ detail: expect.stringContaining(LABEL) });
  });

  it("asks for no PIN when the library or the token is not there, and tries no empty one", async () => {
    let asked = 0;
    const secret = () => Promise.resolve(void asked++);
    const settings = testSettings(folder).signing;
    const library = { ...settings, key: `pkcs11:${TOKEN}?module-path=${folder}/không-có.so` };
    await expect(openKey(library, secret)).rejects.toThrow(failing("token_module"));
    await expect(openKey({ ...settings, key: address("token=x") }, secret)).rejects.toThrow(
      failing("token_missing"),
    );
    expect(asked).toBe(0);
    const none = openKey({ ...settings, key: address(`${TOKEN};object=rsa`) }, secret);
    await expect(none).rejects.toThrow(failing("passphrase_missing"));
    expect(asked).toBe(1);
    expect(tokenFlags(tokens)).not.toContain("count low");
  });

  it("tries a wrong PIN once, and not again in this process even when it is right then", async () => {
    const own = mkdtempSync(join(folder, "pin-"));
    const other = tokenFolder(own);
    makeToken(other, "PIN", "1234");
    storeKey(other, rsa, { token: "PIN", pin: "1234", label: "rsa", id: "01" });
    process.env["SOFTHSM2_CONF"] = other.environment.SOFTHSM2_CONF;
    try {
      const error = await refusalOf(keyAt(address("token=PIN"), "9999-sai"));
      expect(error).toMatchObject({ code: "wrong_pin" });
      expect(everything(error)).not.toContain("9999-sai");
      expect(tokenFlags(other)).toContain("user PIN count low");
      await expect(keyAt(address("token=PIN"), "1234")).rejects.toThrow(failing("wrong_pin"));
      // The right PIN would have cleared the flag.
      expect(tokenFlags(other)).toContain("user PIN count low");
    } finally {
      process.env["SOFTHSM2_CONF"] = tokens.environment.SOFTHSM2_CONF;
    }
  });

  it("stops for good when the token is pulled out in the middle", async () => {
    const key = await keyAt(address(`${TOKEN};object=rsa`));
    await key.sign(CONTENT, { kind: "pkcs1", hash: "sha256" });
    renameSync(tokens.store, `${tokens.store}-out`);
    try {
      const pulled = key.sign(CONTENT, { kind: "pkcs1", hash: "sha256" });
      await expect(pulled).rejects.toThrow(failing("token_missing"));
    } finally {
      renameSync(`${tokens.store}-out`, tokens.store);
    }
    const again = key.sign(CONTENT, { kind: "pkcs1", hash: "sha256" });
    await expect(again).rejects.toThrow(failing("token_missing"));
    const fresh = await keyAt(address(`${TOKEN};object=rsa`));
    await expect(fresh.sign(CONTENT, { kind: "pkcs1", hash: "sha256" })).resolves.toHaveLength(256);
  });

  it("gives up on a token that hangs, in time and for good", async () => {
    const key = await keyAt(address(`${TOKEN};object=rsa`), PIN, 1);
    const hung = newestTokenProcess();
    process.kill(hung.pid, "SIGSTOP");
    const hanging = [1, 2].map(() => refusalOf(key.sign(CONTENT, { kind: "pkcs1", hash: "sha256" })));
    const told = { code: "token_missing", detail: "PKCS#11 > 1 s" };
    expect(await Promise.all(hanging)).toEqual([
      expect.objectContaining(told),
      expect.objectContaining(told),
    ]);
    await key.close();
    expect(existsSync(`/proc/${hung.pid}`)).toBe(false);
  });

  it("survives a library that crashes", async () => {
    const key = await keyAt(address(`${TOKEN};object=rsa`));
    process.kill(newestTokenProcess().pid, "SIGSEGV");
    const told = { code: "token_missing", detail: expect.stringContaining("SIGSEGV") };
    expect(await refusalOf(key.sign(CONTENT, { kind: "pkcs1", hash: "sha256" }))).toMatchObject(told);
    await key.close();
  });

  it("shows the PIN in no argument, title or environment of the token's process", async () => {
    process.env["SOHOA_KEY_PASSPHRASE"] = PIN;
    try {
      await keyAt(address(`${TOKEN};object=rsa`));
    } finally {
      delete process.env["SOHOA_KEY_PASSPHRASE"];
    }
    const { pid, command } = newestTokenProcess();
    const shown = [
      command,
      ...["environ", "comm"].map((name) => readFileSync(`/proc/${pid}/${name}`, "utf8")),
    ];
    expect(shown.join("\n")).toContain("SOFTHSM2_CONF");
    expect(shown.join("\n")).not.toContain(PIN);
    expect(readFileSync(`/proc/${pid}/coredump_filter`, "utf8").trim()).toBe("00000000");
  });

  it("signs PDFs that poppler accepts", async () => {
    writeFileSync(join(folder, "in.pdf"), smallPdf());
    const settings = { ...testSettings(folder).signing, trust: [pki.root] };
    const key = address(`${TOKEN};object=p384`);
    const signer = await openSigner({
      settings: { ...settings, key, digest: "sha384" },
      secret: async () => PIN,
      cache: folder,
    });
    const request = {
      at: new Date(Date.now() + 60_000),
      capturedAt: new Date(),
      appearance: "none" as const,
    };
    const out = join(folder, "out.pdf");
    const [info] = await signer.sign(join(folder, "in.pdf"), out, { ...request, keepClear: [] });
    await signer.close();
    expect(info).toMatchObject({ verdict: "valid", digest: "SHA-384", coversWholeFile: true });
    expect(pdfsig(out, "-nocert")).toContain("Signature is Valid");
  });

  it("refuses a library that is none", async () => {
    const library = join(folder, "none.so");
    writeFileSync(library, "not a library");
    await expect(keyAt(`pkcs11:token=x?module-path=${library}`)).rejects.toThrow(failing("token_module"));
  });
});
