import { describe, expect, it } from "vitest";
import { ERRORS } from "../../src/domain/errors.ts";
import { outcomeExit, worstExit } from "../../src/domain/exit-code.ts";
import { STATES } from "../../src/domain/outcome.ts";

describe("the exit code of a run", () => {
  it("is 0 when nothing or only clean things happened", () => {
    expect(worstExit([])).toBe(0);
    expect(worstExit([0, 0])).toBe(0);
  });

  it("is the gravest of several, in the order 1, 7, 3, 4, 5, 6, 10 of the contract", () => {
    const order = [1, 7, 3, 4, 5, 6, 10];
    for (const [at, code] of order.entries()) {
      expect(worstExit(order.slice(at).toReversed())).toBe(code);
      expect(worstExit([0, code])).toBe(code);
    }
  });

  it("is 0 for a document only when its state is clean", () => {
    const clean = STATES.filter((state) => outcomeExit(state, "unreadable") === 0);
    expect(clean).toEqual(["delivered", "duplicate", "split", "skipped"]);
  });

  it.each([
    ["failed", "truncated", 4],
    ["failed", "page_timeout", 5],
    ["failed", "target_unreachable", 5],
    ["failed", "bug", 1],
    ["failed", undefined, 1],
    ["failed", "toString", 1],
    ["held", "no_dossier", 6],
    ["unsigned", undefined, 6],
    ["undelivered", undefined, 6],
    ["quarantined", "secret_mark", 6],
    ["pending", undefined, 10],
  ] as const)("of %s %s is %i", (state, reason, exit) => {
    expect(outcomeExit(state, reason)).toBe(exit);
  });
});

describe("the table of errors", () => {
  it("says in both languages what to do, and never the same in both", () => {
    for (const { vi, en } of Object.values(ERRORS)) {
      expect(vi.length).toBeGreaterThan(15);
      expect(en.length).toBeGreaterThan(15);
      expect(vi).not.toBe(en);
    }
  });

  it("gives every code of document scope an exit its state explains", () => {
    const exits = { failed: [4, 5], held: [6], quarantined: [6], stop: [2, 3, 7, 8] };
    for (const [code, { scope, state, exit, retriable }] of Object.entries(ERRORS)) {
      expect(exits[state], code).toContain(exit);
      expect(scope === "batch", code).toBe(state === "stop");
      if (state === "failed") expect(exit, code).toBe(retriable ? 5 : 4);
    }
  });
});
