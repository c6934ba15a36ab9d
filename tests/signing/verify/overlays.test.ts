import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createVerifier } from "../../../src/signing/verify/verify.ts";
import { issue, makePki, type SignerFiles, type TestPki } from "../../support/test-pki.ts";
import { openAppendWorld } from "../append/append-world.ts";
import { foreignPdf } from "../foreign-signature.ts";
import { appended, printed, put, streamText } from "./form-pdf.ts";

const world = openAppendWorld();
const { path } = world;
let pki: TestPki;
let signer: SignerFiles;

beforeAll(() => {
  mkdirSync(path("foreign"));
  pki = makePki(path("foreign"));
  signer = issue(pki, "person", "/C=VN/O=Sở Thí Điểm/CN=Lê Văn Ký");
});
afterAll(() => rmSync(world.folder, { recursive: true }));

const BOX = "/Type /XObject /Subtype /Form /BBox [0 0 300 300]";
const WIDGET = "/Type /Annot /Subtype /Widget /Rect [9 9 309 309] /F 4 /P 4 0 R";
const HIDDEN = WIDGET.replace("/F 4", "/F 2");
const FIELDS = [
  `<< /FT /Btn /Ff 65536 /T (nut) ${WIDGET} /AP << /N 14 0 R >> >>`,
  `<< /FT /Tx /T (so) /V (100) ${WIDGET} /AP << /N 14 0 R >> >>`,
];
const opaque = streamText(BOX, "1 g 0 0 300 300 re f");

/** Signed by a certifier who allows `p`; objects 12 and 13 are a push button and a text field. */
function certified(p: number): Buffer {
  const entries = `/Reference [<< /TransformMethod /DocMDP /TransformParams << /P ${p} /V /1.2 >> >>]`;
  const look = streamText(BOX, "0 g 0 0 9 9 re f");
  const subFilter = "adbe.pkcs7.detached";
  return readFileSync(foreignPdf(pki, { subFilter, signer, entries, fields: [...FIELDS, look] }));
}

async function judge(bytes: Buffer, objects: (name: string) => Record<number, string>) {
  const all = Object.entries(objects(put(path("base.pdf"), bytes)));
  // An object that nothing leads to would be a doubt of its own.
  const used = all.filter(
    ([num]) => Number(num) < 490 || all.some(([, text]) => text.includes(`${num} 0 R`)),
  );
  const changed = appended(bytes, Object.fromEntries(used));
  const verifier = createVerifier({ trust: [pki.root], now: () => new Date() });
  const { verdict, signatures } = await verifier.verify(put(path("judged.pdf"), changed));
  return { verdict, first: signatures.find(({ changes }) => changes !== undefined) };
}

