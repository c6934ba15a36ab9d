import { deflateSync } from "node:zlib";
import { FULL_IMAGE, onePagePdf, smallPdf } from "../pdf/small-pdf.ts";

const GREY = {
  dict: "/Width 4/Height 3/BitsPerComponent 8/ColorSpace/DeviceGray",
  data: Buffer.alloc(12, 90),
};
const CATALOG = "<</Type/Catalog/Pages 2 0 R>>";
const PAGES = "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 400 300]>>";
const PAGE = "<</Type/Page/Parent 2 0 R/Contents 4 0 R>>";
const flate = (text: string | Buffer) => ({ dict: "/Filter/FlateDecode", data: deflateSync(text) });
const page = (content: string | Buffer, more: Parameters<typeof smallPdf>[0] = [], entries = "") =>
  smallPdf([CATALOG, PAGES, PAGE.replace(">>", `${entries}>>`), flate(content), ...more]);
const edited = (pdf: Buffer, from: RegExp, to: string) =>
  Buffer.from(pdf.toString("latin1").replace(from, to), "latin1");

/** Ten forms that each draw the next one ten times. */
function formsCallingForms(): Buffer {
  const forms = Array.from({ length: 10 }, (_, level) => ({
    dict: `/Type/XObject/Subtype/Form/BBox[0 0 400 300]/Resources<</XObject<</F ${level + 6} 0 R>>>>`,
    data: Buffer.from("/F Do ".repeat(10)),
  }));
  const last = {
    dict: "/Type/XObject/Subtype/Form/BBox[0 0 400 300]",
    data: Buffer.from("0 0 m 9 9 l S ".repeat(999)),
  };
  return page("/F Do", [...forms, last], "/Resources<</XObject<</F 5 0 R>>>>");
}

/** A form that unfolds to 60 MB and is drawn a thousand times. */
function bigFormOften(): Buffer {
  const form = {
    dict: "/Type/XObject/Subtype/Form/BBox[0 0 400 300]/Filter/FlateDecode",
    data: deflateSync(Buffer.alloc(60_000_000, " ")),
  };
  return page("/F Do ".repeat(1000), [form], "/Resources<</XObject<</F 5 0 R>>>>");
}

function xrefLoop(): Buffer {
  const pdf = onePagePdf({ content: FULL_IMAGE, image: GREY });
  const start = /startxref\n(\d+)/u.exec(pdf.toString("latin1"))?.[1] ?? "0";
  return edited(pdf, /\/Root 1 0 R/u, `/Root 1 0 R/Prev ${start}`);
}

