import { expect, it } from "vitest";
import type { Candidate, PageSource } from "../../src/domain/document.ts";
import { OperationalError } from "../../src/domain/errors.ts";
import type { PdfInfo, PdfPageInfo } from "../../src/domain/pdf-port.ts";
import { pageRange } from "../../src/domain/page-range.ts";
import { createInspector } from "../../src/intake/scan.ts";
import { candidates, found, tree } from "./support.ts";

const CODE = "H57.132-260804-0583";

async function candidate(files: readonly string[], range?: Candidate["range"]): Promise<Candidate> {
  const [document] = candidates(await found(tree(files)));
  if (document === undefined) throw new Error("nothing found");
  return range === undefined ? document : { ...document, range };
}

function pdf(
  kinds: readonly PdfPageInfo["kind"][],
  signatures = 0,
  repairs: readonly string[] = [],
): PdfInfo {
  const pages = kinds.map((kind) => ({ kind, widthPt: 595, heightPt: 842 }));
  return { pages, signatures, attachments: false, bookmarks: false, repairs };
}

function inspector(info: PdfInfo, frames = 1) {
  return createInspector({
    probe: async () => ({ format: "tiff", frames }),
    pdf: { inspect: async () => info },
    format: async (path) => (path.endsWith(".pdf") ? "pdf" : "image"),
  });
}

const none = pdf([]);

it("builds a document of page images in the order of their files, one page a frame", async () => {
  const scan = await inspector(none)(await candidate([`${CODE}/2.jpg`, `${CODE}/10.jpg`, `${CODE}/1.jpg`]));
  expect(scan.lane).toBe("built");
  expect(scan.pages.map(({ number, index, kind, hasText }) => [number, index, kind, hasText])).toEqual([
    [1, 0, "image", false],
    [2, 0, "image", false],
    [3, 0, "image", false],
  ]);
  expect(scan.pages.map(({ file }) => file.path.split(/[/\\]/u).at(-1))).toEqual([
    "1.jpg",
    "2.jpg",
    "10.jpg",
  ]);
  const frames = await inspector(none, 3)(await candidate([`${CODE}.tif`]));
  expect(frames.pages.map(({ index }) => index)).toEqual([0, 1, 2]);
});

it("builds from a PDF of scans and keeps what had to be repaired", async () => {
  const scan = await inspector(pdf(["scan", "empty", "scan"], 0, ["xref"]))(await candidate([`${CODE}.pdf`]));
  expect(scan).toMatchObject({ lane: "built", repairs: ["xref"], hints: [{ code: CODE }] });
  expect(scan.pages.map(({ kind, hasText }) => [kind, hasText])).toEqual(Array(3).fill(["pdf", false]));
});

it("keeps the file of a scan that holds attached files, and says what a part or a new PDF lacks", async () => {
  const holding = { ...pdf(["scan", "scan"]), attachments: true, bookmarks: true };
  const whole = await inspector(holding)(await candidate([`${CODE}.pdf`]));
  expect(whole.lane).toBe("augmented");
  expect(whole.leftBehind).toBeUndefined();
  expect(whole.pages.map(({ hasText }) => hasText)).toEqual([false, false]);
  const part = await inspector(holding)(await candidate([`${CODE}.pdf`], { first: 2, last: 2 }));
  expect(part.lane).toBe("built");
  expect(part.leftBehind).toEqual([
    expect.stringContaining("attached files"),
    expect.stringContaining("bookmarks"),
  ]);
  const marked = await inspector({ ...pdf(["scan"]), bookmarks: true })(await candidate([`${CODE}.pdf`]));
  expect(marked).toMatchObject({ lane: "built", leftBehind: [expect.stringContaining("bookmarks")] });
});

it("preserves a signed PDF, and has only its pages without text read", async () => {
  const scan = await inspector(pdf(["scan", "text", "mixed", "empty"], 2))(await candidate([`${CODE}.pdf`]));
  expect(scan.lane).toBe("preserved");
  expect(scan.pages.map(({ hasText }) => hasText)).toEqual([false, true, true, false]);
});

it.each(["text", "mixed"] as const)("augments an unsigned PDF with a %s page, whole or cut", async (kind) => {
  const inspect = inspector(pdf(["scan", kind, "empty"]));
  const whole = await inspect(await candidate([`${CODE}.pdf`]));
  expect(whole.lane).toBe("augmented");
  expect(whole.pages.map(({ hasText }) => hasText)).toEqual([false, kind === "text", false]);
  const cut = await inspect(await candidate([`${CODE}.pdf`], { first: 2, last: 3 }));
  expect(cut).toMatchObject({ lane: "augmented", pages: [{ number: 1, index: 1 }, { index: 2 }] });
  const scans = await inspect(await candidate([`${CODE}.pdf`], { first: 1, last: 1 }));
  expect(scans).toMatchObject({ lane: "built", pages: [{ hasText: false }] });
});

