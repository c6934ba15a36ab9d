import { afterAll, describe, expect, it } from "vitest";
import { openFile } from "../../../src/pdf-syntax/byte-source.ts";
import { openPdf } from "../../../src/pdf-syntax/pdf-file.ts";
import { type PdfLayout, readLayout } from "../../../src/signing/append/pdf-layout.ts";
import { type Part, run, scratch, smallPdf } from "../../pdf/small-pdf.ts";

const place = scratch();
afterAll(() => place.clean());

interface OnePage {
  readonly page?: string;
  readonly pages?: string;
  readonly catalog?: string;
  /** From object 4 on. */
  readonly more?: readonly Part[];
}

function layoutOf({
  page = "",
  pages = "/MediaBox[0 0 400 300]",
  catalog = "",
  more = [],
}: OnePage): PdfLayout {
  const plain = place.put(
    "plain.pdf",
    smallPdf([
      `<</Type/Catalog/Pages 2 0 R${catalog}>>`,
      `<</Type/Pages/Count 1/Kids[3 0 R]${pages}>>`,
      `<</Type/Page/Parent 2 0 R${page}>>`,
      ...more,
    ]),
  );
  const packed = `${place.folder}/packed.pdf`;
  run("qpdf", "--object-streams=generate", "--preserve-unreferenced", plain, packed);
  const [layout, again] = [plain, packed].map((path) => {
    const source = openFile(path);
    try {
      return readLayout(openPdf(source));
    } finally {
      source.close();
    }
  });
  if (layout === undefined) throw new Error("no layout");
  // The same file with object streams says the same.
  expect(again).toMatchObject({ box: layout.box, taken: layout.taken });
  return layout;
}

describe("the page as it is shown", () => {
  it.each([
    ["turned", { page: "/Rotate 90" }, { x: 0, y: 0, width: 400, height: 300, rotate: 90, unit: 1 }],
    ["turned the other way", { pages: "/MediaBox[0 0 400 300]/Rotate -90" }, { width: 400, rotate: 270 }],
    ["turned more than once", { page: "/Rotate 540" }, { rotate: 180 }],
    ["off the origin", { page: "/MediaBox[-100 -50 300 250]" }, { x: -100, y: -50, width: 400, height: 300 }],
    [
      "with corners in another order",
      { page: "/MediaBox[400 300 0 0]" },
      { x: 0, y: 0, width: 400, height: 300 },
    ],
    ["cropped", { page: "/CropBox[20 40 900 280]" }, { x: 20, y: 40, width: 380, height: 240 }],
    ["cropped to nothing", { page: "/CropBox[900 900 950 950]" }, { x: 0, y: 0, width: 400, height: 300 }],
    ["in large units", { page: "/UserUnit 2.5" }, { width: 400, unit: 2.5 }],
    [
      "measured by objects",
      { page: "/MediaBox 4 0 R", more: ["[0 0 5 0 R 200.5]", "100"] },
      { width: 100, height: 200.5 },
    ],
  ])("%s", (_, page, box) => {
    expect(layoutOf(page).box).toMatchObject(box);
  });
});

describe("boxes of signatures on page 1", () => {
  const BOX = "/Rect[120 60 20 30]";
  const FORM = "/AcroForm<</Fields[4 0 R]>>";
  const taken = [[20, 30, 120, 60]];

  it.each<[string, OnePage]>([
    [
      "field and widget in one",
      {
        page: "/Annots[4 0 R]",
        more: [`<</Type/Annot/Subtype/Widget/FT/Sig/T(a)/V 5 0 R${BOX}>>`, "<</Type/Sig>>"],
      },
    ],
    [
      "the widget below its field",
      {
        page: "/Annots 6 0 R",
        more: ["<</FT/Sig/T(a)/Kids[5 0 R]>>", `<</Subtype/Widget/Parent 4 0 R${BOX}>>`, "[5 0 R]"],
      },
    ],
    [
      "the type two fields above",
      {
        page: "/Annots[6 0 R]",
        more: [
          "<</FT/Sig/T(a)/Kids[5 0 R]>>",
          "<</T(b)/Parent 4 0 R/Kids[6 0 R]>>",
          `<</Subtype/Widget/Parent 5 0 R${BOX}>>`,
        ],
      },
    ],
  ])("are found: %s", (_, page) => {
    expect(layoutOf({ catalog: FORM, ...page }).taken).toEqual(taken);
  });

  it("are none where nothing is seen, or where something else stands", () => {
    const widgets = [
      `<</Subtype/Widget/FT/Sig/T(hidden)/F 2${BOX}>>`,
      "<</Subtype/Widget/FT/Sig/T(flat)/Rect[0 0 0 0]>>",
      `<</Subtype/Widget/FT/Tx/T(text)${BOX}>>`,
      `<</Subtype/Link${BOX}>>`,
      "<</Subtype/Widget/FT/Sig/T(odd)/Rect[0 0 /A 9]>>",
    ];
    const page = { page: "/Annots[4 0 R 5 0 R 6 0 R 7 0 R 8 0 R 99 0 R null]", more: widgets };
    expect(layoutOf({ catalog: FORM, ...page }).taken).toEqual([]);
  });
});

describe("the form", () => {
  it("tells the names at its root and what is signed, below other fields too", () => {
    const { form } = layoutOf({
      catalog: "/AcroForm 4 0 R",
      more: [
        "<</Fields 5 0 R>>",
        "[6 0 R 7 0 R 6 0 R]",
        "<</T<FEFF0053006F0048006F00610032>/Kids[8 0 R]>>",
        "<</T(empty)/FT/Sig>>",
        "<</T(inner)/FT/Sig/V 9 0 R/Lock<</Action/Include>>/Parent 6 0 R>>",
        "<</Type/Sig/Name(x)>>",
      ],
    });
    expect(form.names.slice(0, 2)).toEqual(["SoHoa2", "empty"]);
    expect(form.signed).toHaveLength(1);
    expect([...(form.signed[0]?.lock.entries.keys() ?? [])]).toEqual(["Action"]);
  });

  it("whose fields run in a circle ends", () => {
    const more = ["<</T(a)/FT/Sig/Kids[5 0 R]>>", "<</T(b)/Parent 4 0 R/Kids[4 0 R]>>"];
    expect(layoutOf({ catalog: "/AcroForm<</Fields[4 0 R]>>", more }).form.signed).toEqual([]);
  });
});
