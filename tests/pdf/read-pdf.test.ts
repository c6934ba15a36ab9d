import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { createPdfTools } from "../../src/pdf/pdf-tools.ts";
import { FULL_IMAGE, onePagePdf, run, scratch, smallPdf } from "./small-pdf.ts";

const place = scratch();
const tools = createPdfTools({ workFolder: place.folder });
afterAll(async () => {
  await tools.close();
  place.clean();
});

const HELLO = "BT /F0 20 Tf 30 200 Td (Hello paper world) Tj ET";
const GREY = {
  dict: "/Width 4/Height 3/BitsPerComponent 8/ColorSpace/DeviceGray",
  data: Buffer.alloc(12, 90),
};
let counter = 0;
const put = (bytes: Buffer): string => place.put(`${(counter += 1)}.pdf`, bytes);
const kinds = async (path: string): Promise<string[]> =>
  (await tools.inspect(path)).pages.map(({ kind }) => kind);

describe("structure", () => {
  const plain = (): string => put(onePagePdf({ content: HELLO }));

  it("reads a classic cross-reference table", async () => {
    const info = await tools.inspect(plain());
    expect(info).toEqual({
      pages: [{ kind: "text", widthPt: 400, heightPt: 300 }],
      signatures: 0,
      attachments: false,
      bookmarks: false,
      repairs: [],
    });
  });

  it("sees files inside the file, pinned to a page or in its catalog, and bookmarks", async () => {
    const attached = join(place.folder, "attached.pdf");
    run("qpdf", plain(), "--add-attachment", plain(), "--", attached);
    expect(await tools.inspect(attached)).toMatchObject({ attachments: true, bookmarks: false });
    const pin = "/Annots[<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]>>]";
    const pinned = put(onePagePdf({ content: HELLO, page: pin }));
    expect(await tools.inspect(pinned)).toMatchObject({ attachments: true });
    const catalog = "/Outlines<</First<</Title(1)>>>>";
    const marked = readFileSync(plain(), "latin1").replace("/Type/Catalog", `/Type/Catalog${catalog}`);
    expect(await tools.inspect(put(Buffer.from(marked, "latin1")))).toMatchObject({ bookmarks: true });
  });

  it("reads cross-reference and object streams", async () => {
    const packed = join(place.folder, "packed.pdf");
    run("qpdf", "--object-streams=generate", plain(), packed);
    expect(readFileSync(packed).includes("/ObjStm")).toBe(true);
    expect(await tools.inspect(packed)).toMatchObject({ pages: [{ kind: "text" }], repairs: [] });
  });

  it("reads a linearized file", async () => {
    const linear = join(place.folder, "linear.pdf");
    run("qpdf", "--linearize", "--object-streams=generate", plain(), linear);
    expect(await tools.inspect(linear)).toMatchObject({ pages: [{ kind: "text" }], repairs: [] });
  });

  it("lets an appended update win over what it replaces", async () => {
    const first = onePagePdf({ content: HELLO });
    const at = first.length;
    const previous = /startxref\n(\d+)/u.exec(first.toString("latin1"))?.[1];
    const object = "4 0 obj\n<</Length 0>>\nstream\n\nendstream\nendobj\n";
    const update = `${object}xref\n4 1\n${String(at).padStart(10, "0")} 00000 n \ntrailer\n<</Size 6/Root 1 0 R/Prev ${previous}>>\nstartxref\n${at + object.length}\n%%EOF\n`;
    expect(await kinds(put(Buffer.concat([first, Buffer.from(update)])))).toEqual(["empty"]);
  });

  it("inherits boxes and rotation down a nested page tree", async () => {
    const path = put(
      smallPdf([
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Count 2/Kids[3 0 R 5 0 R]/MediaBox[0 0 200 100]/Rotate 90>>",
        "<</Type/Pages/Count 1/Kids[4 0 R]/Parent 2 0 R/CropBox[10 10 900 60]>>",
        "<</Type/Page/Parent 3 0 R>>",
        "<</Type/Page/Parent 2 0 R/Rotate 0/UserUnit 2>>",
      ]),
    );
    expect((await tools.inspect(path)).pages).toEqual([
      { kind: "empty", widthPt: 50, heightPt: 190 },
      { kind: "empty", widthPt: 400, heightPt: 200 },
    ]);
  });

  it("repairs a wrong startxref and says so", async () => {
    const broken = onePagePdf({ content: HELLO })
      .toString("latin1")
      .replace(/startxref\n\d+/u, "startxref\n7");
    const info = await tools.inspect(put(Buffer.from(broken, "latin1")));
    expect(info.pages).toHaveLength(1);
    expect(info.repairs).toEqual([expect.stringContaining("repaired")]);
  });

  it("repairs a wrong stream length when the page is asked for", async () => {
    const broken = onePagePdf({ content: HELLO })
      .toString("latin1")
      .replace(`/Length ${HELLO.length}`, "/Length 11");
    expect(await tools.inspect(put(Buffer.from(broken, "latin1")))).toMatchObject({
      pages: [{ kind: "text" }],
      repairs: ["repaired: a wrong stream length"],
    });
  });
});