/** The form with one field more, number 490. */
const withField = (name: string, field: string) => ({
  1: printed(name, 1).replace(/\/Fields ?\[/u, "/Fields [490 0 R "),
  490: field,
});

describe("in a document whose certifier lets others fill in and sign (P 2)", () => {
  it.each<[string, string, string]>([
    ["an empty field to sign in", `<< /FT /Sig /T (moi) ${WIDGET} >>`, "valid"],
    ["one with an empty picture", `<< /FT /Sig /T (moi) ${WIDGET} /AP << /N 491 0 R >> >>`, "valid"],
    ["one with a picture", `<< /FT /Sig /T (moi) ${WIDGET} /AP << /N 492 0 R >> >>`, "invalid"],
    ["one with a background", `<< /FT /Sig /T (moi) ${WIDGET} /MK << /BG [1] >> >>`, "invalid"],
    ["a hidden one with a picture", `<< /FT /Sig /T (moi) ${HIDDEN} /AP << /N 492 0 R >> >>`, "valid"],
  ])("%s", async (_what, field, expected) => {
    const { verdict } = await judge(certified(2), (name) => ({
      ...withField(name, field),
      491: streamText(BOX, "% DSBlank"),
      492: opaque,
    }));
    expect(verdict).toBe(expected);
  });

  it.each<[string, number, (old: string) => string, string]>([
    ["a text field's value and picture", 13, (old) => old.replace("<313030>", "(200)"), "valid"],
    ["a text field's picture alone", 13, (old) => old, "invalid"],
    [
      "the picture of a push button, which has no value",
      12,
      (old) => old.replace("/FT", "/V (x) /FT"),
      "invalid",
    ],
  ])("%s", async (_what, num, change, expected) => {
    const { verdict, first } = await judge(certified(2), (name) => ({
      [num]: change(printed(name, num)).replace("14 0 R", "492 0 R"),
      492: opaque,
    }));
    expect(verdict).toBe(expected);
    expect(first?.changes).toMatchObject([{ kind: expected === "valid" ? "form_filled" : "content" }]);
  });

  it.each<[string, string, string]>([
    ["shows nothing", "[0 0 0 0]", "time_stamp"],
    ["shows a picture", "[0 0 300 300]", "content"],
  ])("a time stamp of the document that %s", async (_what, rectangle, kind) => {
    const widget = `/Type /Annot /Subtype /Widget /Rect ${rectangle} /F 4 /AP << /N 492 0 R >>`;
    const { first } = await judge(certified(2), (name) => ({
      ...withField(name, `<< /FT /Sig /T (moc) /V 493 0 R ${widget} >>`),
      492: opaque,
      493: "<< /Type /DocTimeStamp /SubFilter /ETSI.RFC3161 >>",
    }));
    expect(first?.changes?.[0]).toMatchObject({ kind, allowed: kind === "time_stamp" });
  });
});

describe("in a document whose certifier lets others comment (P 3)", () => {
  const commented = async (annotation: string) =>
    judge(certified(3), (name) => ({
      4: printed(name, 4).replace("/Type /Page", "/Type /Page /Annots [494 0 R]"),
      494: annotation,
      492: opaque,
    }));

  it.each([
    "<< /Type /Annot /Subtype /Stamp /Rect [0 0 300 300] /F 4 >>",
    "<< /Type /Annot /Subtype /Highlight /Rect [0 0 300 300] /F 4 /AP << /N 492 0 R >> >>",
  ])("people are told of what may hide the text: %s", async (annotation) => {
    const { verdict, first } = await commented(annotation);
    expect(verdict).toBe("valid");
    expect(first?.notes?.join()).toContain("look at what was added");
  });

  it("a small note is no matter", async () => {
    const { verdict, first } = await commented("<< /Type /Annot /Subtype /Text /Rect [1 1 20 20] /F 4 >>");
    expect(verdict).toBe("valid");
    expect(first?.notes?.join() ?? "").not.toContain("look at what was added");
  });

  it("a picture in a field that nobody signed is no comment", async () => {
    const field = `<< /FT /Sig /T (moi) ${WIDGET} /AP << /N 492 0 R >> >>`;
    const { verdict } = await judge(certified(3), (name) => ({ ...withField(name, field), 492: opaque }));
    expect(verdict).toBe("invalid");
  });
});

describe("what a form has prepared is not brought to light by others (P 2)", () => {
  const prepared = `<< /FT /Btn /Ff 65536 /T (nut) ${WIDGET} /AP << /N << /a 14 0 R /b 14 0 R >> >>`;

  it.each<[string, (name: string) => Record<number, string>]>([
    ["a push button's other state", () => ({ 12: `${prepared} /AS /b >>` })],
    [
      "a default font for fields that had none",
      (name) => ({ 1: printed(name, 1).replace(/\/Fields ?\[/u, "/DA (/F1 30 Tf 0 g) /Fields [") }),
    ],
  ])("%s", async (_what, objects) => {
    const { verdict } = await judge(certified(2), objects);
    expect(verdict).toBe("invalid");
  });
});

it.each<[string, string, boolean]>([
  ["a seal", "[9 9 309 309]", false],
  ["a whole page", "[0 0 595 842]", true],
])("a later signature with a picture like %s", async (_what, box, doubted) => {
  const widget = WIDGET.replace("[9 9 309 309]", box);
  const { first } = await judge(certified(2), (name) => ({
    ...withField(name, `<< /FT /Sig /T (moi) /V 491 0 R ${widget} /AP << /N 492 0 R >> >>`),
    491: "<< /Type /Sig /SubFilter /adbe.pkcs7.detached /ByteRange [0 1 2 3] /Contents <00> >>",
    492: opaque,
  }));
  expect(first?.changes?.map(({ kind }) => kind)).toContain("signature");
  expect(first?.reasons.some((one) => one.includes("added over what was signed"))).toBe(doubted);
});
