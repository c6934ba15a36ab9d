import type { ChildProcess } from "node:child_process";
import { mkdirSync, watch } from "node:fs";
import { join } from "node:path";
import { type Ended, type Event, events, sohoa } from "../support/program.ts";

/** When a run is killed: by the clock, or some milliseconds after the n-th of something has happened in it. */
export interface Moment {
  readonly of: "clock" | "page" | "work file" | "bag";
  readonly nth: number;
  readonly thenMs: number;
}

/** What a run told before it ended or died. */
export interface Life {
  /** Pages whose recognition it reported. */
  readonly read: readonly string[];
  /** Pages it found kept. */
  readonly kept: number;
  /** Documents it reported as delivered by itself. */
  readonly delivered: number;
  readonly ended: Ended;
}

/** Runs `sohoa run` over a folder and kills it without warning at the moment given; without one it may finish. */
export async function liveRun(workspace: string, input: string, moment?: Moment): Promise<Life> {
  const places = {
    "work file": join(workspace, ".sohoa/objects/incoming"),
    bag: join(workspace, "kho/.incoming"),
  };
  const abort = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  let child: ChildProcess | undefined;
  let happened = 0;
  const kill = (): void => void timers.push(setTimeout(() => child?.kill("SIGKILL"), moment?.thenMs));
  const count = (): void => {
    if (++happened === moment?.nth) kill();
  };
  if (moment?.of === "work file" || moment?.of === "bag") {
    const place = places[moment.of];
    mkdirSync(place, { recursive: true });
    const seen = new Set<string>();
    watch(place, { signal: abort.signal }, (_what, name) => {
      if (name === null || seen.has(name)) return;
      seen.add(name);
      count();
    });
  }
  const ended = await sohoa(["run", input, "--json", "--workspace", workspace], {
    onStart: (started) => {
      child = started;
      if (moment?.of === "clock") kill();
    },
    onLine: (line) => {
      if (moment?.of === "page" && line.includes('"kept":false')) count();
    },
  });
  abort.abort();
  for (const timer of timers) clearTimeout(timer);
  return lifeOf(ended);
}

/** A killed run's last line may be cut; all lines before it are whole. */
export function lifeOf(ended: Ended): Life {
  const all: Event[] = events(ended.out.slice(0, ended.out.lastIndexOf("\n") + 1));
  const pages = all.filter(({ type }) => type === "page");
  const fresh = pages.filter(({ kept }) => kept === false);
  return {
    read: fresh.map(({ document, page }) => `${document?.slice(0, 8)} ${page}`),
    kept: pages.length - fresh.length,
    delivered: all.filter(({ state, unchanged }) => state === "delivered" && unchanged === false).length,
    ended,
  };
}
