import { readFileSync } from "node:fs";

/** Keeps the memory of a program and its processes by how many pages it had read; one sample each `everyMs`. */
export function createMemoryLog(everyMs) {
  const samples = [];
  let next = 0;
  return {
    see(pids, pages) {
      const now = performance.now();
      if (now < next) return;
      next = now + everyMs;
      const each = pids.map(memoryOf);
      const sum = (name) => each.reduce((total, memory) => total + memory[name], 0);
      samples.push({ pages, pss: sum("pss"), rss: sum("rss"), main: each[0]?.pss ?? 0 });
    },
    /** Over the samples taken when more than `from` and at most `to` pages had been read. */
    mean(from, to) {
      const within = samples.filter(({ pages }) => pages > from && pages <= to);
      const of = (name) => within.reduce((total, each) => total + each[name], 0) / within.length;
      return { pss: of("pss"), rss: of("rss"), main: of("main"), samples: within.length };
    },
    peak: () => ({
      pss: Math.max(0, ...samples.map(({ pss }) => pss)),
      rss: Math.max(0, ...samples.map(({ rss }) => rss)),
    }),
  };
}

/** Megabytes. PSS gives each process its share of what several hold. */
function memoryOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    const megabytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "mu").exec(text)?.[1] ?? 0) / 1024;
    return { pss: megabytes("Pss"), rss: megabytes("Rss") };
  } catch {
    return { pss: 0, rss: 0 }; // it ended while we looked
  }
}
