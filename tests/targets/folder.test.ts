import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Signed } from "../../src/domain/document.ts";
import type { DocumentId, DossierCode } from "../../src/domain/ids.ts";
import type { Parcel } from "../../src/domain/ports.ts";
import { hashFile } from "../../src/objects/durable.ts";
import { checkBag } from "../../src/targets/check-bag.ts";
import { openFolderTarget } from "../../src/targets/folder.ts";
import { hash } from "../pipeline/world-objects.ts";
import { paper, SIGNATURE } from "../pipeline/world.ts";
import { sha256sumCheck } from "../support/judges.ts";
import { scratchFolder } from "../support/program.ts";
import { targetContract } from "../support/target-contract.ts";

const CODE = "H57.132-260804-0583" as DossierCode;
const NOW = new Date("2026-11-20T03:00:00Z");
const never = new AbortController().signal;

describe("the folder warehouse", () => {
  const scratch = scratchFolder("kho");
  let number = 0;
  const fresh = (): string => join(scratch, `kho${++number}`);
  const open = (root: string, owner = "me", now = NOW) => openFolderTarget({ root, owner, now: () => now });

  async function parcel(
    content = "%PDF-1.7 ký",
    given: Partial<Parcel> & { type?: string } = {},
  ): Promise<Parcel> {
    const path = join(scratch, `${hash(content)}.pdf`);
    writeFileSync(path, content);
    const signed = await hashFile(path);
    const fields = given.type === undefined ? {} : { type: given.type };
    const candidate = paper("a", 1, { fields });
    const document: Signed = {
      scan: { ...candidate, lane: "built", pages: [], repairs: [] },
      pages: [],
      dossier: CODE,
      evidence: [],
      pdf: signed,
      conformance: "PDF/A-2u",
      imageBytes: 0,
      signed,
      signatures: [SIGNATURE],
    };
    const { type: _type, ...rest } = given;
    return { document, text: "toàn văn\n", metadata: { maHoSo: CODE }, ordinal: 1, exports: [], ...rest };
  }

  it("holds one whole bag a document, under year and code", async () => {
    const root = fresh();
    const target = open(root);
    const receipt = await target.deliver(await parcel("%PDF", { type: "Đơn đề nghị" }), never);
    expect(receipt.key).toBe(`2026/${CODE}/01-Don-de-nghi-${hash("a").slice(0, 8)}`);
    expect(receipt.location).toBe(join(root, receipt.key));
    expect(sha256sumCheck(receipt.location).match(/: OK$/gmu)).toHaveLength(3);
    expect(await checkBag(receipt.location)).toEqual([]);
    expect(readFileSync(join(receipt.location, "data/text.txt"), "utf8")).toBe("toàn văn\n");
    expect(readFileSync(join(receipt.location, "bagit.txt"), "utf8")).toMatch(/^BagIt-Version: 1\.0\n/u);
    expect(readdirSync(join(root, ".incoming"))).toEqual([]);
  });

  targetContract(() => {
    const root = fresh();
    return {
      open: (day) => open(root, day, new Date(day)),
      parcel: (content, exports = []) => parcel(content, { exports }),
      async stored({ location }, fileName) {
        const path = join(location, "data", fileName);
        return existsSync(path) ? readFileSync(path, "utf8") : undefined;
      },
    };
  });

  it("counts exports as payload: in the manifest and in Payload-Oxum", async () => {
    const exports = ["hocr.html", "alto.xml"].map((fileName) => ({
      fileName,
      async *write() {
        yield* ["<một>", "</một>"];
      },
    }));
    const { location } = await open(fresh()).deliver(await parcel("ký", { exports }), never);
    expect(sha256sumCheck(location).match(/: OK$/gmu)).toHaveLength(5);
    expect(await checkBag(location)).toEqual([]);
    const names = readdirSync(join(location, "data")).toSorted();
    expect(names).toEqual(["alto.xml", "document.pdf", "hocr.html", "metadata.json", "text.txt"]);
    const octets = names.reduce((sum, name) => sum + readFileSync(join(location, "data", name)).length, 0);
    expect(readFileSync(join(location, "bag-info.txt"), "utf8")).toContain(`Payload-Oxum: ${octets}.5\n`);
  });

  it("has one bag for a document whose type and place in the dossier were corrected after delivery", async () => {
    const root = fresh();
    const first = await open(root).deliver(await parcel("ký", { type: "Đơn" }), never);
    expect(await open(root).deliver(await parcel("ký", { type: "Tờ khai", ordinal: 2 }), never)).toEqual(
      first,
    );
    expect(readdirSync(join(root, "2026", CODE))).toHaveLength(1);
    expect(readdirSync(join(root, ".incoming"))).toEqual([]);
  });

  it("refuses another document under the name of one it has", async () => {
    const root = fresh();
    const target = open(root);
    const receipt = await target.deliver(await parcel(), never);
    const info = join(receipt.location, "bag-info.txt");
    writeFileSync(info, readFileSync(info, "utf8").replace(hash("a"), hash("other")));
    await expect(target.deliver(await parcel(), never)).rejects.toMatchObject({ code: "target_refused" });
  });

  it("refuses a bag whose document was changed or lost since, and leaves it as evidence", async () => {
    const root = fresh();
    const target = open(root);
    const { location } = await target.deliver(await parcel(), never);
    appendFileSync(join(location, "data/document.pdf"), "!");
    await expect(target.deliver(await parcel(), never)).rejects.toMatchObject({ code: "target_refused" });
    expect(await checkBag(location)).toEqual([{ kind: "changed", file: "data/document.pdf" }]);
  });

  it("refuses a folder of that name that is no bag of ours", async () => {
    const root = fresh();
    const target = open(root);
    const { location } = await target.deliver(await parcel(), never);
    writeFileSync(join(location, "bag-info.txt"), "Source-Organization: somebody\n");
    await expect(target.deliver(await parcel(), never)).rejects.toMatchObject({ code: "target_refused" });
  });

  it("notices missing, changed and added files of a bag", async () => {
    const target = open(fresh());
    const { location } = await target.deliver(await parcel(), never);
    rmSync(join(location, "data/text.txt"));
    writeFileSync(join(location, "data/metadata.json"), "{}");
    writeFileSync(join(location, "data/thêm.txt"), "");
    expect(await checkBag(location)).toEqual([
      { kind: "changed", file: "data/metadata.json" },
      { kind: "missing", file: "data/text.txt" },
      { kind: "unlisted", file: "data/thêm.txt" },
    ]);
    expect(await checkBag(join(location, "data"))).toEqual([
      { kind: "not_a_bag", file: "manifest-sha256.txt" },
    ]);
  });

  it("sweeps its own unfinished bags before the first delivery, never those of another workspace", async () => {
    const root = fresh();
    for (const name of ["me-1.tmp", "other-1.tmp"])
      mkdirSync(join(root, ".incoming", name), { recursive: true });
    const target = open(root);
    expect(readdirSync(join(root, ".incoming"))).toEqual(["me-1.tmp", "other-1.tmp"]);
    await target.deliver(await parcel(), never);
    expect(readdirSync(join(root, ".incoming"))).toEqual(["other-1.tmp"]);
  });

  it("does not deliver bytes that are not the signed ones, and leaves nothing", async () => {
    const root = fresh();
    const target = open(root);
    const given = await parcel("as signed");
    writeFileSync(given.document.signed.path, "changed on the disk");
    await expect(target.deliver(given, never)).rejects.toMatchObject({ code: "source_changed" });
    expect(existsSync(join(root, "2026"))).toBe(false);
    expect(readdirSync(join(root, ".incoming"))).toEqual([]);
  });

  it("reports a warehouse that cannot be written as unreachable, not as a bug", async () => {
    const file = join(scratch, "a-file");
    writeFileSync(file, "");
    const delivered = open(join(file, "kho")).deliver(await parcel(), never);
    await expect(delivered).rejects.toMatchObject({ code: "target_unreachable", detail: "ENOTDIR" });
  });

  it("tells documents of one dossier apart by ordinal and id", async () => {
    const target = open(fresh());
    const first = await parcel("one");
    const scan = { ...first.document.scan, id: hash("b") as string as DocumentId, role: "result" as const };
    const second = { ...first, ordinal: 12, document: { ...first.document, scan } };
    const keys = [await target.deliver(first, never), await target.deliver(second, never)].map(
      ({ key }) => key,
    );
    expect(keys[1]).toBe(`2026/${CODE}/12-KQ-${hash("b").slice(0, 8)}`);
    expect(new Set(keys).size).toBe(2);
  });
});
