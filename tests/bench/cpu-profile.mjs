import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A main thread that waits does not work. */
const IDLE = new Set(["(idle)", "(root)"]);

/** The one profile that `node --cpu-prof-dir=FOLDER` left of a program's main thread: the largest. */
export async function readProfile(folder) {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".cpuprofile"));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  const [largest] = texts.toSorted((a, b) => b.length - a.length);
  return JSON.parse(largest);
}

/** Seconds of own time by part of the program, the greatest first; waiting does not count. */
export function whereTimeGoes({ nodes, samples, timeDeltas }) {
  const parts = new Map(nodes.map(({ id, callFrame }) => [id, partOf(callFrame)]));
  const seconds = new Map();
  samples.forEach((id, index) => {
    const part = parts.get(id);
    if (part !== undefined) seconds.set(part, (seconds.get(part) ?? 0) + timeDeltas[index] / 1e6);
  });
  return [...seconds].toSorted(([, a], [, b]) => b - a).map(([part, time]) => ({ part, seconds: time }));
}

/** `dist/signing/verify/x.js` → `signing/verify`; a package → its name; node's own code → `node`. */
function partOf({ functionName, url }) {
  if (IDLE.has(functionName)) return undefined;
  if (functionName === "(garbage collector)") return "garbage collector";
  const inPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)/u.exec(url)?.[1];
  if (inPackage !== undefined) return inPackage;
  const own = /\/dist\/(?:(.+)\/)?[^/]+$/u.exec(url);
  if (own !== null) return own[1] ?? "sohoa";
  // (program) is native code without a frame: files, hashes, the engine itself.
  return "node";
}
