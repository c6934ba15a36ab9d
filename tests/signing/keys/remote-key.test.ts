import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { buildCms } from "../../../src/signing/cms/build-cms.ts";
import { readCms } from "../../../src/signing/cms/cms-reader.ts";
import type { SigningKey } from "../../../src/signing/keys/signing-key.ts";
import { openKey } from "../../../src/signing/open-key.ts";
import { opensslAccepts } from "../../support/judges.ts";
import { testSettings } from "../../support/settings.ts";
import { issue, type KeyKind, makePki, type SignerFiles, type TestPki } from "../../support/test-pki.ts";
import { everything, refusalOf } from "./refusal.ts";
import { ACCESS_TOKEN, type SigningService, startSigningService } from "./signing-service.ts";

const folder = mkdtempSync(join(tmpdir(), "sohoa-remote-"));
const CONTENT = Buffer.from("nội dung");
const SCHEME = { kind: "ecdsa", hash: "sha256" } as const;
const SUBJECT = "/C=VN/O=Ủy ban nhân dân xã Thí Điểm/CN=Nguyễn Văn Ưỡn";
let pki: TestPki;
let service: SigningService;
const signers = new Map<KeyKind, SignerFiles>();

beforeAll(async () => {
  pki = makePki(folder);
  for (const kind of ["RSA", "P-256", "P-384"] as const) signers.set(kind, issue(pki, kind, SUBJECT, kind));
  service = await startSigningService(pki, filesOf("P-256"));
});
afterEach(() => {
  service.fault = undefined;
  service.answer = (_path, given) => given;
  service.asked.length = 0;
});
afterAll(async () => {
  await service.close();
  rmSync(folder, { recursive: true });
});

function filesOf(kind: KeyKind): SignerFiles {
  const files = signers.get(kind);
  if (files === undefined) throw new Error(kind);
  return files;
}

interface Given {
  readonly at?: string;
  readonly token?: string;
  readonly timeout?: number;
  readonly tlsRoots?: readonly string[];
  readonly credential?: string | null;
}

async function keyAt({ at = service.base, token = ACCESS_TOKEN, ...given }: Given = {}): Promise<SigningKey> {
  const settings = { credential: "ubnd-xa-01", tlsRoots: [pki.root], timeout: 5, ...given };
  return openKey({ ...testSettings(folder).signing, ...settings, key: at }, async () => token);
}

it.each([
  { kind: "RSA", padding: "pkcs1", form: "der" },
  { kind: "RSA", padding: "pss", form: "der" },
  { kind: "P-256", padding: "pkcs1", form: "der" },
  { kind: "P-256", padding: "pkcs1", form: "plain" },
  { kind: "P-384", padding: "pkcs1", form: "der" },
] as const)("signs with $kind $padding, signature in form $form", async ({ kind, padding, form }) => {
  const own = await startSigningService(pki, filesOf(kind), form);
  const key = await keyAt({ at: own.base });
  for (const hash of ["sha256", "sha384", "sha512"] as const) {
    const digest = createHash(hash).update(CONTENT).digest();
    const cms = await buildCms({ digest, key, padding, hash });
    expect(opensslAccepts(CONTENT, cms, pki.root, folder)).toBe(true);
    expect(readCms(cms).certificates).toHaveLength(2);
  }
  await key.close();
  await own.close();
});

it("sends hashes only, as the standard names them", async () => {
  const key = await keyAt();
  await key.sign(CONTENT, SCHEME);
  await key.close();
  const hash = createHash("sha256").update(CONTENT).digest("base64");
  const signing = { hashAlgorithmOID: "2.16.840.1.101.3.4.2.1", signAlgo: "1.2.840.10045.4.3.2" };
  expect(service.asked).toEqual([
    {
      path: "credentials/info",
      body: { credentialID: "ubnd-xa-01", certificates: "chain", certInfo: false },
    },
    {
      path: "signatures/signHash",
      body: { credentialID: "ubnd-xa-01", hashes: [hash], ...signing, operationMode: "S" },
    },
  ]);
});

it("stops when the service refuses the access token, and shows it nowhere", async () => {
  const error = await refusalOf(keyAt({ token: "sai-mat-khau-9d" }));
  expect(error).toMatchObject({ code: "signing_service_login", detail: "HTTP 401 invalid_token" });
  expect(everything(error)).not.toContain("sai-mat-khau-9d");
});

