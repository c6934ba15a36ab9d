import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SignatureLevel } from "../../src/domain/settings.ts";
import type { Upgrader } from "../../src/signing/create-upgrader.ts";
import { openUpgrader } from "../../src/signing/open-signer.ts";
import { createVerifier } from "../../src/signing/verify/verify.ts";
import { type FullPki, makeFullPki } from "../support/pki/full-pki.ts";
import { type Services, startServices } from "../support/pki/services.ts";
import { scratchFolder } from "../support/program.ts";
import { pdfsig } from "./judges.ts";
import { smallPdf } from "./small-pdf.ts";
import { pkcs12Signer, signingSettings } from "./test-signer.ts";

const folder = scratchFolder("upgrade");
const path = (name: string) => join(folder, name);
const now = () => new Date();
let services: Services;
let pki: FullPki;

beforeAll(async () => {
  services = await startServices(folder);
  pki = makeFullPki(folder, services.address);
  writeFileSync(path("in.pdf"), smallPdf());
  const { pkcs12 } = pki.signer("rsa");
  const signer = await pkcs12Signer(pkcs12, pki.passphrase, { trust: [pki.root] });
  const request = { at: now(), capturedAt: now(), appearance: "tt01-scan", keepClear: [] } as const;
  await signer.sign(path("in.pdf"), path("b-b.pdf"), request);
});
afterAll(() => services.stop());

function upgrader(level: SignatureLevel, tsa = services.tsa()): Upgrader {
  const settings = signingSettings({ level, tsa: [tsa], trust: [pki.root], revocation: "require" });
  return openUpgrader({ settings, cache: path("cache") });
}

const levels = async (name: string): Promise<readonly string[]> => {
  const { signatures } = await createVerifier({ trust: [pki.root], now }).verify(path(name));
  return signatures.map(({ level, verdict }) => `${level} ${verdict}`);
};

describe("a file signed earlier", () => {
  it.each(["B-T", "B-LT", "B-LTA"] as const)(
    "is raised to %s by appending, and the level holds when everybody is gone",
    async (level) => {
      const out = `${level}.pdf`;
      await upgrader(level).upgrade(path("b-b.pdf"), path(out), now());
      const [source, made] = [readFileSync(path("b-b.pdf")), readFileSync(path(out))];
      expect(made.subarray(0, source.length).equals(source)).toBe(true);
      expect((await levels(out))[0]).toBe(`${level} valid`);
      expect(pdfsig(path(out), "-nocert").match(/Signature is Valid/gu)).not.toBeNull();
    },
  );

  it("can be judged to the last stamp without asking anybody", async () => {
    await upgrader("B-LTA").upgrade(path("b-b.pdf"), path("whole.pdf"), now());
    const verifier = createVerifier({ trust: [pki.root], now, revocation: "require" });
    expect(await verifier.verify(path("whole.pdf"))).toMatchObject({ verdict: "valid" });
  });

  it("is not touched again when nothing is lacking", async () => {
    await upgrader("B-LT").upgrade(path("b-b.pdf"), path("done.pdf"), now());
    expect(await upgrader("B-LT").upgrade(path("done.pdf"), path("again.pdf"), now())).toBeUndefined();
    expect(existsSync(path("again.pdf"))).toBe(false);
  });

  it("gets its archive stamp renewed", async () => {
    await upgrader("B-LTA").upgrade(path("b-b.pdf"), path("first.pdf"), now());
    await upgrader("B-LTA").upgrade(path("first.pdf"), path("second.pdf"), now());
    expect(await levels("second.pdf")).toEqual([
      "B-LTA valid",
      "document time stamp valid",
      "document time stamp valid",
      "document time stamp valid",
    ]);
  });

  it("stays as it is when no authority answers, and nothing half done is left", async () => {
    const gone = upgrader("B-LTA", services.tsa("down")).upgrade(path("b-b.pdf"), path("no.pdf"), now());
    await expect(gone).rejects.toThrow(expect.objectContaining({ code: "timestamp" }));
    expect(existsSync(path("no.pdf"))).toBe(false);
  });
});

it("raises nothing that carries no signature, or a broken one", async () => {
  const raised = (name: string) => upgrader("B-T").upgrade(path(name), path("never.pdf"), now());
  await expect(raised("in.pdf")).rejects.toThrow(expect.objectContaining({ code: "not_signed" }));
  const broken = readFileSync(path("b-b.pdf"));
  broken[broken.indexOf("/Lang") + 8] = 0x58;
  writeFileSync(path("broken.pdf"), broken);
  await expect(raised("broken.pdf")).rejects.toThrow(expect.objectContaining({ code: "signature_broken" }));
});

it("does not let a stranger's revoked certificate stop a batch", async () => {
  const { pkcs12 } = pki.signer("revoked");
  const signer = await pkcs12Signer(pkcs12, pki.passphrase, { trust: [pki.root] });
  const request = { at: now(), capturedAt: now(), appearance: "none", keepClear: [] } as const;
  await signer.sign(path("in.pdf"), path("theirs.pdf"), request);
  const raised = upgrader("B-LT").upgrade(path("theirs.pdf"), path("never.pdf"), now());
  await expect(raised).rejects.toThrow(expect.objectContaining({ code: "signature_broken" }));
});
