import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { afterAll, describe, expect, it } from "vitest";
import type { ErrorCode } from "../../../src/domain/errors.ts";
import { OperationalError } from "../../../src/domain/errors.ts";
import { appendProof, appendSignature } from "../../../src/signing/append/append-signature.ts";
import { startCopy } from "../../../src/signing/append/growing-copy.ts";
import { smallPdf as anyPdf } from "../../pdf/small-pdf.ts";
import { smallPdf } from "../small-pdf.ts";
import { openAppendWorld } from "./append-world.ts";

const world = openAppendWorld();
const { path, plain, proof, put } = world;
afterAll(() => rmSync(world.folder, { recursive: true }));
const pdf = smallPdf();
const source = put("in.pdf", pdf);
const out = path("out.pdf");
const coded = (code: ErrorCode) => expect.objectContaining({ code }) as Error;

/** Descriptors this process holds. */
const held = () => readdirSync("/proc/self/fd").length;
const onLinux = existsSync("/proc/self/fd");

describe("is refused before anything is written:", () => {
  const text = (change: (plainText: string) => string) => () =>
    Buffer.from(change(pdf.toString("latin1")), "latin1");
  it.each<[string, ErrorCode, () => Buffer]>([
    ["no PDF at all", "unreadable", () => Buffer.from("<html>hello</html>")],
    ["an empty file", "unreadable", () => Buffer.alloc(0)],
    ["a file without its end", "truncated", () => pdf.subarray(0, pdf.length - 3)],
    ["a file without its second half", "truncated", () => pdf.subarray(0, pdf.length / 2)],
    ["junk before the header", "unreadable", () => Buffer.concat([Buffer.from("junk\n"), pdf])],
    [
      "a wrong place of the table",
      "unreadable",
      text((given) => given.replace(/startxref\n\d+/u, "startxref\n99")),
    ],
    ["a page that is missing", "unreadable", text((given) => given.replace("/Kids [4 0 R", "/Kids [77 0 R"))],
    [
      "a page tree in a circle",
      "unreadable",
      text((given) => given.replace("[4 0 R 5 0 R]", "[3 0 R 5 0 R]")),
    ],
    [
      "an XFA form",
      "unsupported_format",
      () =>
        anyPdf([
          "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]/XFA(form)>>>>",
          "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 400 300]>>",
          "<</Type/Page/Parent 2 0 R>>",
        ]),
    ],
  ])("%s", async (_, code, bytes) => {
    put("bad.pdf", bytes());
    await expect(appendSignature(path("bad.pdf"), out, plain)).rejects.toThrow(coded(code));
    await expect(appendProof(path("bad.pdf"), out, proof)).rejects.toThrow(coded(code));
    expect(existsSync(out)).toBe(false);
  });

  it.each([["user"], [""]])("an encrypted file with the password %o", async (password) => {
    execFileSync("qpdf", ["--encrypt", password, "owner", "256", "--", source, path("locked.pdf")]);
    await expect(appendSignature(path("locked.pdf"), out, plain)).rejects.toThrow(coded("encrypted"));
    expect(existsSync(out)).toBe(false);
  });

  it("a file that is not there", async () => {
    await expect(appendSignature(path("absent.pdf"), out, plain)).rejects.toThrow("ENOENT");
  });
});

describe("what fails in the middle", () => {
  const broken = new OperationalError("timestamp");
  const fail = () => Promise.reject(broken);
  it.runIf(onLinux).each([
    ["the signature", { ...plain, cms: fail }],
    ["the validation data", { ...plain, validation: fail }],
    ["the archive time stamp", { ...plain, ...proof, archive: fail }],
  ])("is told as it is, and every file closed: %s", async (_, request) => {
    const before = held();
    await expect(appendSignature(source, out, request)).rejects.toBe(broken);
    expect(held()).toBe(before);
    expect(readFileSync(source).equals(pdf)).toBe(true);
  });

  it.runIf(existsSync("/dev/full"))("on a full disk stops the batch", async () => {
    const before = held();
    await expect(appendSignature(source, "/dev/full", plain)).rejects.toThrow(coded("disk_full"));
    expect(held()).toBe(before);
  });

  it("because the source became shorter is not taken for a copy", async () => {
    const handle = await open(source, "r");
    await expect(startCopy(handle, pdf.length + 1, out, "sha256")).rejects.toThrow(coded("source_changed"));
    await handle.close();
  });

  it("for want of room is said, and nothing cut off", async () => {
    const refusal = expect.objectContaining({
      code: "pdfa",
      detail: expect.stringMatching(/has \d+ bytes, there is room for 500/u) as string,
    }) as Error;
    await expect(appendSignature(source, out, { ...plain, room: 500 })).rejects.toThrow(refusal);
    await appendSignature(source, out, { ...plain, room: 32_768 });
    expect(readFileSync(out).length).toBeGreaterThan(pdf.length + 65_536);
  });
});