it("refuses a born-digital PDF among page images, naming the page", async () => {
  const inspect = createInspector({
    probe: async () => ({ format: "jpeg", frames: 1 }),
    pdf: { inspect: async () => pdf(["scan", "text"]) },
    format: async (path) => (path.endsWith("2.jpg") ? "pdf" : "image"),
  });
  await expect(inspect(await candidate([`${CODE}/1.jpg`, `${CODE}/2.jpg`]))).rejects.toMatchObject({
    code: "unsupported_format",
    detail: expect.stringContaining("page 3"),
  });
});

it("takes the pages of the range and numbers them anew", async () => {
  const inspect = inspector(pdf(["scan", "scan", "scan", "scan"]));
  const scan = await inspect(await candidate([`${CODE}.pdf`], { first: 2, last: 3 }));
  expect(scan.pages.map(({ number, index }) => [number, index])).toEqual([
    [1, 1],
    [2, 2],
  ]);
  const beyond = inspect(await candidate([`${CODE}.pdf`], { first: 4, last: 5 }));
  await expect(beyond).rejects.toMatchObject({ code: "manifest_row" });
});

it("cuts no signed PDF and mixes none into page images", async () => {
  const signed = inspector(pdf(["scan", "scan"], 1));
  const cut = signed(await candidate([`${CODE}.pdf`], { first: 1, last: 1 }));
  await expect(cut).rejects.toMatchObject({ code: "manifest_row" });
  const inspect = createInspector({
    probe: async () => ({ format: "jpeg", frames: 1 }),
    pdf: { inspect: async () => pdf(["scan"], 1) },
    format: async (path) => (path.endsWith("1.jpg") ? "pdf" : "image"),
  });
  const mixed = inspect(await candidate([`${CODE}/1.jpg`, `${CODE}/2.jpg`]));
  await expect(mixed).rejects.toMatchObject({ code: "unsupported_format" });
});

it("refuses what has no pages, and lets the ports' own refusals through", async () => {
  await expect(inspector(none)(await candidate([`${CODE}.pdf`]))).rejects.toMatchObject({ code: "no_pages" });
  const inspect = createInspector({
    probe: () => Promise.reject(new OperationalError("unsupported_format", "docx")),
    pdf: { inspect: async () => none },
    format: async () => "image",
  });
  const refused = inspect(await candidate([`${CODE}.docx`]));
  await expect(refused).rejects.toMatchObject({ code: "unsupported_format", detail: "docx" });
});

const FRONTS_AND_BACKS = [1, 2, 3, 4, 5, 6].map((number) => `${CODE}/${number}.jpg`);
const lastParts = (pages: readonly PageSource[]) => pages.map(({ file }) => file.path.at(-5));

