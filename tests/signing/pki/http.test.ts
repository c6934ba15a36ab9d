import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo } from "node:net";
import { join } from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";
import { createHttpClient, type HttpOptions } from "../../../src/signing/pki/http.ts";
import { issuersIn } from "../../../src/signing/pki/issuers-in.ts";
import { CA, openSmallCa, openssl, SIGNER } from "./small-ca.ts";

const run = promisify(execFile);
const ca = openSmallCa();
const root = ca.issue("root", { extensions: CA });
const tls = ca.issue("server", { extensions: `${SIGNER}subjectAltName=IP:127.0.0.1\n`, issuer: root });
const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const client = (given: Partial<HttpOptions> = {}) =>
  createHttpClient({ timeout: 10, tlsRoots: [], ...given });
const get = (url: string, given: Partial<HttpOptions> = {}) => client(given)({ url, limit: 1000 });

async function serve(listener: RequestListener, secure = false): Promise<string> {
  const files = secure ? { key: readFileSync(tls.key), cert: readFileSync(tls.pem) } : {};
  const server = secure ? createTlsServer(files, listener) : createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return `${secure ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const redirect = (to: string, code = 302): RequestListener => {
  return (_, response) => void response.writeHead(code, { location: to }).end();
};

it("gives status, type and bytes, and sends a body as it is", async () => {
  const url = await serve((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      response.writeHead(201, { "content-type": "Text/Plain; charset=utf-8" });
      response.end(`${request.method} ${request.headers["content-type"]} ${Buffer.concat(parts).toString()}`);
    });
  });
  const headers = { "content-type": "a/b" };
  const answer = await client()({ url, body: Buffer.from("xin chào"), headers, limit: 1000 });
  expect({ ...answer, body: answer.body.toString() }).toEqual({
    status: 201,
    type: "text/plain",
    body: "POST a/b xin chào",
  });
});

it("follows three redirects, not four, and no POST that would become a GET", async () => {
  const end = await serve((_, response) => void response.end("here"));
  const third = await serve(redirect(end));
  const second = await serve(redirect(third, 301));
  const first = await serve(redirect(second, 307));
  expect((await get(first)).body.toString()).toBe("here");
  await expect(get(await serve(redirect(first)))).rejects.toThrow("too many redirects");
  const post = await client()({ url: third, body: Buffer.from("x"), limit: 1000 });
  expect(post.status).toBe(302);
});

it("asks web addresses only, and never leaves HTTPS", async () => {
  await expect(get("file:///etc/passwd")).rejects.toThrow("not an http address");
  await expect(get("ldap://127.0.0.1/cn=x")).rejects.toThrow("not an http address");
  await expect(get(await serve(redirect("file:///etc/passwd")))).rejects.toThrow("not an http address");
  const plain = await serve((_, response) => void response.end("here"));
  const secure = await serve(redirect(plain), true);
  await expect(get(secure, { tlsRoots: [root.pem] })).rejects.toThrow("redirect away from HTTPS");
});

it("trusts the roots of the settings besides those of the system", async () => {
  const url = await serve((_, response) => void response.end("secret"), true);
  await expect(get(url)).rejects.toThrow("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
  expect((await get(url, { tlsRoots: [root.pem] })).body.toString()).toBe("secret");
  const missing = get(url, { tlsRoots: [join(ca.folder, "none.pem")] });
  await expect(missing).rejects.toMatchObject({ code: "settings" });
});

it("ends at the stated length, at the time limit and when it is told to", async () => {
  const long = await serve((_, response) => void response.end(Buffer.alloc(2000)));
  await expect(get(long)).rejects.toThrow("larger than 1000 bytes");
  const silent = await serve(() => undefined);
  await expect(get(silent, { timeout: 0.3 })).rejects.toThrow("no answer within 0.3 s");
  await expect(get(silent, { signal: AbortSignal.timeout(50) })).rejects.toThrow();
  await expect(get("http://127.0.0.1:9/")).rejects.toThrow("ECONNREFUSED");
});

it("keeps no process alive", async () => {
  const url = await serve((_, response) => void response.end("here"));
  const module = join(import.meta.dirname, "../../../dist/signing/pki/http.js");
  const code = `const { createHttpClient } = await import(${JSON.stringify(module)});
    const { status } = await createHttpClient({ timeout: 60, tlsRoots: [] })({ url: ${JSON.stringify(url)}, limit: 9 });
    process.stdout.write(String(status));`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", code], { timeout: 20_000 });
  expect(stdout).toBe("200");
});

it("reads what CAs publish as their certificate: DER, PEM and PKCS#7", () => {
  const p7 = ca.path("ca.p7c");
  openssl("crl2pkcs7", "-nocrl", "-certfile", root.pem, "-certfile", tls.pem, "-outform", "DER", "-out", p7);
  expect(issuersIn(root.der)).toEqual([root.der]);
  expect(issuersIn(readFileSync(root.pem))).toEqual([root.der]);
  expect(issuersIn(readFileSync(p7))).toEqual(expect.arrayContaining([root.der, tls.der]));
  expect(issuersIn(Buffer.from("<html>"))).toEqual([]);
});
