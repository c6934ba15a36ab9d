import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createVerifier } from "../../../src/signing/verify/verify.ts";
import { issue, makePki, type SignerFiles, type TestPki } from "../../support/test-pki.ts";
import { openAppendWorld } from "../append/append-world.ts";
import { foreignPdf } from "../foreign-signature.ts";
import { put } from "./form-pdf.ts";

const world = openAppendWorld();
const { path } = world;
let pki: TestPki;
let signer: SignerFiles;
let literal: Buffer;
let hexadecimal: Buffer;

beforeAll(() => {
  mkdirSync(path("foreign"));
  pki = makePki(path("foreign"));
  signer = issue(pki, "person", "/C=VN/O=Sở Thí Điểm/CN=Lê Văn Ký");
  const subFilter = "adbe.pkcs7.detached";
  literal = readFileSync(foreignPdf(pki, { subFilter, signer, literal: true }));
  hexadecimal = readFileSync(foreignPdf(pki, { subFilter, signer }));
});
afterAll(() => rmSync(world.folder, { recursive: true }));

async function judge(bytes: Buffer) {
  const file = put(path("judged.pdf"), bytes);
  const report = await createVerifier({ trust: [pki.root], now: () => new Date() }).verify(file);
  return { verdict: report.verdict, reasons: report.signatures.flatMap(({ reasons }) => reasons).join("; ") };
}

/** The file with other bytes at the end of the gap: no signed byte is touched. */
function filled(source: Buffer, text: string): Buffer {
  const [, , end = 0] = rangeOf(source);
  const bytes = Buffer.from(source);
  bytes.write(text, end - 1 - text.length, "latin1");
  return bytes;
}

function rangeOf(bytes: Buffer): readonly number[] {
  return /\/ByteRange \[([\d ]+)\]/u.exec(bytes.toString("latin1"))?.[1]?.split(" ").map(Number) ?? [];
}

describe("in the gap between what is signed", () => {
  it("zeros behind the CMS are its padding, white space among the digits is none", async () => {
    expect(await judge(literal)).toMatchObject({ verdict: "valid" });
    expect(await judge(hexadecimal)).toMatchObject({ verdict: "valid" });
    expect(await judge(filled(hexadecimal, "0\n0 00\r\n00"))).toMatchObject({ verdict: "valid" });
  });

  it.each<[string, () => Buffer]>([
    ["digits", () => filled(hexadecimal, "414243")],
    ["text", () => filled(literal, "trang khac")],
  ])("%s behind the CMS are signed by nobody", async (_what, bytes) => {
    const { verdict, reasons } = await judge(bytes());
    expect(verdict).toBe("undetermined");
    expect(reasons).toContain("unsigned data behind the CMS");
  });

  it.each([
    "\n8 0 obj\n<< /Length 3 >>\nstream\n0 g\nendstream\nendobj\n",
    "\nxref\n8 1\n",
    "\nstartxref\n9\n",
  ])("an object or a table is no padding: %j", async (text) => {
    const { verdict, reasons } = await judge(filled(literal, text));
    expect(verdict).toBe("invalid");
    expect(reasons).toContain("other content in the ByteRange gap");
  });
});
