import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTimeStamper, type TimeStamperOptions } from "../../../src/signing/pki/tsa-client.ts";
import { type FullPki, makeFullPki } from "../../support/pki/full-pki.ts";
import { type Services, startServices } from "../../support/pki/services.ts";
import { openssl } from "../../support/test-pki.ts";

const folder = mkdtempSync(join(tmpdir(), "sohoa-tsa-"));
const data = Buffer.from("giá trị chữ ký");
const digest = (hash: string) => createHash(hash).update(data).digest();
let services: Services;
let pki: FullPki;
beforeAll(async () => {
  services = await startServices(folder);
  pki = makeFullPki(folder, services.address);
});
afterAll(() => services.stop());

function stamper(given: Partial<TimeStamperOptions> = {}) {
  return createTimeStamper({ tsa: [services.tsa()], trust: [pki.root], tlsRoots: [], timeout: 20, ...given });
}

const stamp = (given: Partial<TimeStamperOptions> = {}) => stamper(given).stamp(digest("sha256"), "sha256");

describe("an honest authority", () => {
  it.each(["sha256", "sha384", "sha512"] as const)("stamps %s, and openssl agrees", async (hash) => {
    const token = await stamper().stamp(digest(hash), hash);
    writeFileSync(join(folder, "t.der"), token);
    writeFileSync(join(folder, "t.bin"), data);
    const files = [
      "-in",
      join(folder, "t.der"),
      "-token_in",
      "-data",
      join(folder, "t.bin"),
      "-CAfile",
      pki.root,
    ];
    expect(openssl("ts", "-verify", ...files, "-untrusted", pki.issuing)).toContain("OK");
  });

  it("is believed without roots in the settings, never against them", async () => {
    expect((await stamp({ trust: [] })).length).toBeGreaterThan(1000);
    await expect(stamp({ trust: [pki.stranger] })).rejects.toMatchObject({
      code: "timestamp",
      detail: expect.stringMatching(/^127\.0\.0\.1:\d+: .*unknown root/u),
    });
  });

  it("needs a machine whose clock is right", async () => {
    const now = () => new Date(Date.now() - 47 * 60_000);
    await expect(stamp({ now })).rejects.toMatchObject({
      code: "timestamp",
      detail: expect.stringContaining("47 min"),
    });
  });
});

describe("a lying or failing authority", () => {
  it.each([
    ["rejection", "refused: status 2"],
    ["wrong-nonce", "wrong nonce"],
    ["wrong-imprint", "imprint mismatch"],
    ["wrong-time", "clocks differ by 365 days"],
    ["broken-signature", "bad signature"],
    ["expired-certificate", "expired"],
    ["loose-certificate", "not a time-stamping certificate"],
    ["html", "text/html"],
    ["cut", "ECONNRESET"],
    ["down", "ECONNRESET"],
  ] as const)("is refused: %s", async (fault, why) => {
    const failed = stamp({ tsa: [services.tsa(fault)] });
    await expect(failed).rejects.toMatchObject({ code: "timestamp", detail: expect.stringContaining(why) });
  });

  it("is left for the next one, and rests for a minute", async () => {
    let at = Date.now();
    const now = () => new Date(at);
    const two = stamper({ tsa: [services.tsa("html"), services.tsa()], now });
    const before = (await services.counts()).tsa ?? 0;
    await two.stamp(digest("sha256"), "sha256");
    await two.stamp(digest("sha256"), "sha256");
    expect((await services.counts()).tsa).toBe(before + 3);
    at += 61_000;
    await two.stamp(digest("sha256"), "sha256");
    expect((await services.counts()).tsa).toBe(before + 5);
  });

  it("is not asked again while all rest, and every reason is told", async () => {
    const all = stamper({ tsa: [services.tsa("html"), services.tsa("rejection")] });
    const first = await all.stamp(digest("sha256"), "sha256").catch((error: unknown) => error);
    const before = (await services.counts()).tsa;
    await expect(all.stamp(digest("sha256"), "sha256")).rejects.toEqual(first);
    expect((await services.counts()).tsa).toBe(before);
    expect(first).toMatchObject({ detail: expect.stringMatching(/text\/html; .*refused/u) });
  });

  it("may take no longer than the settings allow, and send no more than a token", async () => {
    const slow = await serve(
      (_, response) => void response.writeHead(200, { "content-type": "application/timestamp-reply" }),
    );
    const start = performance.now();
    await expect(stamp({ tsa: [slow.url], timeout: 1 })).rejects.toMatchObject({
      detail: expect.stringContaining("no answer within 1 s"),
    });
    expect(performance.now() - start).toBeLessThan(3000);
    const endless = await serve((_, response) => {
      response.writeHead(200, { "content-type": "application/timestamp-reply" });
      const pour = () =>
        void (response.destroyed || response.write(Buffer.alloc(65_536), () => setImmediate(pour)));
      pour();
    });
    await expect(stamp({ tsa: [endless.url] })).rejects.toMatchObject({
      detail: expect.stringContaining("larger than"),
    });
    slow.close();
    endless.close();
  });

  it("asks for settings when no authority is named", async () => {
    await expect(stamp({ tsa: [] })).rejects.toMatchObject({ code: "settings", detail: "signing.tsa" });
  });
});

async function serve(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}
