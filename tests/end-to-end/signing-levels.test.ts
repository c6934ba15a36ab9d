import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPdfTools } from "../../src/pdf/pdf-tools.ts";
import { run, signatureParts } from "../signing/judges.ts";
import { preflight } from "../support/judges.ts";
import type { SignerName } from "../support/pki/full-pki.ts";
import { expectSigned, verifyToken } from "../support/pki/judge-delivery.ts";
import { scratchFolder, sohoa } from "../support/program.ts";
import { type Office, openOffice } from "./signing-office.ts";

interface Case {
  readonly level: "B-B" | "B-T" | "B-LT" | "B-LTA";
  readonly signer: SignerName;
  readonly padding?: "pss";
}
const CASES: readonly Case[] = [
  { level: "B-B", signer: "rsa", padding: "pss" },
  { level: "B-T", signer: "p256" },
  { level: "B-LT", signer: "rsa" },
  { level: "B-LTA", signer: "p384" },
  { level: "B-LTA", signer: "rsa", padding: "pss" },
];
const LONG = CASES.filter(({ level }) => level.startsWith("B-LT"));

const folder = scratchFolder("signing-levels");
const nameOf = ({ level, signer, padding }: Case): string => `${level}-${signer}${padding ?? ""}`;
const fileOf = (one: Case): string => join(folder, nameOf(one), "in.pdf");
let office: Office;

beforeAll(async () => {
  office = await openOffice(folder, 1);
  await writePdf(join(folder, "in.pdf"));
  for (const one of CASES) {
    const { level, signer, padding } = one;
    const workspace = office.workspace(signer, {
      level,
      appearance: "tt01-scan",
      ...(padding !== undefined && { padding }),
    });
    const words = [
      "sign",
      join(folder, "in.pdf"),
      "--out",
      join(folder, nameOf(one)),
      "--workspace",
      workspace,
    ];
    const { exit, out, err } = await sohoa(words);
    expect(exit, out + err).toBe(0);
  }
  // From here on nobody answers.
  await office.close();
});
afterAll(() => office.close());

/** A page as the program itself writes it: PDF/A-2u. */
async function writePdf(path: string): Promise<void> {
  const pixels = { width: 1240, height: 1754, bits: 8, colour: "gray", turn: 0, mirrored: false } as const;
  const bytes = deflateSync(Buffer.alloc(pixels.width * pixels.height, 0xee));
  const image = { ...pixels, filter: "FlateDecode", bytes, passedThrough: false } as const;
  async function* pages() {
    yield { image, dpi: 150, width: pixels.width, height: pixels.height, lines: [] };
  }
  const about = { title: "Hồ sơ H57.132-260804-0583", keywords: [], created: new Date() };
  await createPdfTools().write(path, { ...about, pages: pages() });
}

interface Told {
  readonly verdict: string;
  readonly signatures: readonly {
    readonly level: string;
    readonly revocation?: string;
    readonly provenAt?: string;
  }[];
}

/** What the program says in an office that has never asked anybody and insists on knowing of revocations. */
async function verifyElsewhere(paths: readonly string[]): Promise<Told[]> {
  const workspace = office.workspace("p256");
  const { out } = await sohoa(["verify", ...paths, "--json", "--workspace", workspace]);
  return out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Told);
}

