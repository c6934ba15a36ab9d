import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { run } from "../signing/judges.ts";
import { CORPUS, type Event, events, makeWorkspace, scratchFolder, sohoa } from "../support/program.ts";
import { type Bag, bagsOf, leftovers } from "../support/warehouse.ts";
import { wordRecall } from "../support/words.ts";
import { allowedEnds, PARTS } from "./expected.ts";

const present = existsSync(CORPUS);
if (!present) console.log("SKIP: ../shared/corpus not found");

const FOLDERS = "vn-scans scans images pdfs pdfa signed hostile barcodes certs facts".split(" ");
const LEAST_RECALL = 0.9;
const MEAN_RECALL = 0.94;

interface Paper {
  /** Relative to the corpus, NFC. */
  readonly path: string;
  readonly event: Event;
  readonly bag: Bag | undefined;
  /** How the papers of a stack ended. */
  readonly parts: readonly Event[];
}

describe.skipIf(!present)("the whole corpus in one run", () => {
  const workspace = scratchFolder("corpus");
  const index = new Map<string, { pages: string; truth: readonly string[] }>();
  let papers: Paper[] = [];
  let ended = { exit: 0 as number | null, out: "", err: "" };

  beforeAll(async () => {
    readIndex(index);
    await makeWorkspace(workspace);
    const names = FOLDERS.flatMap((folder) =>
      readdirSync(join(CORPUS, folder)).map((name) => `${folder}/${name}`),
    );
    // A code for each file, so that all of them go the whole way.
    const rows = names.map(
      (name, at) => `"${join(CORPUS, name)}",H57.132-250801-${String(at + 1).padStart(4, "0")}`,
    );
    const manifest = join(workspace, "corpus.csv");
    writeFileSync(manifest, ["file,dossier", ...rows].join("\n"));
    const started = Date.now();
    const flags = ["--json", "--role", "component", "--workspace", workspace];
    ended = await sohoa(["run", manifest, ...flags]);
    papers = papersOf(names, events(ended.out), bagsOf(join(workspace, "kho")));
    console.log(`${names.length} files, ${Math.round((Date.now() - started) / 1000)} s, exit ${ended.exit}`);
    console.table(
      Object.fromEntries(
        papers.map(({ path, event }) => [path, { state: event.state, reason: event.reason ?? "" }]),
      ),
    );
  }, 540_000);

  it("ends every file in exactly one named state, as its row of the index says", () => {
    const wrong = papers
      .map(({ path, event }) => ({ path, end: [event.state, event.reason].filter(Boolean).join(" ") }))
      .filter(({ path, end }) => !allowedEnds(path).includes(end));
    expect(wrong).toEqual([]);
    expect(papers.length).toBeGreaterThan(100);
    expect(ended.out).not.toContain('"reason":"bug"');
  });

  it("exits with 4 (some failed for good), its last line being the summary", () => {
    expect(ended.exit).toBe(4);
    const summary = events(ended.out).at(-1);
    expect(summary).toMatchObject({ type: "summary", exit: 4, left: 0 });
    const total = Object.values(summary?.documents ?? {}).reduce((sum, count) => sum + count, 0);
    const parts = papers.flatMap(({ parts }) => parts);
    expect(total).toBe(papers.length + parts.length);
  });

  it("delivers as many pages as came in", () => {
    const counted = papers.flatMap(({ path, event, bag }) => {
      const wanted = Number(index.get(path)?.pages);
      if (bag === undefined || Number.isNaN(wanted)) return [];
      expect(event.pages, path).toBe(wanted);
      // qpdf warns of some foreign files, on either stream.
      const got = Number(/^\d+$/mu.exec(run("qpdf", ["--show-npages", bag.pdf]))?.[0]);
      return [[path, wanted, got] as const];
    });
    expect(counted.filter(([, wanted, got]) => wanted !== got)).toEqual([]);
    expect(counted.length).toBeGreaterThan(40);
  });

  it("delivers one bag for every delivered document and leaves nothing unfinished", () => {
    const delivered = papers.filter(({ event }) => event.state === "delivered");
    const parts = papers.flatMap((paper) => paper.parts).filter(({ state }) => state === "delivered");
    expect(delivered.filter(({ bag }) => bag === undefined)).toEqual([]);
    expect(bagsOf(join(workspace, "kho"))).toHaveLength(
      new Set([...delivered.map(({ event }) => event), ...parts].map(({ document }) => document)).size,
    );
    expect(leftovers(join(workspace, "kho"), join(workspace, ".sohoa"))).toEqual([]);
  });

  it("leaves the bytes of every signed file as they are", () => {
    const kept = papers.filter(({ bag }) => bag?.metadata["chuanPdf"] === "original");
    for (const { path, bag } of kept) {
      expect(readFileSync(bag?.pdf ?? "").equals(readFileSync(join(CORPUS, path))), path).toBe(true);
    }
    expect(kept.length).toBeGreaterThan(10);
  });

  it("makes only files that poppler and qpdf find sound", () => {
    const built = papers.flatMap(({ path, bag }) =>
      bag?.metadata["luong"] === "built" ? [{ path, pdf: bag.pdf }] : [],
    );
    for (const { path, pdf } of built) {
      expect(run("qpdf", ["--check", pdf]), path).toContain("No syntax or stream encoding errors found");
      expect(run("pdfsig", ["-nocert", pdf]), path).toContain("Signature is Valid.");
    }
    expect(built.length).toBeGreaterThan(25);
  });

  it("reads at least 90 % of the words of every page set with a truth, and 94 % of all on average", () => {
    const measured = recalls(papers, index);
    console.table(measured);
    expectGoodRecall(measured);
  });

  it("reads them as well with the engine of the npm package as with the system's", async () => {
    const withTruth = papers.filter(
      ({ path, bag }) => bag !== undefined && truthOf(path, index) !== undefined,
    );
    const other = join(workspace, "embedded");
    await makeWorkspace(other);
    const rows = withTruth.map(
      ({ path, bag }) => `"${join(CORPUS, path)}",${String(bag?.metadata["maHoSo"])}`,
    );
    const manifest = join(other, "corpus.csv");
    writeFileSync(manifest, ["file,dossier", ...rows].join("\n"));
    const flags = ["--json", "--role", "component", "--workspace", other, "--ocr", "tesseractjs"];
    const read = await sohoa(["run", manifest, ...flags]);
    const again = papersOf(
      withTruth.map(({ path }) => path),
      events(read.out),
      bagsOf(join(other, "kho")),
    );
    expect(new Set(again.map(({ bag }) => String(bag?.metadata["nhanDang"]).split(" ")[0]))).toContain(
      "tesseract.js",
    );
    const measured = recalls(again, index);
    console.table(measured);
    expectGoodRecall(measured);
  }, 240_000);

  it("divides stacks exactly where their sheets and labels lie, and loses no page", () => {
    for (const { path, event, parts } of papers.filter(({ event }) => event.state === "split")) {
      const ranges = parts.map(({ file = "" }) => /#(\d+)-(\d+)$/u.exec(file)?.slice(1).map(Number));
      expect(ranges, path).toEqual(PARTS[path] ?? []);
      const pages = parts.reduce((sum, part) => sum + Number(part.pages), Number(event.pages));
      expect(pages, path).toBe(Number(index.get(path)?.pages));
      expect(new Set(parts.map(({ state }) => state)), path).toEqual(
        new Set(parts.length > 0 ? ["delivered"] : []),
      );
    }
  });

  it("sets pages upright that were scanned lying or standing on their heads", () => {
    const turns = (path: string): unknown[] => {
      const pages = papers.find((paper) => paper.path === path)?.bag?.metadata["trang"] as
        | { xuLyAnh: { kind: string; degrees: number }[] }[]
        | undefined;
      return (pages ?? []).map(({ xuLyAnh }) => xuLyAnh.find(({ kind }) => kind === "turn")?.degrees ?? 0);
    };
    expect(turns("scans/phototest-rotated-180.png")).toEqual([180]);
    expect(turns("vn-scans/dl_2025_0003.jpg")).toEqual([0]);
    expect(new Set(turns("pdfs/cardinal.pdf")).size).toBe(4);
  });

  it("prints nothing it has read", () => {
    const spoken = ended.out + ended.err;
    // Of the filled sample form: its invented identity number and a printed heading.
    expect(spoken).not.toContain("012345678");
    expect(spoken.normalize("NFC")).not.toMatch(/CỘNG HÒA XÃ HỘI|Độc lập/u);
  });
});

type Index = ReadonlyMap<string, { readonly truth: readonly string[] }>;

/** The words of all truth files of a paper. */
function truthOf(path: string, index: Index): string | undefined {
  const { truth = [] } = index.get(path) ?? {};
  if (truth.length === 0) return undefined;
  return truth.map((file) => readFileSync(join(CORPUS, file), "utf8")).join("\n");
}

function recalls(papers: readonly Paper[], index: Index): Record<string, number> {
  const measured: Record<string, number> = {};
  for (const { path, bag } of papers) {
    const truth = truthOf(path, index);
    if (bag === undefined || truth === undefined) continue;
    measured[path] = wordRecall(truth, readFileSync(join(bag.folder, "data/text.txt"), "utf8"));
  }
  return measured;
}

function expectGoodRecall(measured: Readonly<Record<string, number>>): void {
  const values = Object.values(measured);
  expect(values.length).toBeGreaterThan(5);
  expect(Object.entries(measured).filter(([, recall]) => recall < LEAST_RECALL)).toEqual([]);
  expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeGreaterThanOrEqual(MEAN_RECALL);
}

function readIndex(index: Map<string, { pages: string; truth: readonly string[] }>): void {
  for (const line of readFileSync(join(CORPUS, "INDEX.tsv"), "utf8").split("\n").slice(1)) {
    const [path = "", , , , pages = "", , , truth = ""] = line.split("\t");
    const files = truth.split(";").map((name) => name.trim());
    index.set(path.normalize("NFC"), { pages, truth: files.filter((name) => name.endsWith("_gt.txt")) });
  }
}

/** Pairs each file with its one document event; a file with none or two would fail here. */
function papersOf(names: readonly string[], all: readonly Event[], bags: readonly Bag[]): Paper[] {
  const ends = all.filter(({ type }) => type === "document");
  return names.map((name) => {
    const path = name.normalize("NFC");
    const [own, parts] = [`/${path}`, `/${path}#`].map((ending) =>
      ends.filter(({ file = "" }) =>
        file
          .normalize("NFC")
          .replace(/\d+-\d+$/u, "")
          .endsWith(ending),
      ),
    );
    expect(own?.length, path).toBe(1);
    const event = own?.[0] ?? { type: "none" };
    return { path, event, bag: bags.find(({ document }) => document === event.document), parts: parts ?? [] };
  });
}
