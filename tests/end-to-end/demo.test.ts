import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openLedger } from "../../src/ledger/open-ledger.ts";
import { pdfsig, run, signatureParts } from "../signing/judges.ts";
import { opensslAccepts, preflight, sha256sumCheck } from "../support/judges.ts";
import { type Ended, type Event, events, FIXTURES, scratchFolder, sohoa } from "../support/program.ts";
import { type Bag, bagsOf, leftovers } from "../support/warehouse.ts";
import { orderedRecall, wordRecall, wordsOf } from "../support/words.ts";
import { eventOf, TRUTH, type TrueDocument } from "./truth.ts";

const LEAST_RECALL = 0.95;
const LEAST_ORDER = 0.9;

/** A delivered document of the truth with the bag that holds it. */
interface Kept {
  readonly truth: TrueDocument;
  readonly event: Event;
  readonly bag: Bag;
}

describe("the demo", () => {
  const scratch = scratchFolder("demo");
  const workspace = join(scratch, "workspace");
  const kho = join(workspace, "kho");
  const root = join(workspace, "keys/test-root.pem");
  let sourcesBefore = "";
  let demo: Ended = { exit: null, signal: null, out: "", err: "" };
  const again: Record<"scans" | "manifest", Event[]> = { scans: [], manifest: [] };
  const bagsBefore = new Map<string, string>();
  let kept: Kept[] = [];

  beforeAll(async () => {
    sourcesBefore = hashOfTree(FIXTURES);
    demo = await sohoa(["demo", "--dir", workspace]);
    for (const bag of bagsOf(kho)) bagsBefore.set(bag.name, hashOfTree(bag.folder));
    for (const name of ["scans", "manifest"] as const) {
      const input = join(FIXTURES, TRUTH[name].input);
      const { out } = await sohoa(["run", input, "--workspace", workspace, "--officer", "nv-0001", "--json"]);
      again[name] = events(out);
    }
    kept = (["scans", "manifest"] as const).flatMap((name) => keptOf(name));
  }, 300_000);

  function keptOf(name: "scans" | "manifest"): Kept[] {
    const bags = bagsOf(kho);
    return TRUTH[name].documents.flatMap((truth) => {
      const event = eventOf(truth, again[name]);
      const bag = bags.find(({ document }) => document === event?.document);
      if (truth.state !== "delivered" || event === undefined || bag === undefined) return [];
      return [{ truth, event, bag }];
    });
  }

  const signedByUs = (): Kept[] => kept.filter(({ bag }) => bag.metadata["luong"] !== "preserved");
  const built = (): Kept[] => kept.filter(({ bag }) => bag.metadata["luong"] === "built");

  it("ends every planted file as its truth says and exits 0", () => {
    expect(demo.err).not.toContain("✗");
    expect(demo.exit).toBe(0);
    expect(demo.out).toContain(kho);
  });

  it("delivers a bag for every delivered document and none besides", () => {
    const wanted = [...TRUTH.scans.documents, ...TRUTH.manifest.documents];
    expect(kept).toHaveLength(wanted.filter(({ state }) => state === "delivered").length);
    expect(bagsBefore.size).toBe(kept.length);
    expect(leftovers(kho, join(workspace, ".sohoa"))).toEqual([]);
  });

  it("delivers whole bags, under year and dossier code, judged by sha256sum", () => {
    for (const { bag, truth } of kept) {
      expect(sha256sumCheck(bag.folder).match(/: OK$/gmu)).toHaveLength(3);
      const year = `20${truth.dossier?.split("-").at(-2)?.slice(0, 2)}`;
      expect(bag.name.split("/").slice(0, 2)).toEqual([year, truth.dossier]);
      const oxum = readdirSync(join(bag.folder, "data")).reduce(
        (sum, name) => sum + readFileSync(join(bag.folder, "data", name)).length,
        0,
      );
      expect(readFileSync(join(bag.folder, "bag-info.txt"), "utf8")).toContain(`Payload-Oxum: ${oxum}.3\n`);
    }
  });

  it("makes PDFs that qpdf finds sound, with as many pages as the papers", () => {
    for (const { bag, truth } of kept) {
      expect(run("qpdf", ["--check", bag.pdf]), bag.name).toContain("No syntax or stream encoding errors");
      expect(run("qpdf", ["--show-npages", bag.pdf]).trim(), bag.name).toBe(String(truth.pages));
    }
  });

  it("makes PDF/A: Preflight objects to nothing but the claim of part 2u, which it does not know", () => {
    const found = preflight(
      built().map(({ bag }) => bag.pdf),
      join(scratch, "preflight"),
    );
    expect(found).toEqual(built().map(() => ["7.11.1", "7.11.2"]));
    expect(found.length).toBeGreaterThan(10);
  });

  it("signs so that poppler and OpenSSL find every signature valid", () => {
    for (const { bag } of kept) expect(pdfsig(bag.pdf, "-nocert"), bag.name).toContain("Signature is Valid.");
    for (const { bag } of signedByUs()) {
      const [part, ...more] = signatureParts(bag.pdf);
      expect(more, bag.name).toEqual([]);
      const { signed = Buffer.alloc(0), cms = Buffer.alloc(0) } = part ?? {};
      expect(opensslAccepts(signed, cms, root, join(scratch, "cms")), bag.name).toBe(true);
      // A judge that accepts anything is none: one changed byte must be refused.
      signed[signed.length >> 1]! ^= 1;
      expect(opensslAccepts(signed, cms, root, join(scratch, "cms")), bag.name).toBe(false);
    }
  });

  it("makes every word findable, in the printed order", () => {
    const measured: Record<string, { recall: number; order: number }> = {};
    for (const { bag, truth } of kept) {
      const wanted = readFileSync(join(FIXTURES, truth.text ?? ""), "utf8");
      const file = join(bag.folder, "data/text.txt");
      const read = truth.lane === "preserved" ? readFileSync(file, "utf8") : run("pdftotext", [bag.pdf, "-"]);
      measured[bag.name] = { recall: wordRecall(wanted, read), order: orderedRecall(wanted, read) };
    }
    console.table(measured);
    const low = Object.entries(measured).filter(
      ([, { recall, order }]) => recall < LEAST_RECALL || order < LEAST_ORDER,
    );
    expect(low).toEqual([]);
  });

  it("keeps the page breaks of the paper in the text beside the file", () => {
    for (const { bag, truth } of kept) {
      const text = readFileSync(join(bag.folder, "data/text.txt"), "utf8");
      expect(text.split("\f"), bag.name).toHaveLength(truth.pages ?? 0);
    }
  });

  it("records lane, role, type, evidence, blank pages and skew of each paper", () => {
    for (const { bag, truth } of kept) {
      const pages = pagesIn(bag);
      expect(bag.metadata["luong"], bag.name).toBe(truth.lane ?? "built");
      expect(bag.metadata["loaiSoHoa"], bag.name).toBe(truth.role === "result" ? 1 : 0);
      const blank = pages.filter(({ ghiNhan }) => ghiNhan.includes("blank")).map(({ so }) => so);
      expect(blank, bag.name).toEqual(truth.blankPages ?? []);
      if (truth.skewDegrees !== undefined) expect(pages[0]?.nghieng).toBeCloseTo(truth.skewDegrees, 0);
      if (truth.type !== undefined) expect(bag.metadata["maLoaiGiayTo"]).toBe(truth.type);
      const evidence = (bag.metadata["lienKet"] as { ma: string; tu: string }[]).map(({ tu }) => tu);
      if (truth.evidence !== undefined) expect(evidence, bag.name).toEqual(truth.evidence);
      else expect(["file", "folder", "manifest"], bag.name).toEqual(expect.arrayContaining(evidence));
    }
  });

  it("sets upright what lay upside down and turns nothing else", () => {
    for (const { bag, truth } of kept) {
      const turns = pagesIn(bag).flatMap(({ so, xuLyAnh }) =>
        xuLyAnh.flatMap(({ kind, degrees }) => (kind === "turn" ? [[String(so), degrees]] : [])),
      );
      expect(Object.fromEntries(turns), bag.name).toEqual(truth.turned ?? {});
    }
    expect(kept.filter(({ truth }) => truth.turned !== undefined)).toHaveLength(1);
  });

  it("divides a stack at its cover sheets: each paper a document of its own, every page in one place", () => {
    const stacks = TRUTH.scans.documents.filter(({ state }) => state === "split");
    expect(stacks).toHaveLength(1);
    for (const { files, pages, parts } of stacks) {
      const [file = ""] = files;
      const source = join(FIXTURES, TRUTH.scans.input, file);
      const papers = kept.filter(({ event }) => event.file?.startsWith(`${file}#`));
      expect(papers).toHaveLength(parts ?? 0);
      const whole = Number(run("qpdf", ["--show-npages", source]));
      expect(papers.reduce((sum, { event }) => sum + Number(event.pages), Number(pages))).toBe(whole);
      const stack = again.scans.find((event) => event.file === file);
      expect(stack).toMatchObject({ state: "split", dossier: null, unchanged: true });
      for (const { bag } of papers) {
        const trang = { first: expect.any(Number) };
        expect(bag.metadata["tachTu"]).toMatchObject({ taiLieu: stack?.document, trang });
      }
    }
  });

  it("adds text to the scanned page of a mixed PDF by appending; its written page stays as it was", () => {
    const augmented = kept.filter(({ bag }) => bag.metadata["luong"] === "augmented");
    expect(augmented).toHaveLength(1);
    for (const { bag, truth } of augmented) {
      const path = join(FIXTURES, TRUTH.scans.input, truth.files[0] ?? "");
      const source = readFileSync(path);
      expect(readFileSync(bag.pdf).subarray(0, source.length).equals(source)).toBe(true);
      const textOf = (pdf: string, page: string) => run("pdftotext", ["-f", page, "-l", page, pdf, "-"]);
      // Before it stands the caption of our signature alone.
      expect(textOf(bag.pdf, "1").endsWith(textOf(path, "1"))).toBe(true);
      expect(wordsOf(textOf(path, "1")).length).toBeGreaterThan(40);
      expect(wordsOf(textOf(path, "2"))).toEqual([]);
      const [, scanned = ""] = readFileSync(join(FIXTURES, truth.text ?? ""), "utf8").split("\f");
      expect(wordRecall(scanned, textOf(bag.pdf, "2"))).toBeGreaterThanOrEqual(LEAST_RECALL);
    }
  });

  it("delivers a signed paper byte for byte", () => {
    const preserved = kept.filter(({ bag }) => bag.metadata["luong"] === "preserved");
    expect(preserved).toHaveLength(1);
    for (const { bag, truth } of preserved) {
      const source = join(FIXTURES, TRUTH.scans.input, truth.files[0] ?? "");
      expect(readFileSync(bag.pdf).equals(readFileSync(source))).toBe(true);
    }
  });

  it("does nothing the second time: no page is read, no bag written, the same receipts", () => {
    for (const name of ["scans", "manifest"] as const) {
      const delivered = again[name].filter(({ state }) => state === "delivered");
      expect(delivered.every(({ unchanged }) => unchanged)).toBe(true);
      expect(again[name].filter(({ type, kept: was }) => type === "page" && was !== true)).toEqual([]);
      expect(again[name].at(-1)).toMatchObject({ type: "summary", exit: TRUTH[name].exit });
    }
    expect(new Map(bagsOf(kho).map((bag) => [bag.name, hashOfTree(bag.folder)]))).toEqual(bagsBefore);
  });

  it("shows the same document under the same receipt, and its text alone", async () => {
    const [first] = kept;
    const id = first?.event.document ?? "";
    const { exit, out } = await sohoa(["show", id, "--json", "--workspace", workspace]);
    expect(exit).toBe(0);
    const shown = JSON.parse(out) as { receipts: { location: string }[] };
    expect(shown.receipts.map(({ location }) => location)).toEqual([first?.bag.folder]);
    const text = await sohoa(["show", id, "--text", "--workspace", workspace]);
    expect(text.out).toBe(readFileSync(join(first?.bag.folder ?? "", "data/text.txt"), "utf8"));
  });

  it("reports the rates of the truth", async () => {
    const { by, measure, period } = TRUTH.rates;
    const asked = ["--by", by, "--measure", measure, "--period", period, "--format", "json"];
    const { exit, out } = await sohoa(["report", ...asked, "--workspace", workspace]);
    expect(exit).toBe(0);
    const report = JSON.parse(out) as { rows: { key: string }[]; total: object };
    const { rows, total } = TRUTH.rates.afterScansAndManifest;
    expect(report.total).toMatchObject(total);
    for (const row of rows) expect(report.rows.find(({ key }) => key === row["key"])).toMatchObject(row);
    const required = await sohoa(["report", ...asked, "--require", "95", "--workspace", workspace]);
    expect(required.exit).toBe(9);
  });

  it("verifies its own bags and notices a changed byte", async () => {
    const bag = built()[0]?.bag.folder ?? "";
    const good = await sohoa(["verify", bag, "--workspace", workspace, "--json"]);
    expect(good.exit).toBe(0);
    expect(JSON.parse(good.out)).toMatchObject({ type: "file", verdict: "valid", bag: [] });
    const changed = join(scratch, "changed.pdf");
    const bytes = readFileSync(join(bag, "data/document.pdf"));
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(changed, bytes);
    const bad = await sohoa(["verify", changed, "--workspace", workspace, "--json"]);
    expect(bad.exit).toBe(4);
    expect(JSON.parse(bad.out)).toMatchObject({ verdict: "invalid" });
  });

  it("tells nothing personal: no word of the papers in output, messages or audit log", async () => {
    const ledger = await openLedger({ path: join(workspace, ".sohoa/ledger.sqlite") });
    const audit: unknown[] = [];
    for await (const row of ledger.auditRows()) audit.push(row);
    await expect(ledger.verifyAudit()).resolves.toMatchObject({ intact: true });
    await ledger.close();
    const spoken = [demo.out, demo.err, JSON.stringify([again, audit])].join("\n").normalize("NFC");
    const personal = /\b0\d{11}\b|Nguyễn Văn|Trần Thị (?!Mẫu)|Bùi Thử/gu;
    // The register names officers in reports by officer only; nothing here may.
    expect(spoken.match(personal)).toBeNull();
    const text = kept.map(({ truth }) => readFileSync(join(FIXTURES, truth.text ?? ""), "utf8")).join("\n");
    const lines = text.split(/\n|\f/u).filter((line) => wordsOf(line).length >= 4);
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.filter((line) => spoken.includes(line.trim()))).toEqual([]);
  });

  it("never touches the sources", () => {
    expect(hashOfTree(FIXTURES)).toBe(sourcesBefore);
  });
});

interface PageRecord {
  readonly so: number;
  readonly nghieng: number;
  readonly ghiNhan: readonly string[];
  readonly xuLyAnh: readonly { readonly kind: string; readonly degrees: number }[];
}

const pagesIn = ({ metadata }: Bag): readonly PageRecord[] => metadata["trang"] as readonly PageRecord[];

/** One hash over names and bytes of all files below a folder. */
function hashOfTree(folder: string): string {
  const hash = createHash("sha256");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).toSorted())
    hash.update(path).update(readFileSync(path));
  return hash.digest("hex");
}