describe("refusals", () => {
  const refused = (bytes: Buffer): Promise<unknown> =>
    tools.inspect(put(bytes)).then(
      (info) => info,
      (error: unknown) => (error as { code: string }).code,
    );

  it("names zero pages", async () => {
    const bytes = smallPdf(["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 0/Kids[]>>"]);
    expect(await refused(bytes)).toBe("no_pages");
  });

  it("calls what is no PDF unreadable", async () => {
    expect(await refused(Buffer.from("oops\n"))).toBe("unreadable");
    expect(await refused(Buffer.alloc(0))).toBe("unreadable");
    expect(await refused(Buffer.from("%PDF-1.7\nnothing"))).toBe("unreadable");
  });

  it("calls a file that lost its end and its pages truncated", async () => {
    const whole = onePagePdf({
      content: FULL_IMAGE,
      image: { dict: GREY.dict, data: Buffer.alloc(9000, 1) },
    });
    expect(await refused(whole.subarray(0, 5000))).toBe("truncated");
  });

  it("ends on page trees that run in a circle", async () => {
    const bytes = smallPdf([
      "<</Type/Catalog/Pages 2 0 R>>",
      "<</Type/Pages/Count 1/Kids[3 0 R]>>",
      "<</Type/Pages/Kids[2 0 R]>>",
    ]);
    expect(await refused(bytes)).toBe("unreadable");
  });

  it("ends on objects nested without limit and on references to themselves", async () => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    const bytes = smallPdf(["<</Type/Catalog/Pages 2 0 R>>", `<</Type/Pages/Count 1/Kids ${deep}>>`]);
    expect(await refused(bytes)).toBe("unreadable");
    expect(await refused(smallPdf(["<</Type/Catalog/Pages 2 0 R>>", "2 0 R"]))).toBe("unreadable");
  });

  it("ends on forms that draw each other", async () => {
    const form = (content: string): { dict: string; data: Buffer } => ({
      dict: "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A 6 0 R/B 7 0 R>>>>",
      data: Buffer.from(content),
    });
    const more = [form("/B Do ".repeat(50)), form("/A Do ".repeat(50))];
    const page = onePagePdf({ content: "/A Do", more })
      .toString("latin1")
      .replace("/Im0 5 0 R", "/A   6 0 R");
    expect(await refused(Buffer.from(page, "latin1"))).toBe("unreadable");
  });

  it("refuses a stream that unpacks without measure", async () => {
    const bomb = deflateSync(Buffer.alloc(80 * 1024 * 1024));
    const bytes = smallPdf([
      "<</Type/Catalog/Pages 2 0 R>>",
      "<</Type/Pages/Count 1/Kids[3 0 R]>>",
      "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
      { dict: "/Filter/FlateDecode", data: bomb },
    ]);
    expect(await refused(bytes)).toBe("too_large");
  });

  it("tells a password from a ban on changes and opens what only needs an empty password", async () => {
    const plain = put(onePagePdf({ content: HELLO }));
    const locked = (name: string, ...how: string[]): string => {
      const path = join(place.folder, name);
      run("qpdf", "--encrypt", ...how, "--", plain, path);
      return path;
    };
    const user = locked("user.pdf", "secret", "owner", "256");
    const owner = locked("owner.pdf", "", "owner", "256", "--modify=none");
    const open = locked("open.pdf", "", "owner", "128", "--use-aes=y");
    await expect(tools.inspect(user)).rejects.toMatchObject({ code: "password_needed" });
    await expect(tools.inspect(owner)).rejects.toMatchObject({ code: "encrypted" });
    expect(await tools.inspect(open)).toMatchObject({
      pages: [{ kind: "text" }],
      repairs: ["decrypted with an empty password"],
    });
    const { lines } = await tools.pageText(open, 0);
    expect(lines.map((line) => line.words.map(({ text }) => text).join(" "))).toEqual(["Hello paper world"]);
  });
});

