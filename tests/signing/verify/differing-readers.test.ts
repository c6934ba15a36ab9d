import { readFileSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appendSignature } from "../../../src/signing/append/append-signature.ts";
import { createVerifier } from "../../../src/signing/verify/verify.ts";
import { openAppendWorld } from "../append/append-world.ts";
import { formPdf, put } from "./form-pdf.ts";

/** Updates that we can read and poppler, MuPDF or pdfium cannot: they rebuild the file, and may show what nobody signed. */
const world = openAppendWorld();
const { path, plain } = world;
const verifier = createVerifier({ trust: [world.root.pem], now: () => new Date() });
let signed: Buffer;
let previous: string;

beforeAll(async () => {
  await appendSignature(put(path("in.pdf"), formPdf()), path("signed.pdf"), plain);
  signed = readFileSync(path("signed.pdf"));
  previous = /startxref\s+(\d+)\s+%%EOF\s*$/u.exec(signed.toString("latin1"))?.[1] ?? "";
});
afterAll(() => rmSync(world.folder, { recursive: true }));

async function judge(text: string, source = signed) {
  const bytes = Buffer.concat([source, Buffer.from(text, "latin1")]);
  const { verdict, signatures } = await verifier.verify(put(path("judged.pdf"), bytes));
  const reasons = signatures.flatMap((one) => one.reasons).join("; ");
  return { verdict, odd: /odd structure|cannot be judged|damaged/u.test(reasons) };
}

const row = (offset: number) => `${String(offset).padStart(10, "0")} 00000 n \n`;
const OBJECT = "480 0 obj\n<< /Made true >>\nendobj\n";

interface Table {
  readonly object?: string;
  readonly before?: string;
  readonly more?: string;
  readonly head?: string;
  readonly size?: string;
}

/** An update with one new object and a table. */
function withTable({ object = OBJECT, before = "", more = "", head = "480 1", size = "500" }: Table): string {
  const at = signed.length + 1;
  const start = at + object.length;
  const table = `${before}xref\n${head}\n${row(at)}${more}`;
  return `\n${object}${table}trailer\n<< /Size ${size} /Root 1 0 R /Prev ${previous} >>\nstartxref\n${start}\n%%EOF\n`;
}

it("reads a plain table without a doubt about its structure", async () => {
  expect((await judge(withTable({}))).odd).toBe(false);
});

it.each<[string, Table]>([
  ["an empty subsection that begins below nothing", { more: "-1 0\n" }],
  ["an empty subsection that begins beyond all numbers", { more: "99999999999 0\n" }],
  ["a free object beyond what MuPDF counts", { more: "9000000 1\n0000000000 00001 f \n" }],
  ["a free object below nothing", { more: "-5 1\n0000000000 00001 f \n" }],
  ["a /Size beyond what MuPDF counts", { size: "8388609" }],
  ["a /Size beyond 31 bits", { size: "2147483647" }],
  ["a comment before it", { before: "%x\n" }],
  ["a first number with a point", { head: "480.0 1" }],
  ["a first number with signs", { head: "++480 1" }],
  ["an object whose number has a point", { object: OBJECT.replace("480 0", "480.0 0") }],
  ["an object whose number has signs", { object: OBJECT.replace("480 0", "++480 0") }],
  ["a number with two signs", { object: "480 0 obj\n<< /A --90 >>\nendobj\n" }],
  ["a number with a minus in it", { object: "480 0 obj\n<< /A 300-77 >>\nendobj\n" }],
  ["a turn that is no whole number", { object: "480 0 obj\n<< /Rotate 90.0 >>\nendobj\n" }],
])("doubts a table with %s", async (_what, table) => {
  const { verdict, odd } = await judge(withTable(table));
  expect(verdict).not.toBe("valid");
  expect(odd).toBe(true);
});

interface Stream {
  readonly index?: string;
  readonly type?: number;
  readonly packedAt?: number;
  readonly packed?: string;
}

