import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { OperationalError } from "../../domain/errors.ts";
import { factsOf } from "./chain.ts";

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu;

/** Reads the roots (and intermediates) an office trusts; throws `settings` naming the file that cannot be read. */
export async function readTrust(paths: readonly string[]): Promise<X509Certificate[]> {
  const files = await Promise.all(paths.map((path) => readPem(path)));
  return files.flat();
}

async function readPem(path: string): Promise<X509Certificate[]> {
  try {
    const found = (await readFile(path, "utf8")).match(PEM) ?? [];
    if (found.length === 0) throw new Error("no certificate inside");
    const certificates = found.map((one) => new X509Certificate(one));
    for (const one of certificates) factsOf(one);
    return certificates;
  } catch (error) {
    throw new OperationalError("settings", `signing.trust: ${path}`, { cause: error });
  }
}
