import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

/** Vitest's global setup: tests run the compiled program, so a stale `dist` is built again, once. */
export default function build(): void {
  if (newest("dist", ".js") > newest("src", ".ts")) return;
  execFileSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", ROOT], {
    stdio: "inherit",
  });
}

/** Time of the last written file; 0 when there is none. */
function newest(folder: string, ending: string): number {
  let latest = 0;
  try {
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })) {
      if (name.endsWith(ending)) latest = Math.max(latest, statSync(join(ROOT, folder, name)).mtimeMs);
    }
  } catch {
    return 0;
  }
  return latest;
}