describe("signatures of every level", () => {
  it.each(CASES.map((one) => [nameOf(one), one] as const))(
    "(%s) convince pdfsig, openssl, qpdf and mutool",
    (_name, one) => {
      expectSigned(fileOf(one), office.pki, one.level !== "B-B");
      expect(run("mutool", ["show", fileOf(one), "trailer/Root/AcroForm/SigFlags"]).trim()).toBe("3");
    },
  );

  it("leave the file PDF/A-2u", () => {
    // Preflight knows 1b only: it may refuse the claim of part and level, nothing else.
    const found = preflight(CASES.map(fileOf), join(folder, "preflight"));
    expect(found).toEqual(CASES.map(() => ["7.11.1", "7.11.2"]));
  });

  it("are HỢP LỆ for sohoa verify, offline, as far as they carry what proves it", async () => {
    const told = await verifyElsewhere(CASES.map(fileOf));
    expect(told.map(({ signatures }) => signatures[0]?.level)).toEqual(CASES.map(({ level }) => level));
    const long = CASES.map(({ level }) => level.startsWith("B-LT"));
    expect(told.map(({ verdict }) => verdict === "valid")).toEqual(long);
    expect(told.map(({ signatures }) => signatures[0]?.revocation === "good")).toEqual(long);
    expect(told.map(({ signatures }) => signatures[0]?.provenAt !== undefined)).toEqual(
      CASES.map(({ level }) => level !== "B-B"),
    );
    const people = await sohoa(["verify", ...LONG.map(fileOf), "--trust", office.pki.root]);
    expect(people.exit).toBe(0);
    expect(people.out.match(/(?<!KHÔNG )HỢP LỆ/gu)?.length).toBeGreaterThanOrEqual(LONG.length);
  });
});

describe("what long-term signatures carry", () => {
  it.each(LONG.map((one) => [nameOf(one), one] as const))(
    "(%s) are OCSP answers that openssl accepts",
    (name, one) => {
      const { certificate } = office.pki.signer(one.signer);
      const answers = dssStreams(fileOf(one), "OCSPs");
      const said = answers.map((answer, index) => {
        const path = join(folder, `${name}-${index}.ocsp`);
        writeFileSync(path, answer);
        const about = ["-issuer", office.pki.issuing, "-cert", certificate, "-no_nonce"];
        const trust = ["-CAfile", office.pki.root, "-verify_other", office.pki.issuing];
        return run("openssl", ["ocsp", "-respin", path, ...about, ...trust]);
      });
      expect(said.every((text) => text.includes("Response verify OK"))).toBe(true);
      expect(said.filter((text) => text.includes(`${certificate}: good`))).toHaveLength(1);
    },
  );

  it.each(LONG.map((one) => [nameOf(one), one] as const))(
    "(%s) are CRLs that openssl accepts",
    (name, one) => {
      const lists = dssStreams(fileOf(one), "CRLs");
      expect(lists.length).toBeGreaterThan(0);
      for (const [index, list] of lists.entries()) {
        const path = join(folder, `${name}-${index}.crl`);
        writeFileSync(path, list);
        const words = ["crl", "-inform", "DER", "-in", path, "-noout", "-CAfile"];
        const said = [office.pki.root, office.pki.issuing].map((issuer) =>
          run("openssl", [...words, issuer]),
        );
        expect(said.some((text) => text.includes("verify OK"))).toBe(true);
      }
    },
  );

  it.each(CASES.filter(({ level }) => level === "B-LTA").map((one) => [nameOf(one), one] as const))(
    "(%s) is, last, a time stamp over the whole file that openssl verifies",
    (_name, one) => {
      const last = signatureParts(fileOf(one)).at(-1);
      if (last === undefined) throw new Error("no signature");
      expect(verifyToken(last.cms, last.signed, office.pki)).toContain("Verification: OK");
      expect(run("pdfsig", ["-nocert", fileOf(one)])).toMatch(/Signature #2:[^]*  - Total document signed/u);
    },
  );
});

/** Content of the streams a list of the document's security store names, as qpdf finds them. */
function dssStreams(file: string, list: string): Buffer[] {
  const show = (object: string, ...how: string[]) =>
    execFileSync("qpdf", [`--show-object=${object}`, ...how, file]);
  const refs = (text: string, key: string) =>
    [
      ...(new RegExp(`/${key} (\\[[^\\]]*\\]|\\d+ 0 R)`, "u").exec(text)?.[1] ?? "").matchAll(/(\d+) 0 R/gu),
    ].map(([, number = ""]) => number);
  const follow = (text: string, key: string) => show(refs(text, key)[0] ?? "").toString("latin1");
  const store = follow(follow(show("trailer").toString("latin1"), "Root"), "DSS");
  return refs(store, list).map((number) => show(number, "--filtered-stream-data"));
}
