import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { children, octetsOf, raw, readDer } from "../../../src/signing/asn1/der.ts";
import { run, signatureParts } from "../../signing/judges.ts";
import { opensslAccepts, sha256sumCheck } from "../judges.ts";
import { bagsOf, leftovers } from "../warehouse.ts";
import type { FullPki } from "./full-pki.ts";

interface Expected {
  readonly bags: number;
  /** Every signature of a person carries a time stamp that openssl verifies. */
  readonly stamped: boolean;
}

/** Judges a workspace's whole warehouse by pdfsig, openssl, qpdf and sha256sum; nothing half done may lie anywhere. */
export function expectWhole(workspace: string, pki: FullPki, expected: Expected): void {
  expectBags(join(workspace, "kho"), pki, expected);
  expect(leftovers(join(workspace, "kho"), join(workspace, ".sohoa"))).toEqual([]);
}

export function expectBags(kho: string, pki: FullPki, { bags: count, stamped }: Expected): void {
  const bags = bagsOf(kho);
  expect(new Set(bags.map(({ document }) => document)).size).toBe(count);
  for (const { folder, pdf } of bags) {
    expect(sha256sumCheck(folder)).toContain("data/document.pdf: OK");
    expectSigned(pdf, pki, stamped);
  }
}

/** Judges every signature of one file; document time stamps are for `openssl ts` elsewhere. */
export function expectSigned(pdf: string, pki: FullPki, stamped: boolean): void {
  expect(run("qpdf", ["--check", pdf])).toContain("No syntax or stream encoding errors");
  const said = run("pdfsig", ["-nocert", pdf]);
  expect(said).toContain("Signature is Valid.");
  expect(said).not.toMatch(/Invalid|Mismatch/u);
  const [first] = signatureParts(pdf);
  if (first === undefined) throw new Error("no signature in the file");
  expect(opensslAccepts(first.signed, first.cms, pki.root, pki.folder)).toBe(true);
  const { signature, token } = stampOf(first.cms);
  expect(token !== undefined).toBe(stamped);
  if (token !== undefined) expect(verifyToken(token, signature, pki)).toContain("Verification: OK");
}

/** What `openssl ts` says of a time-stamp token over some bytes. */
export function verifyToken(token: Buffer, over: Buffer, pki: FullPki): string {
  const [at, data] = [join(pki.folder, "token.der"), join(pki.folder, "stamped.bin")];
  writeFileSync(at, token);
  writeFileSync(data, over);
  const trust = ["-CAfile", pki.root, "-untrusted", pki.issuing];
  return run("openssl", ["ts", "-verify", "-token_in", "-in", at, "-data", data, ...trust]);
}

/** ContentInfo → SignedData → the one SignerInfo: its signature, and the token in its unsigned attributes. */
function stampOf(cms: Buffer): { readonly signature: Buffer; readonly token: Buffer | undefined } {
  const signedData = children(children(children(readDer(cms))[1])[0]);
  const signer = children(children(signedData.at(-1))[0]);
  const at = signer.findIndex(({ idBlock }) => idBlock.tagClass === 1 && idBlock.tagNumber === 4);
  const [attribute] = children(signer[at + 1]);
  const value = children(children(attribute)[1])[0];
  return { signature: octetsOf(signer[at]), token: value === undefined ? undefined : raw(value) };
}