/** An update with an object stream 480, in it object 481, and a cross-reference stream 482. */
function withStream({ index = "480 3", type, packedAt = 0, packed = "<< /Made true >>" }: Stream): string {
  const first = "481 0 ";
  const at = signed.length + 1;
  const data = `${first}${packed}`;
  const object = `480 0 obj\n<< /Type /ObjStm /N 1 /First ${first.length} /Length ${data.length} >>\nstream\n${data}\nendstream\nendobj\n`;
  const start = at + object.length;
  const entry = (kind: number, second: number, third: number): string => {
    const bytes = Buffer.alloc(6);
    bytes.writeUInt8(kind, 0);
    bytes.writeUInt32BE(second, 1);
    bytes.writeUInt8(third, 5);
    return bytes.toString("latin1");
  };
  const rows = entry(1, at, 0) + entry(2, 480, packedAt) + entry(type ?? 1, start, 0);
  const own = `/Type /XRef /W [1 4 1] /Index [${index}] /Size 500 /Root 1 0 R /Prev ${previous} /Length ${rows.length}`;
  return `\n${object}482 0 obj\n<< ${own} >>\nstream\n${rows}\nendstream\nendobj\nstartxref\n${start}\n%%EOF\n`;
}

it("reads a plain cross-reference stream without a doubt about its structure", async () => {
  expect((await judge(withStream({}))).odd).toBe(false);
});

it.each<[string, Stream]>([
  ["more numbers than entries", { index: "480 5" }],
  ["a number below nothing", { index: "-3 0 480 3" }],
  ["a number beyond all", { index: "99999999999 0 480 3" }],
  ["an entry of no known type", { type: 3 }],
  ["a wrong place in the object stream", { packedAt: 77 }],
  ["a key twice in a packed object", { packed: "<< /A 1 /A 2 >>" }],
  ["an odd number in a packed object", { packed: "<< /A 1--2 >>" }],
  ["a reference with a point in a packed object", { packed: "<< /A 8.0 0 R >>" }],
])("doubts a cross-reference stream with %s", async (_what, stream) => {
  const { verdict, odd } = await judge(withStream(stream));
  expect(verdict).not.toBe("valid");
  expect(odd).toBe(true);
});

describe("a linearized file that was updated", () => {
  const head = (length: string) => `%PDF-1.7\n90 0 obj\n<< /Linearized 1 /L ${length} >>\nendobj\n`;

  it.each<[string, (whole: number) => string, boolean]>([
    ["is no longer linearized when its /L tells the old length", (whole) => String(whole - 7), false],
    ["is doubted when its /L fits the updated file", String, true],
    ["is doubted when its /L is no number", () => "(x)", true],
  ])("%s", async (_what, lengthOf, expected) => {
    const base = put(path("linear.pdf"), linearized(head("0000000000")));
    await appendSignature(base, path("linear-signed.pdf"), plain);
    const first = readFileSync(path("linear-signed.pdf"));
    const update = emptyUpdate(first);
    const wanted = lengthOf(first.length + update.length).padEnd(10, " ");
    await appendSignature(put(path("linear.pdf"), linearized(head(wanted))), path("again.pdf"), plain);
    const again = readFileSync(path("again.pdf"));
    expect(again.length).toBe(first.length);
    expect((await judge(emptyUpdate(again), again)).odd).toBe(expected);
  });
});

/** The form with another head: all offsets move by its length. */
function linearized(head: string): Buffer {
  const source = formPdf().toString("latin1");
  const cut = source.indexOf("1 0 obj");
  const by = head.length - cut;
  const moved = source
    .slice(cut)
    .replaceAll(
      /^(\d{10}) 00000 n/gmu,
      (_, at: string) => `${String(Number(at) + by).padStart(10, "0")} 00000 n`,
    )
    .replace(/startxref\n(\d+)/u, (_, at: string) => `startxref\n${Number(at) + by}`);
  return Buffer.from(head + moved, "latin1");
}

function emptyUpdate(source: Buffer): string {
  const before = /startxref\s+(\d+)\s+%%EOF\s*$/u.exec(source.toString("latin1"))?.[1] ?? "";
  return `\nxref\n0 0\ntrailer\n<< /Size 500 /Root 1 0 R /Prev ${before} >>\nstartxref\n${source.length + 1}\n%%EOF\n`;
}
