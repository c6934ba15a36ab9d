import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const JARS = "preflight pdfbox2 fontbox2 xmpbox commons-logging javax.activation jaxb-api".split(" ");
const VALIDATOR = "org.apache.pdfbox.preflight.Validator_A1b";

/**
 * Error codes PDFBox Preflight finds in each file, in one start of Java. It knows PDF/A-1b only: a good 2u file has
 * exactly 7.11.1 and 7.11.2 (its own claim of part and level).
 */
export function preflight(files: readonly string[], scratch: string): string[][] {
  mkdirSync(scratch, { recursive: true });
  const list = join(scratch, "files.txt");
  writeFileSync(list, files.join("\n"));
  const path = JARS.map((jar) => `/usr/share/java/${jar}.jar`).join(":");
  const command = ["-cp", path, VALIDATOR, "xml", "group", list];
  execFileSync("java", command, { stdio: "ignore" });
  const said = readFileSync(`${list}.preflight.xml`, "utf8");
  return said
    .split("<preflight ")
    .slice(1)
    .map((one) => [...one.matchAll(/<code>([^<]+)<\/code>/gu)].map(([, code = ""]) => code).toSorted());
}

/** The same for one file, told on its output. */
export function preflightCodes(file: string): string[] {
  const path = JARS.map((jar) => `/usr/share/java/${jar}.jar`).join(":");
  const { stdout } = spawnSync("java", ["-cp", path, VALIDATOR, file], { encoding: "utf8" });
  return [...stdout.matchAll(/^(\d[\d.]+) :/gmu)].map(([, code = ""]) => code).toSorted();
}

/** SHA-256 manifest of a bag as coreutils judges it; throws when a file is missing or changed. */
export function sha256sumCheck(bag: string): string {
  return execFileSync("sha256sum", ["-c", "manifest-sha256.txt"], { cwd: bag, encoding: "utf8" });
}

/** Whether OpenSSL accepts a CAdES signature over `signed` under the given root. */
export function opensslAccepts(signed: Buffer, cms: Buffer, root: string, scratch: string): boolean {
  mkdirSync(scratch, { recursive: true });
  writeFileSync(join(scratch, "signed.bin"), signed);
  writeFileSync(join(scratch, "cms.der"), cms);
  const input = ["-in", join(scratch, "cms.der"), "-inform", "DER", "-content", join(scratch, "signed.bin")];
  const trust = ["-CAfile", root, "-purpose", "any", "-out", "/dev/null"];
  try {
    execFileSync("openssl", ["cms", "-verify", "-cades", "-binary", ...input, ...trust], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
