import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verify } from "../../src/commands/verify.ts";
import type { SignatureInfo } from "../../src/domain/document.ts";
import { appendProof, appendSignature } from "../../src/signing/append/append-signature.ts";
import type { Io } from "../../src/ui/io.ts";
import { openAppendWorld } from "../signing/append/append-world.ts";
import { smallPdf } from "../signing/small-pdf.ts";

const world = openAppendWorld();
const { path, plain, proof, put } = world;
const elsewhere = mkdtempSync(join(tmpdir(), "sohoa-nowhere-"));

beforeAll(async () => {
  put("in.pdf", smallPdf());
  await appendSignature(path("in.pdf"), path("signed.pdf"), plain);
  await appendProof(path("signed.pdf"), path("proven.pdf"), proof);
  const bytes = readFileSync(path("signed.pdf"));
  writeFileSync(
    path("changed.pdf"),
    Buffer.from(bytes.toString("latin1").replace("0.9 g", "0.1 g"), "latin1"),
  );
});
afterAll(() => {
  rmSync(world.folder, { recursive: true });
  rmSync(elsewhere, { recursive: true });
});

async function told(files: readonly string[], flags: Readonly<Record<string, unknown>> = {}) {
  let out = "";
  const io: Io = {
    out: (text) => void (out += text),
    err: () => undefined,
    live: false,
    colour: false,
    env: {},
    cwd: elsewhere,
    ask: undefined,
  };
  return { exit: await verify(io, { trust: [world.root.pem], ...flags }, files), out };
}

describe("what sohoa verify tells of a signature", () => {
  it("is one block: verdict, signer, time, level, coverage", async () => {
    const { exit, out } = await told([path("signed.pdf")]);
    expect(exit).toBe(0);
    expect(out).toMatch(/^HỢP LỆ {2}\S+signed\.pdf {2}\(PDF\/A-2u\)\n {2}1\. HỢP LỆ {2}Nguyễn Văn Thử\n/u);
    expect(out).toMatch(/ Ký lúc +2026-11-22T10:04:05\+07:00 \(theo lời người ký, chưa được chứng minh\)\n/u);
    expect(out).toMatch(/ Mức +B-B · ETSI\.CAdES\.detached · SHA-256\n +Phạm vi +phủ toàn tệp\n/u);
  });

  it("names the proven time, the level it reaches and what came later", async () => {
    const { exit, out } = await told([path("proven.pdf")]);
    expect(exit).toBe(0);
    expect(out).toMatch(/ Chứng minh +20\d\d-\S+Z \(có dấu thời gian xác nhận\)\n +Mức +B-LTA /u);
    expect(out).toMatch(/ Thu hồi +chưa bị thu hồi\n +Về sau +thêm dữ liệu kiểm tra: /u);
    expect(out).toMatch(/ 2\. HỢP LỆ {2}Dấu thời gian\n[^]* Mức +document time stamp · ETSI\.RFC3161/u);
  });

  it("says in words why one is not valid, in English too", async () => {
    const { exit, out } = await told([path("changed.pdf")]);
    expect(exit).toBe(4);
    expect(out).toMatch(
      /^KHÔNG HỢP LỆ [^]* Lý do +Nội dung đã bị thay đổi sau khi ký \(digest mismatch\)\n/u,
    );
    const english = await told([path("changed.pdf")], { lang: "en" });
    expect(english.out).toMatch(/^INVALID [^]* Reason +.*digest mismatch/u);
  });

  it("is one object a file for programs, and exit 6 for people to look", async () => {
    const { exit, out } = await told([path("proven.pdf"), path("in.pdf")], { json: true });
    expect(exit).toBe(6);
    const [proven, unsigned] = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { verdict: string; signatures: SignatureInfo[] });
    expect(unsigned).toMatchObject({ verdict: "unsigned", signatures: [] });
    expect(proven?.signatures[0]).toMatchObject({
      level: "B-LTA",
      revocation: "good",
      changes: [
        { kind: "validation_data", allowed: true },
        { kind: "time_stamp", allowed: true },
      ],
    });
  });

  it("asks about revocation only with --online", async () => {
    expect((await told([path("signed.pdf")])).out).not.toContain("Thu hồi");
    const { exit, out } = await told([path("signed.pdf")], { online: true });
    expect(exit).toBe(0);
    expect(out).toMatch(/ Thu hồi +chưa biết\n[^]* Lưu ý +Chưa biết chứng thư có bị thu hồi không/u);
  });

  it("leaves the file as it was", async () => {
    const before = readFileSync(path("proven.pdf"));
    await told([path("proven.pdf")]);
    expect(readFileSync(path("proven.pdf")).equals(before)).toBe(true);
  });
});
