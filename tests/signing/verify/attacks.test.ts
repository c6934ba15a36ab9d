import { readFileSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SignatureInfo } from "../../../src/domain/document.ts";
import { appendSignature } from "../../../src/signing/append/append-signature.ts";
import { createVerifier } from "../../../src/signing/verify/verify.ts";
import { openAppendWorld } from "../append/append-world.ts";
import { pdfsig } from "../judges.ts";
import { appended, formPdf, OBJECTS, printed, put, streamText } from "./form-pdf.ts";

const world = openAppendWorld();
const { path, plain } = world;
const file = path("signed.pdf");
const verifier = createVerifier({ trust: [world.root.pem], now: () => new Date() });
let signed: Buffer;
let widget = 0;
let value = 0;

beforeAll(async () => {
  await appendSignature(put(path("in.pdf"), formPdf()), file, plain);
  signed = readFileSync(file);
  const fields = [...printed(file, 1).matchAll(/(\d+) 0 R/gu)].map(([, num]) => Number(num));
  widget = fields.find((num) => printed(file, num).includes("/FT /Sig")) ?? widgetOf(fields);
  value = Number(/\/V (\d+) 0 R/u.exec(printed(file, widget))?.[1]);
});
afterAll(() => rmSync(world.folder, { recursive: true }));

/** The form may be an object of its own. */
function widgetOf(numbers: readonly number[]): number {
  const inner = numbers.flatMap((num) =>
    [...printed(file, num).matchAll(/(\d+) 0 R/gu)].map(([, found]) => Number(found)),
  );
  return inner.find((num) => printed(file, num).includes("/FT /Sig")) ?? 0;
}

async function judge(bytes: Buffer) {
  return verifier.verify(put(path("judged.pdf"), bytes));
}

const reasonsOf = (signatures: readonly SignatureInfo[]) =>
  signatures.flatMap(({ reasons }) => reasons).join("; ");
/** An update that rewrites one object of the signed file, by editing its text. */
const edited = (num: number, from: RegExp | string, to: string) => {
  const old = printed(file, num);
  const text = old.replace(from, to);
  expect(text).not.toBe(old);
  return appended(signed, { [num]: text });
};

it("the signed file itself is valid", async () => {
  expect(await judge(signed)).toMatchObject({ verdict: "valid", signatures: [{ coversWholeFile: true }] });
});

