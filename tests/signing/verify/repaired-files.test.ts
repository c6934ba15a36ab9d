import { readFileSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appendSignature } from "../../../src/signing/append/append-signature.ts";
import { createVerifier } from "../../../src/signing/verify/verify.ts";
import { openAppendWorld } from "../append/append-world.ts";
import { formPdf, put, streamText } from "./form-pdf.ts";

/** What other programs repair silently, they may show otherwise than we read it. */
const world = openAppendWorld();
const { path, plain } = world;
const verifier = createVerifier({ trust: [world.root.pem], now: () => new Date() });
const EVIL = streamText("", "q 1 0 0 rg 0 0 600 800 re f Q");
let signed: Buffer;

beforeAll(async () => {
  await appendSignature(put(path("in.pdf"), formPdf()), path("signed.pdf"), plain);
  signed = readFileSync(path("signed.pdf"));
});
afterAll(() => rmSync(world.folder, { recursive: true }));

async function judge(bytes: Buffer) {
  const { verdict, signatures } = await verifier.verify(put(path("judged.pdf"), bytes));
  return { verdict, reasons: signatures.flatMap(({ reasons }) => reasons).join("; ") };
}

const startxref = () => /startxref\s+(\d+)\s+%%EOF\s*$/u.exec(signed.toString("latin1"))?.[1] ?? "";
const table = (rows: Readonly<Record<number, string>>) =>
  `xref\n${Object.entries(rows)
    .map(([num, row]) => `${num} 1\n${row} \n`)
    .join("")}`;
const row = (offset: number, gen = 0) =>
  `${String(offset).padStart(10, "0")} ${String(gen).padStart(5, "0")} n`;

interface Parts {
  readonly body?: string;
  readonly rows?: (at: number) => Readonly<Record<number, string>>;
  readonly trailer?: string;
  readonly more?: string;
}

/** An update written by hand: a body, rows of a table that may not fit it, and a trailer. */
function updated({ body = "", rows, trailer = "/Size 500 /Root 1 0 R", more = "" }: Parts): Buffer {
  const at = signed.length + 1;
  const listed = rows === undefined ? "xref\n0 0\n" : table(rows(at));
  const start = at + body.length;
  const text = `\n${body}${listed}trailer\n<< ${trailer} /Prev ${startxref()} >>\n${more}startxref\n${start}\n%%EOF\n`;
  return Buffer.concat([signed, Buffer.from(text, "latin1")]);
}

const NEW = "480 0 obj\n<< /Made true >>\nendobj\n";
const REDEFINED = `8 0 obj\n${EVIL}\nendobj\n`;

it("an empty update and one that names what it brings are told whole", async () => {
  expect((await judge(updated({}))).verdict).toBe("valid");
  const { reasons } = await judge(updated({ body: NEW, rows: (at) => ({ 480: row(at) }) }));
  expect(reasons).not.toMatch(/odd structure|unlisted/u);
});

describe("an object of the signed file is redefined without an entry", () => {
  it.each<[string, Parts]>([
    ["under a sound trailer", {}],
    ["without /Root", { trailer: "/Size 500" }],
    ["with another generation of /Root", { trailer: "/Size 500 /Root 1 7 R" }],
    ["without /Size", { trailer: "/Root 1 0 R" }],
    ["with a negative /Size", { trailer: "/Size -1 /Root 1 0 R" }],
    ["with /Root twice", { trailer: "/Size 500 /Root 400 0 R /Root 1 0 R" }],
    ["with an entry for the old place", { rows: () => ({ 8: row(signed.indexOf("\n8 0 obj") + 1) }) }],
  ])("%s", async (_how, parts) => {
    const { verdict, reasons } = await judge(updated({ body: REDEFINED, ...parts }));
    expect(verdict).toBe("invalid");
    expect(reasons).toContain("unlisted object redefined after signing");
  });
});