function status(code: number, headers: Record<string, string> = {}): SigningService["fault"] {
  return (response) => response.writeHead(code, headers).end("{}");
}
const faults: { name: string; fault: SigningService["fault"]; code: string; detail: string }[] = [
  { name: "refuses with 403", fault: status(403), code: "signing_service_login", detail: "HTTP 403" },
  { name: "breaks with 500", fault: status(500), code: "signing_service", detail: "HTTP 500" },
  { name: "asks for fewer requests", fault: status(429), code: "signing_service", detail: "HTTP 429" },
  {
    name: "sends us elsewhere",
    fault: status(307, { Location: "https://example.invalid/" }),
    code: "signing_service",
    detail: "HTTP 307",
  },
  { name: "never answers", fault: () => undefined, code: "signing_service", detail: "> 1 s" },
  {
    name: "answers without end",
    fault: (response) => response.writeHead(200).write(" ".repeat(2_000_000)),
    code: "signing_service",
    detail: "> 1000000 B",
  },
  {
    name: "stops in the middle",
    fault: drop,
    code: "signing_service",
    detail: "ECONNRESET",
  },
  {
    name: "answers no JSON",
    fault: (response) => response.writeHead(200).end("<html>"),
    code: "signing_service",
    detail: "answer: not JSON",
  },
];

function drop(response: ServerResponse): void {
  response.writeHead(200, { "Content-Length": 99 }).write("{");
  setTimeout(() => response.destroy(), 50);
}

it.each(faults)("tells what happened when the service $name", async ({ fault, code, detail }) => {
  const key = await keyAt({ timeout: 1 });
  service.fault = fault;
  const error = await refusalOf(key.sign(CONTENT, SCHEME));
  expect(error).toMatchObject({ name: "OperationalError", code, detail });
  expect(everything(error)).not.toContain(ACCESS_TOKEN);
  service.fault = undefined;
  // A service that comes back is used again.
  await expect(key.sign(CONTENT, SCHEME)).resolves.toBeInstanceOf(Buffer);
  await key.close();
});

it("never passes on a signature that does not fit the certificate", async () => {
  const key = await keyAt();
  const other = await key.sign(Buffer.from("văn bản khác"), SCHEME);
  for (const made of [other.toString("base64"), "", "AAAA", 7]) {
    service.answer = () => ({ signatures: [made] });
    const error = await refusalOf(key.sign(CONTENT, SCHEME));
    expect(error).toMatchObject({ code: "signing_service", detail: expect.stringContaining("does not fit") });
  }
  await key.close();
});

it.each([
  { name: "a disabled key", info: { key: { status: "disabled" } }, code: "signing_service_login" },
  { name: "a revoked certificate", info: { cert: { status: "revoked" } }, code: "certificate_revoked" },
  { name: "an expired certificate", info: { cert: { status: "expired" } }, code: "certificate_dates" },
  { name: "no certificate", info: { cert: { certificates: [] } }, code: "signing_service" },
  { name: "no sense", info: { cert: "none", key: null }, code: "signing_service" },
])("refuses a credential with $name", async ({ info, code }) => {
  service.answer = (_path, given) => ({ ...given, ...info });
  expect(await refusalOf(keyAt())).toMatchObject({ code });
});

it("trusts only roots it was given for the connection", async () => {
  const error = await refusalOf(keyAt({ tlsRoots: [pki.stranger] }));
  expect(error).toMatchObject({ code: "signing_service", detail: expect.stringMatching(/^UNABLE_TO_/u) });
  expect(service.asked).toEqual([]);
  expect(await refusalOf(keyAt({ tlsRoots: [] }))).toMatchObject({ code: "signing_service" });
  const wrongName = service.base.replace("localhost", "[::ffff:127.0.0.1]");
  expect(await refusalOf(keyAt({ at: wrongName }))).toMatchObject({ code: "signing_service" });
});

it.each([
  { name: "http", given: { at: "http://localhost/csc/v2" }, code: "settings" },
  { name: "a password in the address", given: { at: "https://a:b@localhost/csc" }, code: "settings" },
  { name: "no credential", given: { credential: null }, code: "settings" },
  { name: "no access token", given: { token: "" }, code: "passphrase_missing" },
  { name: "an access token of two lines", given: { token: "a\r\nX: y" }, code: "passphrase_missing" },
  { name: "a root that is not there", given: { tlsRoots: ["/none.pem"] }, code: "settings" },
])("asks nobody with $name", async ({ given, code }) => {
  expect(await refusalOf(keyAt(given))).toMatchObject({ name: "OperationalError", code });
  expect(service.asked).toEqual([]);
});
