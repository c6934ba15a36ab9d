import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appendProof, appendSignature } from "../../../src/signing/append/append-signature.ts";
import { createVerifier } from "../../../src/signing/verify/verify.ts";
import { issue, makePki, type SignerFiles, type TestPki } from "../../support/test-pki.ts";
import { openAppendWorld } from "../append/append-world.ts";
import { foreignPdf } from "../foreign-signature.ts";
import { appended, formPdf, OBJECTS, printed, put, streamText } from "./form-pdf.ts";

const world = openAppendWorld();
const { path, plain, proof } = world;
const file = path("signed.pdf");
let pki: TestPki;
let person: SignerFiles;
let signed: Buffer;

beforeAll(async () => {
  mkdirSync(path("foreign"));
  pki = makePki(path("foreign"));
  person = issue(pki, "person", "/C=VN/O=Sở Thí Điểm/CN=Lê Văn Ký");
  await appendSignature(put(path("in.pdf"), formPdf()), file, plain);
  signed = readFileSync(file);
});
afterAll(() => rmSync(world.folder, { recursive: true }));

async function judge(source: Buffer | string) {
  const name = typeof source === "string" ? source : put(path("judged.pdf"), source);
  return createVerifier({ trust: [world.root.pem, pki.root], now: () => new Date() }).verify(name);
}

