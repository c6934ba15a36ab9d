import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { type ErrorCode, OperationalError } from "../../../src/domain/errors.ts";
import {
  appendProof,
  appendSignature,
  type ProofRequest,
} from "../../../src/signing/append/append-signature.ts";
import { createVerifier } from "../../../src/signing/verify/verify.ts";
import { preflightCodes } from "../../support/judges.ts";
import { run, signatureParts } from "../judges.ts";
import { smallPdf } from "../small-pdf.ts";
import { contentsOf, judged, objectText, openAppendWorld, sha1 } from "./append-world.ts";
import { certifiedPdf } from "./certified-pdf.ts";

const world = openAppendWorld();
const { path, plain, proof, put } = world;
afterAll(() => rmSync(world.folder, { recursive: true }));

const VALID = "Signature is Valid.";
const PDFA_2U = ["7.11.1", "7.11.2"];
const source = put("in.pdf", smallPdf());

/** References of a list in qpdf's print of a dictionary. */
function listed(text: string, key: string): string[] {
  const list = new RegExp(`/${key} \\[([^\\]]*)\\]`, "u").exec(text)?.[1] ?? "";
  return [...list.matchAll(/(\d+) 0 R/gu)].map(([, number = ""]) => number);
}

const streamOf = (file: string, number: string): string =>
  run("qpdf", [`--show-object=${number}`, "--filtered-stream-data", file]);

/** The catalog of any file, and its DSS. */
function catalogOf(file: string): string {
  const root = /\/Root (\d+) 0 R/u.exec(objectText(file, "trailer"))?.[1] ?? "none";
  return objectText(file, root);
}

function storeOf(file: string): string {
  const number = /\/DSS (\d+) 0 R/u.exec(catalogOf(file))?.[1] ?? "none";
  return objectText(file, number);
}

