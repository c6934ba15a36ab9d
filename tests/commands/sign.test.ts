import { describe, expect, it } from "vitest";
import { printWaiting } from "../../src/commands/waiting-list.ts";
import type { WaitingDocument } from "../../src/domain/ledger-port.ts";
import type { Io } from "../../src/ui/io.ts";

function waiting(number: number, given: Partial<WaitingDocument> = {}): WaitingDocument {
  return {
    id: `d${number}` as WaitingDocument["id"],
    state: "unsigned",
    reason: null,
    retriable: false,
    dossier: `H57.132-260804-${String(number).padStart(4, "0")}` as WaitingDocument["dossier"],
    pages: 2,
    stage: "assembled",
    name: `${number}.pdf`,
    title: null,
    unit: "H57.132" as WaitingDocument["unit"],
    officer: (number % 3 === 0 ? "nv-2" : "nv-1") as WaitingDocument["officer"],
    role: "component",
    since: "2026-11-20T03:00:00.000Z",
    ...given,
  };
}

async function* each(documents: readonly WaitingDocument[]): AsyncGenerator<WaitingDocument> {
  yield* documents;
}

async function printed(documents: readonly WaitingDocument[], json = false, lang: "vi" | "en" = "vi") {
  let out = "";
  const io: Io = {
    out: (text) => void (out += text),
    err: () => undefined,
    live: false,
    colour: false,
    env: {},
    cwd: "/",
    ask: undefined,
  };
  const totals = await printWaiting(each(documents), { heading: "Chờ ký", json, lang }, io);
  return { totals, lines: out.split("\n").filter(Boolean) };
}

describe("the list before signing", () => {
  it("shows twenty of a long list, and counts all of it by officer and dossier", async () => {
    const { totals, lines } = await printed(Array.from({ length: 1_234 }, (_, index) => waiting(index)));
    expect(totals).toEqual({ documents: 1_234, pages: 2_468 });
    expect(lines).toHaveLength(24);
    expect(lines[0]).toBe("Chờ ký: 1.234 tài liệu, 2.468 trang");
    expect(lines[1]).toBe(
      "  H57.132-260804-0000 · thành phần hồ sơ · 0.pdf · 2 tr. · nv-2 · 20/11/2026 10:00",
    );
    expect(lines[21]).toBe("  … và 1.214 tài liệu");
    expect(lines[22]).toBe("Người chuẩn bị (2): nv-1 822, nv-2 412");
    expect(lines[23]).toMatch(/^Hồ sơ \(1\.234\): H57\.132-260804-0000 1, .* … \+1\.224$/u);
  });

  it("names a paper by its title and file, and lets no name write on the terminal", async () => {
    const named = waiting(1, { title: "Đơn\u001B[2J", range: { first: 3, last: 4 }, role: "result" });
    const { lines } = await printed([named], false, "en");
    expect(lines[1]).toContain("result · Đơn�[2J (1.pdf#3-4) · 2 pp. · nv-1");
  });

  it("gives machines every document, and nothing when nothing waits", async () => {
    const { lines } = await printed(
      Array.from({ length: 25 }, (_, index) => waiting(index)),
      true,
    );
    expect(lines).toHaveLength(25);
    expect(JSON.parse(lines[3] ?? "")).toMatchObject({
      type: "waiting",
      document: "d3",
      file: "3.pdf",
      dossier: "H57.132-260804-0003",
      officer: "nv-2",
      stage: "assembled",
      pages: 2,
    });
    expect((await printed([])).lines).toEqual([]);
  });
});
