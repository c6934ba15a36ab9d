import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { appendSignature } from "../../../src/signing/append/append-signature.ts";
import { smallPdf } from "../../pdf/small-pdf.ts";
import { opensslAccepts } from "../../support/judges.ts";
import { run, signatureParts } from "../judges.ts";
import { judged, openAppendWorld } from "./append-world.ts";

const world = openAppendWorld();
const { path, plain, proof, put } = world;
afterAll(() => rmSync(world.folder, { recursive: true }));
const VALID = "Signature is Valid.";

const HELLO = "BT /F0 20 Tf 30 150 Td (Hello paper world) Tj ET";
const FONT = "/Resources<</Font<</F0<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>";
const twoPages = (page = "") =>
  smallPdf(
    [
      "<</Type/Catalog/Pages 2 0 R>>",
      "<</Type/Pages/Count 2/Kids 3 0 R/MediaBox[0 0 400 300]>>",
      "[4 0 R 5 0 R]",
      `<</Type/Page/Parent 2 0 R/Contents 6 0 R${FONT}${page}>>`,
      `<</Type/Page/Parent 2 0 R/Contents 6 0 R${FONT}>>`,
      { dict: "", data: Buffer.from(HELLO) },
    ],
    "/ID[<00112233445566778899AABBCCDDEEFF><00>]/Own(kept)",
  );
put("plain.pdf", twoPages());

/** What stands behind the bytes of the input. */
const added = (input: string, output: string) =>
  readFileSync(output).subarray(readFileSync(input).length).toString("latin1");

describe.each([
  ["a classic table", ["--object-streams=disable"], "table"],
  ["object and cross-reference streams", ["--object-streams=generate"], "stream"],
  ["linearization", ["--linearize", "--object-streams=disable"], "table"],
  ["linearization and streams", ["--linearize", "--object-streams=generate"], "stream"],
])("a file with %s", (_, options, kind) => {
  const input = path(`input${options.join("")}.pdf`);
  run("qpdf", [...options, path("plain.pdf"), input]);

  it("is signed three times in its own kind, twice with all proof; every signature stays valid", async () => {
    const steps = [input, path("1.pdf"), path("2.pdf"), path("3.pdf")];
    for (const [index, request] of [{ ...plain, ...proof }, plain, { ...plain, ...proof }].entries())
      await appendSignature(steps[index] ?? "", steps[index + 1] ?? "", request);
    const last = steps[3] ?? "";
    expect(judged(input, last).filter((word) => word === VALID)).toHaveLength(3);
    const text = added(input, last);
    expect(text.match(/\nxref\n/gu)?.length ?? 0).toBe(kind === "table" ? 7 : 0);
    expect(text.match(/\/Type\/XRef/gu)?.length ?? 0).toBe(kind === "stream" ? 7 : 0);
    // Two of the revisions are time stamps, which openssl judges elsewhere.
    const accepted = signatureParts(last).map(({ signed, cms }) =>
      opensslAccepts(signed, cms, world.root.pem, path("scratch")),
    );
    expect(accepted.filter(Boolean)).toHaveLength(3);
    expect(run("pdftotext", [last, "-"])).toContain("Hello paper world");
  });

  it("keeps what its trailer said, and the first half of the identifier", async () => {
    await appendSignature(input, path("once.pdf"), plain);
    const ids = [...added(input, path("once.pdf")).matchAll(/\/ID \[<([0-9a-f]*)> <([0-9a-f]*)>\]/gu)];
    expect(ids.map(([, first]) => first)).toEqual(["00112233445566778899aabbccddeeff"]);
    expect(ids[0]?.[2]).toMatch(/^[0-9a-f]{32}$/u);
    expect(run("qpdf", ["--show-object=trailer", path("once.pdf")])).toContain("/Own (kept)");
  });
});

describe("what is not changed keeps its meaning", () => {
  const ODD =
    "/Odd<</A#20B#2f(a\\)b\\\\\\(c\\050)/N[-0.5 +7 .25 4. 100000.25 -3]/T[true null false]/H<0aFF1>/R 6 0 R/D<</E[]>>>>" +
    "/Tabs/S/StructParents 0";

  it("when page and catalog are written anew", async () => {
    put("odd.pdf", twoPages(ODD));
    await appendSignature(path("odd.pdf"), path("odd-out.pdf"), plain);
    const before = run("qpdf", ["--show-object=4", path("odd.pdf")]).trim();
    const after = run("qpdf", ["--show-object=4", path("odd-out.pdf")]).trim();
    expect(after).toMatch(/\/Annots \[ \d+ 0 R \]/u);
    const numbers = (text: string) =>
      text
        .replace(/ \/Annots \[ \d+ 0 R \]/u, "")
        .replaceAll(/[-+]?\d*\.\d*/gu, (number) => String(Number(number)));
    expect(numbers(after).replaceAll(/\s+/gu, " ")).toBe(
      numbers(before).replaceAll("+7", "7").replaceAll(/\s+/gu, " "),
    );
  });

  it("and an object keeps its generation", async () => {
    const old = twoPages().toString("latin1");
    const row = old.indexOf("00000 n", old.indexOf("\nxref") + 4 * 20 + 10);
    const bytes = `${old.slice(0, row)}00003${old.slice(row + 5)}`
      .replace("\n4 0 obj", "\n4 3 obj")
      .replace("[4 0 R 5", "[4 3 R 5");
    put("generation.pdf", Buffer.from(bytes, "latin1"));
    await appendSignature(path("generation.pdf"), path("generation-out.pdf"), plain);
    expect(judged(path("generation.pdf"), path("generation-out.pdf"))).toEqual([VALID]);
    const text = added(path("generation.pdf"), path("generation-out.pdf"));
    expect(text).toContain("\n4 3 obj\n");
    expect(text).toMatch(/\n4 1\n\d{10} 00003 n \n|\d{10} 00003 n \n/u);
    expect(text).toContain("/P 4 3 R");
  });

  it("when the last line of the file has no end", async () => {
    writeFileSync(path("bare.pdf"), twoPages().subarray(0, -1));
    await appendSignature(path("bare.pdf"), path("bare-out.pdf"), plain);
    expect(judged(path("bare.pdf"), path("bare-out.pdf"))).toEqual([VALID]);
  });

  it("and the same request on the same file gives the same bytes", async () => {
    const request = { ...plain, cms: async () => Buffer.alloc(100, 1) };
    await appendSignature(path("plain.pdf"), path("first.pdf"), request);
    await appendSignature(path("plain.pdf"), path("again.pdf"), request);
    expect(readFileSync(path("first.pdf")).equals(readFileSync(path("again.pdf")))).toBe(true);
  });
});
