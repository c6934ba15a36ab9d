import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { children, raw, readDer } from "../../../src/signing/asn1/der.ts";
import type { SignerFiles, TestPki } from "../../support/test-pki.ts";
import { issueServer } from "./more-keys.ts";

export const ACCESS_TOKEN = "truy-cap.7f3a-bi-mat";

export interface SigningService {
  /** As in signing.key. */
  readonly base: string;
  /** Every request but its headers, in order. */
  readonly asked: { readonly path: string; readonly body: Readonly<Record<string, unknown>> }[];
  /** What answers instead of the service. */
  fault: ((response: ServerResponse) => void) | undefined;
  /** Changes what the service answers. */
  answer: (path: string, given: Record<string, unknown>) => Record<string, unknown>;
  close(): Promise<void>;
}

/** A signing service on loopback behind TLS of the test authority, with one credential. */
export async function startSigningService(
  pki: TestPki,
  signer: SignerFiles,
  form: "der" | "plain" = "der",
): Promise<SigningService> {
  const tls = issueServer(pki);
  const issuing = readFileSync(join(pki.folder, "issuing.pem"));
  const cert = Buffer.concat([readFileSync(tls.certificate), issuing]);
  const server = createServer({ key: readFileSync(tls.key), cert }, (request, response) => {
    if (service.fault !== undefined) return service.fault(response);
    void bodyOf(request).then((body) => {
      const path = (request.url ?? "").replace(/^\/csc\/v2\//u, "");
      service.asked.push({ path, body });
      const refused = request.headers.authorization !== `Bearer ${ACCESS_TOKEN}`;
      const given = refused ? { error: "invalid_token" } : answerTo(path, body, { pki, signer, form });
      response.writeHead(refused ? 401 : 200, { "Content-Type": "application/json" });
      response.end(JSON.stringify(service.answer(path, given)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const service: SigningService = {
    base: `https://localhost:${(server.address() as AddressInfo).port}/csc/v2`,
    asked: [],
    fault: undefined,
    answer: (_path, given) => given,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return service;
}

interface Credential {
  readonly pki: TestPki;
  readonly signer: SignerFiles;
  readonly form: "der" | "plain";
}

function answerTo(path: string, body: Readonly<Record<string, unknown>>, about: Credential) {
  const { pki, signer, form } = about;
  if (path === "credentials/info") {
    const files = [signer.certificate, join(pki.folder, "issuing.pem"), pki.root];
    const certificates = files.map((file) => new X509Certificate(readFileSync(file)).raw.toString("base64"));
    return { key: { status: "enabled", algo: [] }, cert: { status: "valid", certificates } };
  }
  const [hash = ""] = body["hashes"] as string[];
  const pss = body["signAlgo"] === "1.2.840.113549.1.1.10";
  const signature = signDigest(signer.key, Buffer.from(hash, "base64"), pss);
  return { signatures: [(form === "der" ? signature : plain(signature)).toString("base64")] };
}

/** OpenSSL signs what is already hashed; Node does so for no key. */
function signDigest(key: string, digest: Buffer, pss: boolean): Buffer {
  const hash = `sha${digest.length * 8}`;
  const padding = pss ? ["-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_pss_saltlen:digest"] : [];
  const options = ["pkeyutl", "-sign", "-inkey", key, "-pkeyopt", `digest:${hash}`, ...padding];
  return execFileSync("openssl", options, { input: digest });
}

/** r and s side by side. */
function plain(signature: Buffer): Buffer {
  const numbers = children(readDer(signature)).map((one) => raw(one).subarray(2));
  return Buffer.concat(numbers.map((one) => Buffer.concat([Buffer.alloc(64), one]).subarray(-32)));
}

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces).toString("utf8")) as Readonly<Record<string, unknown>>;
}
