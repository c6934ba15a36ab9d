import { expect, it } from "vitest";
import type { Candidate } from "../../src/domain/document.ts";
import { OperationalError } from "../../src/domain/errors.ts";
import type { PdfInfo, PdfPageInfo } from "../../src/domain/pdf-port.ts";
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
  return { pages: kinds.map((kind) => ({ kind, widthPt: 595, heightPt: 842 })), signatures, repairs };
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

it("preserves a signed PDF, and has only its pages without text read", async () => {
  const scan = await inspector(pdf(["scan", "text", "mixed", "empty"], 2))(await candidate([`${CODE}.pdf`]));
  expect(scan.lane).toBe("preserved");
  expect(scan.pages.map(({ hasText }) => hasText)).toEqual([false, true, true, false]);
});

it.each(["text", "mixed"] as const)(
  "refuses an unsigned PDF with a %s page, naming the page",
  async (kind) => {
    const inspect = inspector(pdf(["scan", kind]));
    await expect(inspect(await candidate([`${CODE}.pdf`]))).rejects.toMatchObject({
      code: "unsupported_format",
      detail: expect.stringContaining("page 2"),
    });
    const range = { first: 1, last: 1 };
    await expect(inspect(await candidate([`${CODE}.pdf`], range))).resolves.toMatchObject({ lane: "built" });
  },
);

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
