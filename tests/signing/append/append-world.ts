import { createHash, createPrivateKey, sign } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "vitest";
import type { AppendRequest, ProofRequest } from "../../../src/signing/append/append-signature.ts";
import { buildCms } from "../../../src/signing/cms/build-cms.ts";
import type { SigningKey } from "../../../src/signing/keys/signing-key.ts";
import { pdfsig, run, signatureParts } from "../judges.ts";
import { CA, type Holder, openSmallCa, RESPONDER, SIGNER, STAMPS } from "../pki/small-ca.ts";

/** A signer, a time-stamp authority and what their issuers say of them; everything appended here comes of these. */
export function openAppendWorld() {
  const ca = openSmallCa();
  const root = ca.issue("root", { extensions: CA });
  const issuing = ca.issue("issuing", { extensions: CA, issuer: root });
  const signer = ca.issue("Nguyễn Văn Thử", { extensions: SIGNER, issuer: issuing });
  const tsa = ca.issue("Dấu thời gian", { extensions: STAMPS, issuer: issuing });
  const responder = ca.issue("responder", { extensions: RESPONDER, issuer: issuing });
  const key = keyOf(signer, issuing);
  const hash = "sha256" as const;
  const plain: AppendRequest = {
    at: new Date("2026-11-22T03:04:05Z"),
    capturedAt: new Date("2026-11-21T01:02:03Z"),
    appearance: "tt01-scan",
    keepClear: [],
    signer: signer.facts,
    hash,
    cms: (digest) => buildCms({ digest, key, padding: "pkcs1", hash }),
  };
  const archive = async (digest: Buffer) =>
    ca.stamp(ca.query(digest), tsa, { chain: [issuing], token: true });
  const answer = ca.ocsp(signer, issuing, responder);
  const crl = ca.crl(root);
  const validation = async () => ({ certificates: [issuing.der, root.der], ocsps: [answer], crls: [crl] });
  const proof: ProofRequest = { hash, validation, archive };
  return { ...ca, root, issuing, answer, crl, plain, proof, put };

  function put(name: string, bytes: Buffer): string {
    writeFileSync(ca.path(name), bytes);
    return ca.path(name);
  }
}

function keyOf(holder: Holder, issuer: Holder): SigningKey {
  const secret = createPrivateKey(readFileSync(holder.key));
  return {
    certificate: holder.facts,
    chain: [issuer.der],
    sign: async (message, { hash }) => sign(hash, message, secret),
    close: async () => undefined,
  };
}

/** Nothing of the input is lost, and qpdf and MuPDF find nothing new that is wrong; returns poppler's verdicts. */
export function judged(input: string, output: string): readonly string[] {
  const [before, after] = [readFileSync(input), readFileSync(output)];
  expect(after.subarray(0, before.length).equals(before)).toBe(true);
  for (const [program, how] of [
    ["qpdf", "--check"],
    ["mutool", "info"],
  ] as const) {
    const wrong = complaints(program, how, output);
    expect(wrong).toEqual(wrong.length === 0 ? [] : complaints(program, how, input));
  }
  return verdicts(output);
}

/** What a program says is wrong with a file, each once; the file's own name says nothing. */
function complaints(program: string, how: string, file: string): readonly string[] {
  const lines = run(program, [how, file]).replaceAll(file, "").split("\n");
  return [...new Set(lines.filter((line) => /warning|error|repair/iu.test(line)))].filter(
    (line) => !line.startsWith("No syntax or stream encoding errors"),
  );
}

/** Poppler's words on the integrity of each signature. */
export function verdicts(file: string): readonly string[] {
  return [...pdfsig(file, "-nocert").matchAll(/Signature Validation: (.*)/gu)].map(([, word = ""]) => word);
}

/** An object of a PDF as qpdf reads it. */
export function objectText(file: string, which: string): string {
  return run("qpdf", [`--show-object=${which}`, file]).trim();
}

export const sha1 = (bytes: Buffer) => createHash("sha1").update(bytes).digest("hex").toUpperCase();

/** The value of /Contents of each signature, padding included. */
export function contentsOf(file: string): readonly Buffer[] {
  return signatureParts(file).map(({ cms }) => cms);
}