it.each([
  ["reverse", "162534"],
  ["forward", "142536"],
] as const)("lays fronts and backs together, backs %s", async (backs, order) => {
  const document = await candidate(FRONTS_AND_BACKS);
  const scan = await inspector(none)({ ...document, duplex: { fronts: 3, backs } });
  expect(lastParts(scan.pages).join("")).toBe(order);
  expect(scan.pages.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
  const cut = await inspector(none)({
    ...document,
    duplex: { fronts: 3, backs },
    range: { first: 2, last: 4 },
  });
  expect(lastParts(cut.pages).join("")).toBe(order.slice(1, 4));
});

it("lays the pages of two PDFs of scans together, last sheet first", async () => {
  const document = await candidate([`${CODE}/odd.pdf`]);
  const even = await candidate([`${CODE}/even.pdf`]);
  const both = { ...document, files: [...document.files, ...even.files] };
  const duplex = { fronts: 1, backs: "reverse" } as const;
  const scan = await inspector(pdf(["scan", "empty", "scan"]))({ ...both, duplex });
  expect(scan.lane).toBe("built");
  expect(scan.pages.map(({ file, index }) => [file.path.includes("odd"), index])).toEqual([
    [true, 0],
    [false, 2],
    [true, 1],
    [false, 1],
    [true, 2],
    [false, 0],
  ]);
  const written = inspector(pdf(["scan", "text"]))({ ...both, duplex });
  await expect(written).rejects.toMatchObject({ code: "unsupported_format" });
});

it("refuses sides that are not equally many, with both numbers", async () => {
  const document = await candidate(FRONTS_AND_BACKS);
  const uneven = inspector(none)({ ...document, duplex: { fronts: 4, backs: "reverse" } });
  await expect(uneven).rejects.toMatchObject({
    code: "duplex_mismatch",
    detail: "mặt trước 4 trang, mặt sau 2 trang / 4 fronts, 2 backs",
  });
});

it("cuts a range out of the pages of all files", async () => {
  const scan = await inspector(none, 2)(await candidate(FRONTS_AND_BACKS.slice(0, 3), { first: 2, last: 5 }));
  expect(scan.pages.map(({ file, index }) => `${file.path.at(-5)}.${index}`)).toEqual([
    "1.1",
    "2.0",
    "2.1",
    "3.0",
  ]);
});

it("divides spreads into left and right, in files that are built alone and of pages that are wide", async () => {
  const asked: string[] = [];
  const spreads = (info: PdfInfo) =>
    createInspector({
      probe: async () => ({ format: "tiff", frames: 2 }),
      pdf: { inspect: async () => info },
      format: async (path) => (path.endsWith(".pdf") ? "pdf" : "image"),
      fold: async ({ kind, index }) => {
        asked.push(`${kind} ${index}`);
        return index === 1 ? 0.48 : undefined;
      },
    });
  const image = await spreads(none)(await candidate([`${CODE}.tif`]));
  expect(image.pages.map(({ number, index, half }) => [number, index, half])).toEqual([
    [1, 0, undefined],
    [2, 1, { side: "left", at: 0.48 }],
    [3, 1, { side: "right", at: 0.48 }],
  ]);
  const [upright, wide] = [pdf(["scan"]).pages[0], { kind: "scan", widthPt: 842, heightPt: 595 } as const];
  if (upright === undefined) throw new Error("no page");
  const book = { ...none, pages: [upright, wide, upright] };
  expect((await spreads(book)(await candidate([`${CODE}.pdf`]))).pages).toHaveLength(4);
  expect(asked).toEqual(["image 0", "image 1", "pdf 1"]);
  for (const kept of [pdf(["scan", "text"]), pdf(["scan", "scan"], 1)]) {
    const pages = kept.pages.map((page) => ({ ...page, widthPt: 900 }));
    expect((await spreads({ ...kept, pages })(await candidate([`${CODE}.pdf`]))).pages).toHaveLength(2);
  }
  expect(asked).toHaveLength(3);
});

it("gives both papers of a spread their half, by ranges that count the files' own pages", async () => {
  const inspect = createInspector({
    probe: async () => ({ format: "tiff", frames: 3 }),
    pdf: { inspect: async () => none },
    format: async () => "image",
    fold: async ({ index }) => (index === 1 ? 0.5 : undefined),
  });
  const stack = await candidate([`${CODE}.tif`]);
  const { pages } = await inspect(stack);
  const [one, two] = [pageRange(pages, 1, 2), pageRange(pages, 3, 4)];
  expect([one, two]).toEqual([
    { first: 1, last: 2, to: "left" },
    { first: 2, last: 3, from: "right" },
  ]);
  const parts = [
    (await inspect({ ...stack, range: one })).pages,
    (await inspect({ ...stack, range: two })).pages,
  ];
  const place = ({ index, half }: PageSource) => [index, half?.side];
  expect(parts.map((own) => own.map(({ number }) => number))).toEqual([
    [1, 2],
    [1, 2],
  ]);
  expect(parts.flat().map(place)).toEqual(pages.map(place));
  expect(pageRange(pages, 2, 3)).toEqual({ first: 2, last: 2 });
  expect((await inspect({ ...stack, range: pageRange(pages, 3, 3) })).pages.map(place)).toEqual([
    [1, "right"],
  ]);
});

it("opens a stack's file once for all its papers, and again after a failure", async () => {
  let opened = 0;
  const inspect = createInspector({
    probe: async () => ({ format: "tiff", frames: 1 }),
    pdf: {
      inspect: async () => {
        if (++opened === 1) throw new OperationalError("page_timeout");
        return pdf(["scan", "scan", "scan"]);
      },
    },
    format: async () => "pdf",
  });
  const stack = await candidate([`${CODE}.pdf`]);
  await expect(inspect(stack)).rejects.toMatchObject({ code: "page_timeout" });
  for (const first of [1, 2, 3]) await inspect({ ...stack, range: { first, last: first } });
  expect(opened).toBe(2);
});
