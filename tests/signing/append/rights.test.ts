import { existsSync, rmSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { appendProof, appendSignature } from "../../../src/signing/append/append-signature.ts";
import { createVerifier } from "../../../src/signing/verify/verify.ts";
import { run } from "../judges.ts";
import { judged, openAppendWorld } from "./append-world.ts";
import { type Certified, certifiedPdf, docMdp, fieldMdp } from "./certified-pdf.ts";

const world = openAppendWorld();
const { path, plain, proof } = world;
afterAll(() => rmSync(world.folder, { recursive: true }));
const [source, out] = [path("in.pdf"), path("out.pdf")];
const forbidden = expect.objectContaining({ code: "signing_forbidden" }) as Error;

async function given(certified: Partial<Certified>): Promise<void> {
  world.put("in.pdf", await certifiedPdf({ ...certified, cms: plain.cms }));
}

describe("a signature in the file forbids a further one", () => {
  it.each<[string, Partial<Certified>]>([
    ["that certifies it with P=1", { reference: docMdp(1), certifies: true }],
    ["with P=1, named by its field alone", { reference: docMdp(1) }],
    ["that locks all fields", { reference: fieldMdp("/Action/All") }],
    ["that locks all fields but one", { reference: fieldMdp("/Action/Exclude/Fields[(name)]") }],
    ["whose field locks the document", { field: "/Lock<</Type/SigFieldLock/Action/Include/Fields[]/P 1>>" }],
    ["whose field locks all fields", { field: "/Lock<</Type/SigFieldLock/Action/All>>" }],
  ])("%s", async (_, certified) => {
    await given(certified);
    await expect(appendSignature(source, out, plain)).rejects.toThrow(forbidden);
    expect(existsSync(out)).toBe(false);
  });

  it("but not the proof of what is signed", async () => {
    await given({ reference: docMdp(1), certifies: true });
    await appendProof(source, out, proof);
    expect(judged(source, out)).toHaveLength(2);
    rmSync(out);
  });
});

describe("a further signature is allowed and the first stays valid", () => {
  it.each<[string, Partial<Certified>]>([
    ["when nothing is said", {}],
    ["with P=2", { reference: docMdp(2), certifies: true }],
    ["with P=3", { reference: docMdp(3), certifies: true }],
    ["when P is not told, which means 2", { reference: docMdp(undefined), certifies: true }],
    [
      "when some fields by name are locked",
      { reference: fieldMdp("/Action/Include/Fields[(first)(SoHoa2)]") },
    ],
    [
      "when a field that nobody signed has a lock",
      {
        form: "<</Fields[5 0 R 8 0 R]/SigFlags 3>>",
        more: ["<</FT/Sig/T(empty)/Lock<</Type/SigFieldLock/Action/All/P 1>>>>"],
      },
    ],
  ])("%s", async (_, certified) => {
    await given(certified);
    await appendSignature(source, out, plain);
    expect(judged(source, out)).toEqual(["Signature is Valid.", "Signature is Valid."]);
    const now = () => new Date(Date.now() + 60_000);
    const { verdict, signatures } = await createVerifier({ trust: [world.root.pem], now }).verify(out);
    expect(verdict).toBe("valid");
    expect(signatures[0]?.changes?.map(({ kind, allowed }) => `${kind} ${allowed}`)).toEqual([
      "signature true",
    ]);
  });

  it("under a name that no signature locks", async () => {
    await given({ reference: fieldMdp("/Action/Include/Fields[(first)(SoHoa2)]") });
    await appendSignature(source, out, plain);
    expect(run("pdfsig", ["-nocert", out])).toContain("Field Name: SoHoa3");
  });
});
