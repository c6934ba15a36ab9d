import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Independent programs that judge what we signed. */
export function pdfsig(file: string, ...options: readonly string[]): string {
  return run("pdfsig", [...options, file]);
}

export function run(command: string, args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(command, [...args], { encoding: "utf8" });
  return stdout + stderr;
}

/** Signed bytes and CMS of every signature, taken by the byte ranges alone. */
export function signatureParts(file: string): { signed: Buffer; cms: Buffer }[] {
  const bytes = readFileSync(file);
  const ranges = bytes.toString("latin1").matchAll(/\/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+(\d+)\s*\]/gu);
  return [...ranges].map(([, a, b, c]) => {
    const [gap, second, length] = [Number(a), Number(b), Number(c)];
    const hex = bytes.toString("latin1", gap + 1, second - 1);
    const signed = Buffer.concat([bytes.subarray(0, gap), bytes.subarray(second, second + length)]);
    return { signed, cms: Buffer.from(hex, "hex") };
  });
}
