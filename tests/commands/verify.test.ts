import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { verify } from "../../src/commands/verify.ts";
import { isOperational } from "../../src/domain/errors.ts";
import type { Io } from "../../src/ui/io.ts";
import { FIXTURES } from "../support/program.ts";

const UNSIGNED = join(FIXTURES, "manifest-scans/ho-so-gop.pdf");

/** Runs the command outside any workspace; gives its exit code and what it says of each file. */
async function judged(files: readonly string[], flags: Readonly<Record<string, unknown>> = {}) {
  const lines: string[] = [];
  const io: Io = {
    out: (text) => void lines.push(text),
    err: () => undefined,
    live: false,
    colour: false,
    env: {},
    cwd: "/",
    ask: undefined,
  };
  const exit = await verify(io, { ...flags, json: true }, files);
  const verdicts = lines.map(
    (line) => JSON.parse(line) as { file: string; verdict: string; problem?: string },
  );
  return { exit, verdicts };
}

describe("sohoa verify", () => {
  it("judges the other files when one of the list is missing", async () => {
    const { exit, verdicts } = await judged(["/no/such.pdf", UNSIGNED]);
    expect(verdicts).toMatchObject([
      { file: "/no/such.pdf", verdict: "invalid", problem: "source_missing" },
      { file: UNSIGNED, verdict: "unsigned" },
    ]);
    expect(exit).toBe(4);
  });

  it("leaves open what cannot be read: nothing is known of its signatures", async () => {
    const { exit, verdicts } = await judged([join(FIXTURES, "../package.json")]);
    expect(verdicts).toMatchObject([{ verdict: "undetermined", problem: "unreadable" }]);
    expect(exit).toBe(6);
  });

  it("calls no file invalid because the list of trusted roots is wrong", async () => {
    const answer = await judged([UNSIGNED], { trust: ["/no/root.pem"] }).catch((error: unknown) => error);
    expect(isOperational(answer) && answer.code).toBe("settings");
  });
});
