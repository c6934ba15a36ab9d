import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectWhole } from "../support/pki/judge-delivery.ts";
import type { Services, TsaFault } from "../support/pki/services.ts";
import { scratchFolder } from "../support/program.ts";
import { bagsOf } from "../support/warehouse.ts";
import { type Office, openOffice } from "./signing-office.ts";

const PAPERS = 3;
const all = (state: string) => Array.from({ length: PAPERS }, () => state);
let office: Office;

beforeAll(async () => {
  office = await openOffice(scratchFolder("signing-faults"), PAPERS);
});
afterAll(() => office.close());

const bags = (workspace: string): number => bagsOf(join(workspace, "kho")).length;

/** Runs a test's work while services misbehave; they are good again afterwards, whatever happens. */
async function during<T>(faults: Parameters<Services["behave"]>[0], work: () => Promise<T>): Promise<T> {
  await office.services.behave(faults);
  try {
    return await work();
  } finally {
    await office.services.behave({ tsa: "good", ocsp: "good", crl: "good" });
  }
}

describe("time-stamp authorities", () => {
  const stamped = { level: "B-T", revocation: "off" } as const;
  const liars: readonly TsaFault[] = [
    "down",
    "html",
    "cut",
    "rejection",
    "wrong-nonce",
    "wrong-imprint",
    "wrong-time",
    "broken-signature",
    "expired-certificate",
    "loose-certificate",
  ];

  it("of which none tells the truth hold the papers, exit 5; with an honest one the next run delivers all", async () => {
    const tsa = liars.map((fault) => office.services.tsa(fault));
    const workspace = office.workspace("rsa", { ...stamped, tsa });
    const before = await office.services.counts();
    const bad = await office.run(workspace);
    expect(bad.papers, bad.err).toEqual(all("failed timestamp"));
    expect([bad.exit, bags(workspace)]).toEqual([5, 0]);
    expect((await office.services.counts()).tsa).toBeGreaterThanOrEqual(before.tsa + liars.length);
    office.settle(workspace, "rsa", { ...stamped, tsa: [...tsa, office.services.tsa()] });
    const good = await office.run(workspace);
    expect(good, good.err).toMatchObject({ exit: 0, papers: all("delivered") });
    expectWhole(workspace, office.pki, { bags: PAPERS, stamped: true });
  });

  it("that are slow hold the papers for a while, too", async () => {
    const workspace = office.workspace("p256", { ...stamped, timeout: 1 });
    const bad = await during({ tsa: "slow" }, () => office.run(workspace));
    expect(bad, bad.err).toMatchObject({ exit: 5, papers: all("failed timestamp") });
    expect(bags(workspace)).toBe(0);
    expect(await office.run(workspace)).toMatchObject({ exit: 0, papers: all("delivered") });
    expectWhole(workspace, office.pki, { bags: PAPERS, stamped: true });
  });
});

describe("who asks whether the certificate was revoked", () => {
  it("is content with OCSP where the issuer has no CRL", async () => {
    const workspace = office.workspace("p256");
    rmSync(join(office.pki.folder, "issuing.crl"));
    const told = await office.run(workspace);
    office.pki.publishCrls();
    expect(told, told.err).toMatchObject({ exit: 0, papers: all("delivered") });
    expectWhole(workspace, office.pki, { bags: PAPERS, stamped: false });
  });

  it.each(["down", "stale"] as const)("takes the CRL when OCSP is %s", async (fault) => {
    const workspace = office.workspace("p256");
    const before = await office.services.counts();
    const told = await during({ ocsp: fault }, () => office.run(workspace));
    expect(told, told.err).toMatchObject({ exit: 0, papers: all("delivered") });
    expect((await office.services.counts()).crl).toBeGreaterThan(before.crl);
  });

  it("and hears nothing fresh signs nothing, exit 5; the next run delivers all", async () => {
    const workspace = office.workspace("p256");
    const told = await during({ ocsp: "stale", crl: "down" }, () => office.run(workspace));
    expect([told.exit, bags(workspace)], told.err).toEqual([5, 0]);
    // The papers are read all the same: only the signature waits.
    expect(told.papers).toEqual(all("failed revocation"));
    expect(told.err).toMatch(/^revocation .*stale revocation data/mu);
    const good = await office.run(workspace);
    expect(good, good.err).toMatchObject({ exit: 0, papers: all("delivered") });
    expectWhole(workspace, office.pki, { bags: PAPERS, stamped: false });
  });

  it("does not believe a CRL of last week", async () => {
    const workspace = office.workspace("p256");
    office.pki.publishCrls({ stale: true });
    const told = await during({ ocsp: "down" }, () => office.run(workspace));
    office.pki.publishCrls();
    expect([told.exit, bags(workspace)], told.err).toEqual([5, 0]);
    expect(told.err).toMatch(/^revocation .*stale revocation data/mu);
  });

  it("and hears nothing signs all the same where the office wants so", async () => {
    const workspace = office.workspace("p256", { revocation: "warn" });
    const told = await during({ ocsp: "down", crl: "down" }, () => office.run(workspace));
    expect(told, told.err).toMatchObject({ exit: 0, papers: all("delivered") });
    expectWhole(workspace, office.pki, { bags: PAPERS, stamped: false });
  });

  it.each(["good", "down"] as const)(
    "and hears of a revocation stops the batch, exit 7 (OCSP %s)",
    async (ocsp) => {
      const workspace = office.workspace("revoked", { revocation: "warn" });
      const told = await during({ ocsp }, () => office.run(workspace));
      expect(told.err).toContain("certificate_revoked");
      expect([told.exit, told.papers, bags(workspace)]).toEqual([7, [], 0]);
    },
  );
});

describe("a certificate", () => {
  it.each([
    ["expired", "certificate_dates"],
    ["outsider", "certificate_chain"],
  ] as const)("that is %s stops the batch, exit 7, nothing signed", async (name, code) => {
    const workspace = office.workspace(name);
    const told = await office.run(workspace);
    expect(told.err).toContain(code);
    expect([told.exit, told.papers, bags(workspace)]).toEqual([7, [], 0]);
  });
});
