import { readFileSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appendProof, appendSignature } from "../../../src/signing/append/append-signature.ts";
import { createUpgrader } from "../../../src/signing/create-upgrader.ts";
import { createVerifier } from "../../../src/signing/verify/verify.ts";
import { openAppendWorld } from "../append/append-world.ts";
import { signingSettings } from "../test-signer.ts";
import { appended, formPdf, OBJECTS, printed, put, streamText } from "./form-pdf.ts";

const world = openAppendWorld();
const { path, plain, proof } = world;
const file = path("signed.pdf");
const now = () => new Date();
const { catalog, pages, page, secondPage, content, field, hidden, note } = OBJECTS;
let signed: Buffer;
let seal = 0;

beforeAll(async () => {
  await appendSignature(put(path("in.pdf"), formPdf()), file, plain);
  signed = readFileSync(file);
  const annotations = /\/Annots ?\[([^\]]*)\]/u.exec(printed(file, page))?.[1] ?? "";
  seal = Number(/(\d+) 0 R\s*$/u.exec(annotations)?.[1]);
});
afterAll(() => rmSync(world.folder, { recursive: true }));

async function judge(source: Buffer | string) {
  const name = typeof source === "string" ? source : put(path("judged.pdf"), source);
  return createVerifier({ trust: [world.root.pem], now }).verify(name);
}

/** An update with something harmless, a DSS, and some objects more. */
function withDss(objects: Readonly<Record<number, string>>, name = file): Buffer {
  const harmless = printed(name, catalog).replace("/Type /Catalog", "/Type /Catalog /DSS << /Certs [] >>");
  return appended(readFileSync(name), { [catalog]: harmless, ...objects });
}

const edited = (num: number, from: RegExp | string, to: string) => {
  const old = printed(file, num);
  expect(old.replace(from, to)).not.toBe(old);
  return { [num]: old.replace(from, to) };
};