describe("an update has an odd structure", () => {
  it.each<[string, Parts]>([
    ["objects no table names", { body: NEW }],
    ["no /Root", { trailer: "/Size 500" }],
    ["a foreign generation of /Root", { trailer: "/Size 500 /Root 1 7 R" }],
    ["a /Size below its objects", { trailer: "/Size 5 /Root 1 0 R" }],
    ["a broken /Size", { trailer: "/Size 500.0 /Root 1 0 R" }],
    ["a key twice in its trailer", { trailer: "/Size 500 /Size 500 /Root 1 0 R" }],
    ["a number listed twice", { body: NEW, rows: (at) => ({ 480: `${row(at)} \n480 1\n${row(at)}` }) }],
    ["another generation than its entry", { body: NEW, rows: (at) => ({ 480: row(at, 3) }) }],
    ["an entry behind the end", { body: NEW, rows: (at) => ({ 480: row(at), 481: row(at + 99_999) }) }],
    ["a word between its parts", { more: "hello\n" }],
    ["a second startxref for another place", { more: "startxref\n77\n" }],
    [
      "a key twice in an object",
      { body: "480 0 obj\n<< /A 1 /B << /A [/A /A] >> /A 2 >>\nendobj\n", rows: (at) => ({ 480: row(at) }) },
    ],
    [
      "a stream longer than it says",
      {
        body: "480 0 obj\n<< /Length 2 >>\nstream\n1234\nendstream\nendobj\n",
        rows: (at) => ({ 480: row(at) }),
      },
    ],
  ])("%s", async (_what, parts) => {
    const { verdict, reasons } = await judge(updated(parts));
    expect(verdict).toBe("undetermined");
    expect(reasons).toMatch(/odd structure|outside the file/u);
  });

  it("startxref far from the end", async () => {
    const { verdict } = await judge(Buffer.concat([updated({}), Buffer.from(`%${"x".repeat(1100)}\n`)]));
    expect(verdict).toBe("undetermined");
  });
});

it("comments and white space behind the signature explain themselves", async () => {
  const { verdict } = await judge(Buffer.concat([signed, Buffer.from("\n% 8 0 obj\n\n%%EOF\n")]));
  expect(verdict).toBe("valid");
});

describe("a hybrid update contradicts itself", () => {
  /** Table and stream for the page's content; each at the new or the old place. */
  function hybrid(inTable: (fresh: number) => string, inStream: "fresh" | "old"): Buffer {
    const at = signed.length + 1;
    const old = signed.indexOf("\n8 0 obj") + 1;
    const data = Buffer.alloc(6, 1);
    data.writeUIntBE(inStream === "old" ? old : at, 1, 4);
    data[5] = 0;
    const head = `490 0 obj\n<< /Type /XRef /W [1 4 1] /Index [8 1] /Size 500 /Length 6 >>\nstream\n`;
    const hidden = at + REDEFINED.length;
    const text = `\n${REDEFINED}${head}${data.toString("latin1")}\nendstream\nendobj\n`;
    const start = signed.length + text.length;
    const end = `${table({ 8: inTable(at) })}trailer\n<< /Size 500 /Root 1 0 R /Prev ${startxref()} /XRefStm ${hidden} >>\nstartxref\n${start}\n%%EOF\n`;
    return Buffer.concat([signed, Buffer.from(text + end, "latin1")]);
  }

  it.each<[string, (fresh: number) => string, "fresh" | "old"]>([
    ["new in the table, old in the stream", (fresh) => row(fresh), "old"],
    ["old in the table, new in the stream", () => row(signed.indexOf("\n8 0 obj") + 1), "fresh"],
    ["free in the table, old in the stream", () => "0000000000 00001 f", "old"],
  ])("%s", async (_how, inTable, inStream) => {
    expect((await judge(hybrid(inTable, inStream))).verdict).toBe("invalid");
  });
});

it("a place kept free behind the signed file is no place", async () => {
  const text = formPdf().toString("latin1");
  const start = text.indexOf("xref\n");
  const hollow = text
    .replace("trailer\n<< /Size 15", `15 1\n${row(900_000)} \ntrailer\n<< /Size 16`)
    .replace(/startxref\n\d+/u, `startxref\n${start}`);
  expect(hollow).toContain("0000900000");
  await appendSignature(
    put(path("hollow.pdf"), Buffer.from(hollow, "latin1")),
    path("hollow-signed.pdf"),
    plain,
  );
  const { verdict, reasons } = await judge(readFileSync(path("hollow-signed.pdf")));
  expect(verdict).toBe("undetermined");
  expect(reasons).toContain("object outside the file");
});