describe("a signature with everything it needs in ten years", () => {
  const out = path("lta.pdf");

  it("is three revisions that all judges accept and that keep PDF/A", async () => {
    await appendSignature(source, out, { ...plain, ...proof });
    expect(judged(source, out)[0]).toBe(VALID);
    expect(readFileSync(out, "latin1").match(/%%EOF/gu)).toHaveLength(4);
    expect(preflightCodes(out)).toEqual(PDFA_2U);
    // Poppler sees the time stamp and that it covers all, though it cannot judge it.
    expect(run("pdfsig", ["-nocert", out])).toMatch(/Signature #2:[^#]*- Total document signed/u);
  });

  it("has its validation data in the DSS, and under the hash of its contents", () => {
    const store = storeOf(out);
    const [certificates, ocsps, crls] = [
      listed(store, "Certs"),
      listed(store, "OCSPs"),
      listed(store, "CRLs"),
    ];
    expect([certificates.length, ocsps.length, crls.length]).toEqual([2, 1, 1]);
    const stored = [...certificates, ...ocsps, ...crls].map((number) => `${number} 0 R`);
    const [first = Buffer.alloc(0)] = contentsOf(out);
    const entry = store.slice(store.indexOf(`/VRI << /${sha1(first)}`));
    for (const key of ["Cert", "OCSP", "CRL"]) expect(listed(entry, key).length).toBeGreaterThan(0);
    expect(stored.every((ref) => entry.includes(ref))).toBe(true);
    const answer = execFileSync("qpdf", [`--show-object=${ocsps[0]}`, "--filtered-stream-data", out]);
    expect(answer.equals(world.answer)).toBe(true);
    expect(catalogOf(out)).toContain("/ESIC << /BaseVersion /1.7 /ExtensionLevel 5 >>");
  });

  it("is what our own verifier takes for B-LTA", async () => {
    const verifier = createVerifier({ trust: [world.root.pem], now: () => new Date(Date.now() + 60_000) });
    const { verdict, signatures } = await verifier.verify(out);
    expect(signatures.map(({ reasons }) => reasons)).toEqual([[], []]);
    expect(verdict).toBe("valid");
    const [first] = signatures;
    expect(first?.level).toBe("B-LTA");
    expect(first?.changes?.map(({ kind, allowed }) => `${kind} ${allowed}`)).toEqual([
      "validation_data true",
      "time_stamp true",
    ]);
  });

  it("ends with a time stamp over all of it", () => {
    const stamp = signatureParts(out).at(-1);
    put("ranges", stamp?.signed ?? Buffer.alloc(0));
    put("token", stamp?.cms ?? Buffer.alloc(0));
    const trust = ["-CAfile", world.root.pem, "-untrusted", world.issuing.pem];
    const files = ["-in", path("token"), "-token_in", "-data", path("ranges")];
    expect(run("openssl", ["ts", "-verify", ...files, ...trust])).toContain("OK");
    const length = readFileSync(out).length;
    expect((stamp?.signed.length ?? 0) + 2 * (stamp?.cms.length ?? 0) + 2).toBe(length);
  });
});

describe("a file signed earlier", () => {
  it("is proven without a new signature", async () => {
    await appendSignature(source, path("bare.pdf"), plain);
    await appendProof(path("bare.pdf"), path("upgraded.pdf"), proof);
    expect(judged(path("bare.pdf"), path("upgraded.pdf"))).toHaveLength(2);
    expect(contentsOf(path("upgraded.pdf"))[0]).toEqual(contentsOf(path("bare.pdf"))[0]);
    expect(storeOf(path("upgraded.pdf"))).toContain(sha1(contentsOf(path("bare.pdf"))[0] ?? Buffer.alloc(0)));
    expect(preflightCodes(path("upgraded.pdf"))).toEqual(PDFA_2U);
  });

  it("gets what is new beside what its DSS holds, and nothing twice", async () => {
    await appendSignature(source, path("once.pdf"), { ...plain, ...proof });
    const more = Buffer.from("another answer".repeat(200));
    const asked: Buffer[] = [];
    await appendProof(path("once.pdf"), path("twice.pdf"), {
      ...proof,
      validation: async (cms) => {
        asked.push(...cms);
        return { certificates: [world.root.der, world.issuing.der], ocsps: [more], crls: [world.crl] };
      },
    });
    judged(path("once.pdf"), path("twice.pdf"));
    const store = storeOf(path("twice.pdf"));
    const counts = ["Certs", "OCSPs", "CRLs"].map((key) => listed(store, key).length);
    expect(counts).toEqual([2, 2, 1]);
    expect(streamOf(path("twice.pdf"), listed(store, "OCSPs")[1] ?? "")).toBe(more.toString());
    const earlier = contentsOf(path("once.pdf"));
    for (const contents of earlier) expect(store).toContain(`/${sha1(contents)} <<`);
    // Each was asked about as it is, without the padding.
    expect(asked.map((cms) => cms.toString("hex"))).toEqual(
      earlier.map((contents) => contents.toString("hex").slice(0, 2 * derLength(contents))),
    );
  });

  it("has its time proven before the data is gathered, where that is asked for", async () => {
    await appendSignature(source, path("bare.pdf"), plain);
    await appendProof(path("bare.pdf"), path("full.pdf"), { ...proof, stamp: proof.archive });
    expect(judged(path("bare.pdf"), path("full.pdf"))).toHaveLength(3);
    const [signature, stamp, archive] = contentsOf(path("full.pdf")).map(sha1);
    const store = storeOf(path("full.pdf"));
    expect([signature, stamp, archive].map((key) => store.includes(`/${key} <<`))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("stays a mere copy where nothing is to be added", async () => {
    const nothing = async () => ({ certificates: [], ocsps: [], crls: [] });
    await appendSignature(source, path("bare.pdf"), plain);
    await appendProof(path("bare.pdf"), path("same.pdf"), { hash: "sha256", validation: nothing });
    expect(readFileSync(path("same.pdf")).equals(readFileSync(path("bare.pdf")))).toBe(true);
  });

  it("by others, with a DSS in the catalog itself, keeps every entry of it", async () => {
    const stream = "<< /Length 3 >>\nstream\nabc\nendstream";
    const bytes = smallPdf({ extra: [stream] })
      .toString("latin1")
      .replace("/Lang (vi-VN)", "/DSS<</Certs[10 0 R]/Own(x)>>");
    put("dss.pdf", Buffer.from(bytes, "latin1"));
    run("qpdf", ["--object-streams=generate", path("dss.pdf"), path("packed.pdf")]);
    await appendSignature(path("packed.pdf"), path("kept.pdf"), { ...plain, ...proof });
    expect(judged(path("packed.pdf"), path("kept.pdf"))[0]).toBe(VALID);
    expect(storeOf(path("kept.pdf"))).toContain("/Own (x)");
    expect(listed(storeOf(path("kept.pdf")), "Certs")).toHaveLength(3);
  });
});

describe("what nobody can tell", () => {
  const data = proof.validation;
  const failing = (code: ErrorCode, which: (asked: number) => boolean) => {
    let asked = 0;
    return (cms: readonly Buffer[]) => {
      asked += 1;
      if (which(asked)) throw new OperationalError(code);
      return data?.(cms) ?? Promise.reject(new Error("no data"));
    };
  };
  const earlier = path("earlier.pdf");
  const entries = (file: string) => storeOf(file).match(/\/[0-9A-F]{40} <</gu)?.length ?? 0;

  it.each(["revocation", "certificate_chain", "certificate_revoked"] as const)(
    "of an earlier signature (%s) does not keep a new one from being proven",
    async (code) => {
      await appendSignature(source, earlier, plain);
      const out = path("after.pdf");
      await appendSignature(earlier, out, { ...plain, validation: failing(code, (asked) => asked === 2) });
      expect(judged(earlier, out)).toEqual([VALID, VALID]);
      expect(entries(out)).toBe(1);
    },
  );

  it("of an earlier signature that is none is not even asked", async () => {
    put("junk.pdf", await certifiedPdf({ cms: async () => Buffer.from("junk") }));
    const asked: Buffer[] = [];
    const validation = async (cms: readonly Buffer[]) => {
      asked.push(...cms);
      return { certificates: [world.root.der], ocsps: [], crls: [] };
    };
    await appendSignature(path("junk.pdf"), path("junk-out.pdf"), { ...plain, validation });
    expect(asked).toHaveLength(1);
    expect(judged(path("junk.pdf"), path("junk-out.pdf"))).toContain(VALID);
  });

  it("of the new signature fails", async () => {
    const validation = failing("revocation", (asked) => asked === 1);
    const refusal = expect.objectContaining({ code: "revocation" }) as Error;
    await expect(appendSignature(source, path("no.pdf"), { ...plain, validation })).rejects.toThrow(refusal);
  });

  it("is waited for in an upgrade, unless the file proves it already or it will never be had", async () => {
    await appendSignature(source, earlier, plain);
    const never = failing("revocation", () => true);
    const refusal = (code: ErrorCode) => expect.objectContaining({ code }) as Error;
    const upgrade = (input: string, validation: ProofRequest["validation"]) =>
      appendProof(input, path("up.pdf"), { hash: "sha256", validation });
    await expect(upgrade(earlier, never)).rejects.toThrow(refusal("revocation"));
    const strange = failing("certificate_chain", () => true);
    await expect(upgrade(earlier, strange)).rejects.toThrow(refusal("certificate_chain"));
    await appendSignature(earlier, path("both.pdf"), plain);
    await upgrade(
      path("both.pdf"),
      failing("certificate_chain", (asked) => asked === 1),
    );
    expect(entries(path("up.pdf"))).toBe(1);
    await upgrade(earlier, data);
    await appendProof(path("up.pdf"), path("again.pdf"), { ...proof, validation: never });
    expect(judged(path("up.pdf"), path("again.pdf"))).toHaveLength(2);
  });
});

function derLength(der: Buffer): number {
  const count = (der[1] ?? 0) & 0x7f;
  return 2 + count + der.readUIntBE(2, count);
}