describe("validation data in the same update excuses nothing else:", () => {
  it("alone they are welcome", async () => {
    expect((await judge(withDss({}))).verdict).toBe("valid");
  });

  it.each<[string, () => Record<number, string>]>([
    ["a page tree that counts fewer pages", () => edited(pages, "/Count 2", "/Count 1")],
    ["a page tree that counts none, at the top", () => edited(2, "/Count 2", "/Count 0")],
    [
      "a page with another parent",
      () => ({
        ...edited(page, "/Parent 3 0 R", "/Parent 490 0 R"),
        490: "<< /Type /Pages /Parent 2 0 R /Count 1 /Kids [4 0 R] /Rotate 90 >>",
      }),
    ],
    ["a page that is none any more", () => edited(page, "/Type /Page", "/Type /Template")],
    ["a reference to nothing", () => edited(page, /\/Contents \d+ 0 R/u, `/Contents ${content} 1 R`)],
    [
      "a reference to nothing with a new number",
      () => ({
        ...edited(page, /\/Contents \d+ 0 R/u, "/Contents 491 1 R"),
        491: streamText("", "q 0.9 g 20 20 555.28 761.89 re f Q"),
      }),
    ],
    ["a seal on another page", () => edited(secondPage, "/Type /Page", `/Type /Page /Annots [${seal} 0 R]`)],
    [
      "annotations in another order",
      () => edited(page, /\/Annots ?\[(\d+ 0 R) (\d+ 0 R)/u, "/Annots [$2 $1"),
    ],
    ["an annotation drawn twice", () => edited(page, /\/Annots ?\[/u, `/Annots [${note} 0 R `)],
  ])("%s", async (_what, objects) => {
    const { verdict, signatures } = await judge(withDss(objects()));
    expect(verdict).toBe("invalid");
    expect(signatures[0]?.changes).toContainEqual(
      expect.objectContaining({ kind: "content", allowed: false }),
    );
  });

  it.each<[string, Record<number, string>]>([
    ["a hidden object redefined", { [hidden]: streamText("", "0 g") }],
    ["a new object that nothing leads to", { 492: streamText("", "0 g") }],
  ])("%s", async (_what, objects) => {
    expect((await judge(withDss(objects))).verdict).toBe("undetermined");
  });
});

describe("what a page draws with is compared though it be prepared as something else:", () => {
  const old = "q 0.9 g 20 20 555.28 761.89 re f Q";
  const evil = "q 1.0 g 20 20 555.28 761.89 re f Q";

  async function prepared(objects: Readonly<Record<number, string>>): Promise<string> {
    const source = formPdf();
    const name = path("prepared.pdf");
    await appendSignature(put(path("trap.pdf"), appended(source, objects)), name, plain);
    expect((await judge(name)).verdict).toBe("valid");
    return name;
  }

  it.each<[string, string]>([
    ["an annotation", "/Annots [10 0 R 12 0 R 14 0 R 8 0 R]"],
    ["a page's parent", "/Parent 8 0 R"],
  ])("as %s", async (_what, entry) => {
    const base = printed(put(path("plain.pdf"), formPdf()), page);
    const key = entry.startsWith("/Annots") ? /\/Annots ?\[[^\]]*\]/u : /\/Parent 3 0 R/u;
    const name = await prepared({
      [page]: base.replace(key, entry),
      [content]: streamText("/Subtype /Text", old),
    });
    const { verdict } = await judge(withDss({ [content]: streamText("/Subtype /Text", evil) }, name));
    expect(verdict).toBe("invalid");
  });

  it("as a form field that is filled in", async () => {
    const base = printed(put(path("plain.pdf"), formPdf()), page);
    const state = (shown: string) => printed(path("plain.pdf"), field).replace("/V <3031>", `/V ${shown}`);
    const look = (grey: string) => streamText("/Subtype /Form /BBox [0 0 99 99]", `${grey} g 0 0 99 99 re f`);
    const name = await prepared({
      [page]: base.replace(/\/Resources ?<<\s*>>/u, `/Resources << /XObject ${field} 0 R >>`),
      [field]: state("495 0 R"),
      [content]: streamText("", "/V Do"),
      495: look("0"),
    });
    const { verdict } = await judge(
      appended(readFileSync(name), { [field]: state("496 0 R"), 496: look("1") }),
    );
    expect(verdict).toBe("invalid");
  });
});

describe("a time stamp behind changes that nobody signed for", () => {
  const noted = () => ({
    ...edited(page, /\/Annots ?\[/u, "/Annots [481 0 R "),
    481: "<< /Type /Annot /Subtype /Stamp /Rect [0 0 300 300] /F 4 >>",
  });

  it("proves when they were there, and adopts nothing", async () => {
    const name = put(path("noted.pdf"), appended(signed, noted()));
    await appendProof(name, path("stamped.pdf"), proof);
    const { verdict, signatures } = await judge(path("stamped.pdf"));
    expect(verdict).toBe("undetermined");
    expect(signatures[0]?.reasons.join()).toContain("changed after signing");
  });

  it("is not made by us", async () => {
    const name = put(path("noted.pdf"), appended(signed, noted()));
    const settings = signingSettings({ level: "B-T", trust: [world.root.pem] });
    const nobody = async () => Promise.reject(new Error("asked"));
    const upgrader = createUpgrader({
      settings,
      trust: [world.root.pem],
      stamper: { stamp: nobody },
      validation: { collect: nobody },
    } as unknown as Parameters<typeof createUpgrader>[0]);
    await expect(upgrader.upgrade(name, path("raised.pdf"), now())).rejects.toMatchObject({
      code: "signature_broken",
      detail: expect.stringContaining("changed after signing"),
    });
  });

  it("nor does a later signer speak for one who did not see what was laid over the page", async () => {
    const name = put(path("noted.pdf"), appended(signed, noted()));
    await appendSignature(name, path("second.pdf"), plain);
    const { signatures } = await judge(path("second.pdf"));
    expect(signatures.map(({ verdict }) => verdict)).toEqual(["undetermined", "valid"]);
    expect(signatures[0]?.reasons.join()).toContain("added over what was signed");
  });
});
