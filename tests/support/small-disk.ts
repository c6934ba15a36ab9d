import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MEGABYTES = 8;

/** A disk of its own that a test can fill: a tmpfs. */
export interface SmallDisk {
  /** Leaves so many bytes. */
  fill(left: number): void;
  /** Room again. */
  empty(): void;
  unmount(): void;
}

/** Mounts one at `folder`, which is made; throws where that is not permitted (see `mayMount`). */
export function mountSmallDisk(folder: string): SmallDisk {
  mkdirSync(folder, { recursive: true });
  if (!mount(folder)) throw new Error(`tmpfs at ${folder}`);
  const filler = join(folder, "filler");
  return {
    fill(left) {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(filler, Buffer.alloc(bavail * bsize - left));
    },
    empty: () => rmSync(filler),
    unmount: () => void spawnSync("umount", [folder]),
  };
}

/** Whether this machine lets us mount; if not, that is printed as the reason why tests are passed over. */
export function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "sohoa-mount-"));
  const may = mount(folder);
  if (may) spawnSync("umount", [folder]);
  else console.log("SKIP: a full disk needs the right to mount a tmpfs (root)");
  rmSync(folder, { recursive: true });
  return may;
}

function mount(folder: string): boolean {
  return spawnSync("mount", ["-t", "tmpfs", "-o", `size=${MEGABYTES}m`, "tmpfs", folder]).status === 0;
}