const { field, other, note, page, info } = OBJECTS;
const looks = streamText("/Type /XObject /Subtype /Form /BBox [0 0 200 20]", "0 0 1 rg 0 0 9 9 re f");
const filled = () => ({
  [field]: printed(file, field).replace("<3031>", "(574)").replace("/N 11 0 R", "/N 480 0 R"),
  480: looks,
});
const noted = () => ({
  [page]: printed(file, page).replace(/\/Annots ?\[/u, "/Annots [481 0 R "),
  481: "<< /Type /Annot /Subtype /Text /Rect [0 0 30 30] /F 4 /Contents (y) >>",
});

describe("a document nobody certified", () => {
  it("stays valid under a further signature, a DSS and an archive stamp, each named", async () => {
    await appendSignature(file, path("second.pdf"), plain);
    await appendProof(path("second.pdf"), path("lta.pdf"), proof);
    const { verdict, signatures } = await judge(path("lta.pdf"));
    expect(verdict).toBe("valid");
    expect(signatures).toHaveLength(3);
    expect(signatures[0]?.changes?.map(({ kind }) => kind)).toEqual([
      "signature",
      "validation_data",
      "time_stamp",
    ]);
    expect(signatures[1]?.changes?.map(({ kind }) => kind)).toEqual(["validation_data", "time_stamp"]);
    expect(signatures.map(({ coversWholeFile }) => coversWholeFile)).toEqual([false, false, true]);
    expect(signatures.every(({ changes = [] }) => changes.every(({ allowed }) => allowed))).toBe(true);
  });

  it.each([
    ["a field filled in", filled, "form_filled"],
    [
      "an empty field filled in",
      () => ({ [other]: printed(file, other).replace("/FT", "/V (04) /FT") }),
      "form_filled",
    ],
    ["a comment", noted, "annotation"],
    ["a changed comment", () => ({ [note]: printed(file, note).replace("<78>", "(z)") }), "annotation"],
    ["a new title", () => ({ [info]: "<< /Title (khac) >>" }), "metadata"],
  ] as const)("with %s needs somebody to sign for it", async (_what, update, kind) => {
    const changed = appended(signed, update());
    const before = await judge(changed);
    expect(before.verdict).toBe("undetermined");
    expect(before.signatures[0]?.changes).toMatchObject([{ kind, allowed: true }]);
    await appendSignature(put(path("changed.pdf"), changed), path("again.pdf"), plain);
    const after = await judge(path("again.pdf"));
    expect(after.verdict).toBe("valid");
    expect(after.signatures[0]?.changes).toMatchObject([{ kind, allowed: true }, { kind: "signature" }]);
  });

  it("tells who reads it when the same objects are only written again", async () => {
    const again = appended(signed, { [page]: printed(file, page) });
    const { signatures } = await judge(again);
    expect(signatures[0]?.changes ?? []).toEqual([]);
  });

  it("does not trust a revision whose new content a later signature covers", async () => {
    const changed = appended(signed, { [OBJECTS.content]: streamText("", "1 0 0 rg 0 0 600 800 re f") });
    await appendSignature(put(path("changed.pdf"), changed), path("again.pdf"), plain);
    const { signatures } = await judge(path("again.pdf"));
    expect(signatures.map(({ verdict }) => verdict)).toEqual(["invalid", "valid"]);
  });
});

describe("a certified document (DocMDP)", () => {
  const FIELDS = {
    signature:
      "<< /FT /Sig /T (more) /V 491 0 R /Type /Annot /Subtype /Widget /Rect [0 0 0 0] /F 132 /P 4 0 R >>",
    text: "<< /FT /Tx /T (them) /Type /Annot /Subtype /Widget /Rect [9 9 99 99] /F 4 /P 4 0 R >>",
  };
  const reference = (p: number) =>
    `/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P ${p} /V /1.2 >> >>]`;
  const certified = (p: number) =>
    readFileSync(
      foreignPdf(pki, { subFilter: "adbe.pkcs7.detached", signer: person, entries: reference(p) }),
    );
  const sameCatalog = (bytes: Buffer, more: string) => {
    const name = put(path("certified.pdf"), bytes);
    return printed(name, 1).replace("/Type /Catalog", `/Type /Catalog ${more}`);
  };
  const updates: Record<string, (bytes: Buffer) => Record<number, string>> = {
    "validation data": (bytes) => ({ 1: sameCatalog(bytes, "/DSS << /Certs [] >>") }),
    "an empty signature field": (bytes) => ({
      1: sameCatalog(bytes, "").replace("11 0 R]", "11 0 R 490 0 R]"),
      490: FIELDS.signature.replace("/V 491 0 R", ""),
    }),
    "a comment": (bytes) => ({
      4: printed(put(path("certified.pdf"), bytes), 4).replace(
        "/Type /Page",
        "/Type /Page /Annots [492 0 R]",
      ),
      492: "<< /Type /Annot /Subtype /Text /Rect [1 1 9 9] /F 4 >>",
    }),
    "a new field": (bytes) => ({
      1: sameCatalog(bytes, "").replace("11 0 R]", "11 0 R 493 0 R]"),
      493: FIELDS.text,
    }),
  };

  it.each<[number, string, string]>([
    [1, "validation data", "valid"],
    [1, "an empty signature field", "invalid"],
    [1, "a comment", "invalid"],
    [2, "an empty signature field", "valid"],
    [2, "a comment", "invalid"],
    [2, "a new field", "invalid"],
    [3, "a comment", "valid"],
    [3, "a new field", "invalid"],
  ])("with P %d and %s behind it is %s", async (level, what, verdict) => {
    const bytes = certified(level);
    const report = await judge(appended(bytes, updates[what]?.(bytes) ?? {}));
    expect(report.verdict).toBe(verdict);
    expect(report.signatures[0]?.changes).toMatchObject([{ allowed: verdict === "valid" }]);
    if (verdict === "invalid") expect(report.signatures[0]?.reasons[0]).toContain("not permitted by DocMDP");
  });

  it("cannot be relaxed by a later revision of its dictionary", async () => {
    const bytes = certified(1);
    const comment = updates["a comment"]?.(bytes) ?? {};
    const relaxed = appended(bytes, {
      ...comment,
      11: printed(path("certified.pdf"), 11).replace(
        "/FT",
        "/Lock << /Action /Include /Fields [] /P 3 >> /FT",
      ),
    });
    expect((await judge(relaxed)).verdict).toBe("invalid");
  });
});

describe("a signature that locks fields (FieldMDP)", () => {
  const lock = (action: string) =>
    `/Reference [<< /TransformMethod /FieldMDP /TransformParams << /Action /${action} /Fields [(so)] >> >>]`;
  const FORM = "<< /FT /Tx /T (so) /Type /Annot /Subtype /Widget /Rect [9 9 99 99] /F 4 >>";

  it.each([
    ["Include", "invalid"],
    ["All", "invalid"],
    ["Exclude", "undetermined"],
  ])("with /%s is %s once the field was filled in", async (action, verdict) => {
    const bytes = readFileSync(
      foreignPdf(pki, {
        subFilter: "adbe.pkcs7.detached",
        signer: person,
        entries: lock(action),
        fields: [FORM],
      }),
    );
    const report = await judge(appended(bytes, { 12: FORM.replace("/FT", "/V (9) /FT") }));
    expect(report.verdict).toBe(verdict);
    expect(report.signatures[0]?.changes).toMatchObject([
      { kind: "form_filled", allowed: verdict !== "invalid" },
    ]);
  });
});