/** Files made to crash, hang or fill the memory of a reader, and what is to come of `inspect`. */
export const NASTIES: readonly (readonly [string, () => Buffer, RegExp])[] = [
  [
    "a page tree that runs in a circle",
    () => smallPdf([CATALOG, PAGES, "<</Type/Pages/Count 1/Kids[2 0 R]>>"]),
    /^(?:unreadable|truncated|no_pages)$/u,
  ],
  [
    "a page tree of a thousand levels",
    () =>
      smallPdf([
        CATALOG,
        ...Array.from({ length: 1000 }, (_, n) => `<</Type/Pages/Count 1/Kids[${n + 3} 0 R]>>`),
        "<</Type/Page>>",
      ]),
    /^(?:unreadable|ok)$/u,
  ],
  ["no pages", () => smallPdf([CATALOG, "<</Type/Pages/Count 0/Kids[]>>"]), /^no_pages$/u],
  [
    "a million pages said to be there",
    () => smallPdf([CATALOG, "<</Type/Pages/Count 1000000/Kids[]>>"]),
    /^no_pages$/u,
  ],
  [
    "one page named a hundred thousand times",
    () =>
      smallPdf([CATALOG, `<</Type/Pages/Count 100000/Kids[${"3 0 R ".repeat(100_000)}]>>`, "<</Type/Page>>"]),
    /^(?:too_large|unreadable)$/u,
  ],
  [
    "references in a circle",
    () => smallPdf([CATALOG, PAGES, PAGE, "5 0 R", "4 0 R"]),
    /^(?:unreadable|ok)$/u,
  ],
  [
    "a stream whose length is itself",
    () => edited(page("q Q"), /\/Length \d+/u, "/Length 4 0 R"),
    /^(?:unreadable|ok|truncated)$/u,
  ],
  ["a cross-reference section that follows itself", xrefLoop, /^ok$/u],
  [
    "a cross-reference table of two billion rows",
    () => edited(page("q Q"), /xref\n0 5/u, "xref\n0 2147483647"),
    /^(?:too_large|ok)$/u,
  ],
  [
    "a content stream of a gigabyte",
    () =>
      smallPdf([
        CATALOG,
        PAGES,
        PAGE,
        {
          dict: "/Filter[/FlateDecode/FlateDecode]",
          data: deflateSync(deflateSync(Buffer.alloc(1_000_000_000))),
        },
      ]),
    /^too_large$/u,
  ],
  ["thirty million operators", () => page(Buffer.alloc(60_000_000, "Q ")), /^unreadable$/u],
  [
    "forms that call each other without end",
    () =>
      page(
        "/F Do",
        [
          {
            dict: "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>",
            data: Buffer.from("/F Do /F Do"),
          },
        ],
        "/Resources<</XObject<</F 5 0 R>>>>",
      ),
    /^(?:unreadable|ok)$/u,
  ],
  ["ten levels of forms, ten of each in each", formsCallingForms, /^unreadable$/u],
  ["a form of 60 MB drawn a thousand times", bigFormOften, /^unreadable$/u],
  [
    "a hundred thousand brackets",
    () => page("q Q", [], `/Nasty ${"[".repeat(100_000)}`),
    /^(?:unreadable|ok)$/u,
  ],
  [
    "a hundred thousand brackets among the operators",
    () => page("[".repeat(100_000)),
    /^(?:unreadable|ok)$/u,
  ],
  [
    "an array of two million numbers",
    () => page("q Q", [], `/Nasty[${"1 ".repeat(2_000_000)}]`),
    /^(?:unreadable|ok)$/u,
  ],
  [
    "one stream named ten thousand times",
    () =>
      smallPdf([
        CATALOG,
        PAGES,
        PAGE.replace("4 0 R", `[${"4 0 R ".repeat(10_000)}]`),
        flate(Buffer.alloc(5_000_000, " ")),
      ]),
    /^too_large$/u,
  ],
  [
    "a page of a square kilometre",
    () => edited(onePagePdf({ content: FULL_IMAGE, image: GREY }), /0 0 400 300/u, "0 0 2834645 2834645"),
    /^ok$/u,
  ],
  [
    "an image of 3.6 billion pixels",
    () =>
      onePagePdf({
        content: `${FULL_IMAGE} 0 0 9 9 re f`,
        image: {
          dict: "/Width 60000/Height 60000/BitsPerComponent 1/ColorSpace/DeviceGray/Filter/FlateDecode",
          data: deflateSync(Buffer.alloc(450_000_000)),
        },
      }),
    /^ok$/u,
  ],
  [
    "a form field that is its own child",
    () =>
      smallPdf([
        "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]>>>>",
        PAGES,
        PAGE,
        { dict: "", data: Buffer.from("q Q") },
        "<</T(a)/Kids[5 0 R 5 0 R]>>",
      ]),
    /^ok$/u,
  ],
  [
    "a pattern of a hundred million tiles",
    () =>
      page(
        "/Pattern cs /P scn 0 0 400 300 re f",
        [
          {
            dict: "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep .0003/YStep .0003/Resources<<>>",
            data: Buffer.from("0 0 1 1 re f"),
          },
        ],
        "/Resources<</Pattern<</P 5 0 R>>>>",
      ),
    /^ok$/u,
  ],
];