describe("what is shown was replaced behind the signature (shadow attacks)", () => {
  const { catalog, page, content, hidden, secondPage, look, field } = OBJECTS;

  it.each<[string, () => Buffer]>([
    [
      "the page's content stream",
      () => appended(signed, { [content]: streamText("", "q 1 0 0 rg 0 0 600 800 re f Q") }),
    ],
    [
      "the page's content by one hidden in the signed file",
      () => edited(page, /\/Contents \d+ 0 R/u, `/Contents ${hidden} 0 R`),
    ],
    ["the page's rotation", () => edited(page, "/Type /Page", "/Type /Page /Rotate 90")],
    ["the page's box", () => edited(page, "/Type /Page", "/Type /Page /CropBox [0 0 100 100]")],
    ["the page's fonts", () => edited(page, "/Type /Page", "/Type /Page /UserUnit 2")],
    ["the order of the pages", () => edited(3, "4 0 R 5 0 R", "5 0 R 4 0 R")],
    ["the number of pages", () => edited(3, "4 0 R 5 0 R", "4 0 R")],
    ["the second page", () => edited(secondPage, /\/Contents \d+ 0 R/u, `/Contents ${hidden} 0 R`)],
    [
      "the look of a field nobody filled in",
      () =>
        appended(signed, {
          [look]: streamText("/Type /XObject /Subtype /Form /BBox [0 0 200 20]", "1 g 0 0 200 20 re f"),
        }),
    ],
    ["the place of a field", () => edited(field, /\/Rect \[[^\]]*\]/u, "/Rect [0 0 500 500]")],
    ["a field that was shown", () => edited(field, "/F 4", "/F 2")],
    ["layers", () => edited(catalog, "/Type /Catalog", "/Type /Catalog /OCProperties << /OCGs [] >>")],
    [
      "what happens on opening",
      () =>
        edited(catalog, "/Type /Catalog", "/Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert) >>"),
    ],
    [
      "attached files",
      () => edited(catalog, "/Type /Catalog", "/Type /Catalog /Names << /EmbeddedFiles << /Names [] >> >>"),
    ],
  ])("%s", async (_what, attack) => {
    const { verdict, signatures } = await judge(attack());
    expect(verdict).toBe("invalid");
    expect(reasonsOf(signatures)).toContain("content changed after signing");
    expect(signatures[0]?.changes).toContainEqual(
      expect.objectContaining({ kind: "content", allowed: false }),
    );
    // The signed bytes are untouched: integrity alone does not find it.
    expect(pdfsig(path("judged.pdf"), "-nocert")).toContain("Signature is Valid");
  });

  it.each<[string, () => Buffer]>([
    ["its appearance", () => edited(widget, /\/AP ?<</u, `/AP << /D ${look} 0 R`)],
    ["its place", () => edited(widget, /\/Rect \[[^\]]*\]/u, "/Rect [0 0 500 500]")],
    ["its value", () => edited(widget, `/V ${value} 0 R`, "/V 400 0 R")],
    ["its field, taken out of the form", () => withoutField()],
    [
      "its form, with another catalog",
      () =>
        appended(
          signed,
          {
            300: "<< /Type /Catalog /Pages 301 0 R >>",
            301: "<< /Type /Pages /Count 1 /Kids [302 0 R] >>",
            302: `<< /Type /Page /Parent 301 0 R /MediaBox [0 0 595 842] /Contents ${hidden} 0 R >>`,
          },
          "/Root 300 0 R",
        ),
    ],
  ])("the signature: %s", async (_what, attack) => {
    const { verdict, signatures } = await judge(attack());
    expect(verdict).toBe("invalid");
    expect(reasonsOf(signatures)).toContain("content changed after signing");
  });

  it("the picture drawn in the signature's box", async () => {
    const picture = Number(/\/N (\d+) 0 R/u.exec(printed(file, widget))?.[1]);
    const { signatures } = await judge(
      appended(signed, { [picture]: streamText("/Subtype /Form /BBox [0 0 9 9]", "0 g") }),
    );
    expect(reasonsOf(signatures)).toContain("signature appearance changed");
  });
});

/** Number of the object that holds the form: its own, or the catalog. */
function formNumber(): number {
  return Number(/\/AcroForm (\d+) 0 R/u.exec(printed(file, 1))?.[1] ?? 1);
}

function withoutField(): Buffer {
  return edited(formNumber(), new RegExp(`(/Fields ?\\[[^\\]]*?) ?${widget} 0 R`, "u"), "$1");
}

describe("objects are appended that no table names (incremental saving attacks)", () => {
  it.each<[string, string]>([
    ["alone", "\n8 0 obj\n<< /Length 3 >>\nstream\n0 g\nendstream\nendobj\n"],
    [
      "with a trailer",
      "\n8 0 obj\n<< /Length 3 >>\nstream\n0 g\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n",
    ],
    [
      "with a table that does not fit",
      "\n8 0 obj\n<< >>\nendobj\nxref\nbroken\ntrailer\n<< >>\nstartxref\n99\n%%EOF\n",
    ],
  ])("%s", async (_how, more) => {
    const { verdict, signatures } = await judge(Buffer.concat([signed, Buffer.from(more)]));
    expect(verdict).toBe("invalid");
    expect(signatures[0]?.coversWholeFile).toBe(false);
    expect(reasonsOf(signatures)).toContain("unlisted object redefined after signing");
  });

  it("of which nothing in the document speaks", async () => {
    const { verdict, signatures } = await judge(appended(signed, { 450: "<< /Junk true >>" }));
    expect(verdict).toBe("undetermined");
    expect(reasonsOf(signatures)).toContain("changed after signing");
  });
});