describe("the kind of a page", () => {
  const kindOf = async (content: string, page = ""): Promise<string | undefined> =>
    (await kinds(put(onePagePdf({ content, image: GREY, page }))))[0];
  const body = `BT /F0 9 Tf (${"x".repeat(900)}) Tj ET`;

  it("is a scan with an image over it and at most a caption", async () => {
    expect(await kindOf(FULL_IMAGE)).toBe("scan");
    expect(await kindOf(`${FULL_IMAGE} ${HELLO}`)).toBe("scan");
    expect(await kindOf(`${FULL_IMAGE} BT 3 Tr /F0 9 Tf (${"x".repeat(900)}) Tj ET`)).toBe("scan");
    expect(await kindOf(`${body} ${FULL_IMAGE}`)).toBe("scan");
  });

  it("is a scan when strips cover it together", async () => {
    const strips = [0, 100, 200].map((y) => `q 400 0 0 100 0 ${y} cm /Im0 Do Q`).join(" ");
    expect(await kindOf(strips)).toBe("scan");
  });

  it("is text with a logo, and mixed with a picture or body text over a scan", async () => {
    expect(await kindOf(`${body} q 40 0 0 30 0 0 cm /Im0 Do Q`)).toBe("text");
    expect(await kindOf(`${body} q 200 0 0 150 0 0 cm /Im0 Do Q`)).toBe("mixed");
    expect(await kindOf(`${FULL_IMAGE} ${body}`)).toBe("mixed");
  });

  it("is empty without marks and text with invisible text alone", async () => {
    expect(await kindOf("q Q")).toBe("empty");
    expect(await kindOf(`BT 3 Tr ET ${HELLO}`)).toBe("text");
  });

  it("sees images inside forms and inline images", async () => {
    expect(await kindOf("q 400 0 0 300 0 0 cm BI /W 2/H 1/BPC 8/CS/G ID ab\nEI Q")).toBe("scan");
    const form = {
      dict: "/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Matrix[400 0 0 300 0 0]/Resources<</XObject<</Im0 5 0 R>>>>",
      data: Buffer.from("/Im0 Do"),
    };
    const bytes = onePagePdf({ content: "/F Do", image: GREY, more: [form] }).toString("latin1");
    expect(
      await kinds(put(Buffer.from(bytes.replace("/Im0 5 0 R>>/Font", "/F   6 0 R>>/Font"), "latin1"))),
    ).toEqual(["scan"]);
  });
});

it("says that a file is gone", async () => {
  await expect(tools.inspect(join(place.folder, "gone.pdf"))).rejects.toMatchObject({
    code: "source_missing",
  });
});

it("repairs once for pages asked at the same time", async () => {
  const broken = onePagePdf({ content: `${HELLO} ${FULL_IMAGE}`, image: GREY }).toString("latin1");
  const path = put(Buffer.from(broken.replace("/Length 12", "/Length 10"), "latin1"));
  const placed = await Promise.all([0, 0, 0].map((index) => tools.pageImage(path, index)));
  expect(placed.map(({ how }) => how)).toEqual(["embedded", "embedded", "embedded"]);
  expect((await tools.inspect(path)).repairs).toEqual(["repaired: a wrong stream length"]);
});

it("counts filled signatures only", async () => {
  const field = (value: string): string =>
    `<</FT/Sig/V<</Type/Sig/Contents<${value}>/ByteRange[0 10 20 30]>>>>`;
  const pdf = (value: string): Buffer =>
    smallPdf([
      "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R 5 0 R]>>>>",
      "<</Type/Pages/Count 1/Kids[3 0 R]>>",
      "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[4 0 R]>>",
      field(value),
      "<</FT/Sig/T(empty)>>",
    ]);
  expect((await tools.inspect(put(pdf("3080")))).signatures).toBe(1);
  expect((await tools.inspect(put(onePagePdf({ content: "" })))).signatures).toBe(0);
});

it("gives a page's words with boxes as the page is shown", async () => {
  const first = async (page: string): Promise<number[]> => {
    const { lines, width, height } = await tools.pageText(put(onePagePdf({ content: HELLO, page })), 0);
    const { x0, y0, x1, y1 } = lines[0]?.words[0]?.box ?? { x0: 0, y0: 0, x1: 0, y1: 0 };
    return [width, height, x0, y0, x1, y1].map((value) => Math.round(value / 10) * 10);
  };
  // "Hello" in 20 points at 30 from the left and 200 from the bottom of 400 × 300.
  expect(await first("")).toEqual([400, 300, 30, 90, 70, 100]);
  expect(await first("/Rotate 90")).toEqual([300, 400, 200, 30, 210, 70]);
  expect(await first("/Rotate 180")).toEqual([400, 300, 330, 200, 370, 210]);
  expect(await first("/Rotate 270")).toEqual([300, 400, 90, 330, 100, 370]);
});

it("refuses to draw a page too big for memory before drawing it", async () => {
  const content = "0 0 m 9 9 l S";
  const huge = put(onePagePdf({ content, page: "/MediaBox[0 0 14400 14400]" }));
  await expect(tools.pageImage(huge, 0)).rejects.toMatchObject({ code: "too_large" });
});