describe("the signature is forged or moved", () => {
  const text = () => signed.toString("latin1");
  const range = () => /\/ByteRange ?\[([\d\s]+)\]/u.exec(text())?.[1]?.trim().split(/\s+/u).map(Number) ?? [];
  const latin1 = (changed: string) => Buffer.from(changed, "latin1");

  it.each<[string, (dictionary: string) => string]>([
    ["without /ByteRange", (dictionary) => dictionary.replace(/\/ByteRange ?\[[^\]]*\]/u, "")],
    [
      "with an empty /ByteRange",
      (dictionary) => dictionary.replace(/\/ByteRange ?\[[^\]]*\]/u, "/ByteRange []"),
    ],
    [
      "with negative numbers",
      (dictionary) => dictionary.replace(/\/ByteRange ?\[[^\]]*\]/u, "/ByteRange [0 -1 -1 -1]"),
    ],
    ["without /Contents", (dictionary) => dictionary.replace(/\/Contents ?<[^>]*>/u, "")],
    ["with null for /Contents", (dictionary) => dictionary.replace(/\/Contents ?<[^>]*>/u, "/Contents null")],
    [
      "with zeros for /Contents",
      (dictionary) => dictionary.replace(/\/Contents ?<[^>]*>/u, "/Contents <0000>"),
    ],
  ])("its value is written anew %s (universal signature forgery)", async (_how, change) => {
    const { verdict } = await judge(appended(signed, { [value]: change(printed(file, value)) }));
    expect(verdict).toBe("invalid");
  });

  it("the gap is made wider and other objects are put into it (signature wrapping)", async () => {
    const [, gapStart = 0, gapEnd = 0, rest = 0] = range();
    const evil = "\n8 0 obj\n<< /Length 3 >>\nstream\n0 g\nendstream\nendobj\n";
    const moved = gapEnd + evil.length;
    const wrapped = `${text().slice(0, gapEnd)}${evil}${text().slice(gapEnd)}`;
    const numbers = (n: number) => String(n).padStart(10);
    const bytes = latin1(
      wrapped.replace(/\/ByteRange ?\[[\d\s]+\]/u, (old) =>
        `/ByteRange [0 ${numbers(gapStart)} ${numbers(moved)} ${numbers(rest)}]`
          .padEnd(old.length)
          .slice(0, old.length),
      ),
    );
    const { verdict, signatures } = await judge(bytes);
    expect(verdict).toBe("invalid");
    expect(reasonsOf(signatures)).toMatch(/ByteRange gap|digest mismatch|revision it covers/u);
  });

  it("a second dictionary that no field names repeats it", async () => {
    const copy =
      text()
        .slice(text().indexOf(`\n${value} 0 obj`))
        .split("endobj")[0]
        ?.split("obj\n")[1] ?? "";
    const { verdict, signatures } = await judge(appended(signed, { 460: copy }));
    expect(verdict).toBe("invalid");
    expect(signatures).toHaveLength(2);
    expect(reasonsOf(signatures)).toContain("without a field");
  });

  it("the field points to a copy behind the signed bytes", async () => {
    const copy =
      text()
        .slice(text().indexOf(`\n${value} 0 obj`))
        .split("endobj")[0]
        ?.split("obj\n")[1] ?? "";
    const pointing = printed(file, widget).replace(`/V ${value} 0 R`, "/V 460 0 R");
    const { verdict, signatures } = await judge(appended(signed, { 460: copy, [widget]: pointing }));
    expect(verdict).toBe("invalid");
    expect(reasonsOf(signatures)).toContain("ByteRange gap");
    expect(reasonsOf(signatures)).toContain("content changed after signing");
  });

  it("two fields share it", async () => {
    const twin = printed(file, widget).replace(/\/T ?(?:\([^)]*\)|<[^>]*>)/u, "/T (twin)");
    const form = formNumber();
    const fields = printed(file, form).replace(/\/Fields ?\[/u, "/Fields [470 0 R ");
    const { verdict, signatures } = await judge(appended(signed, { 470: twin, [form]: fields }));
    expect(verdict).toBe("invalid");
    expect(reasonsOf(signatures)).toContain("one signature value for several fields");
  });

  it("a comment shows another /ByteRange than the one that counts", async () => {
    const { verdict } = await judge(
      latin1(text().replace("/ByteRange", "%/ByteRange [0 1 2 3]\n/ByteRange")),
    );
    expect(verdict).toBe("invalid");
  });
});
