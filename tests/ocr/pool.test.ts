import { expect, it } from "vitest";
import { OperationalError } from "../../src/domain/errors.ts";
import { createPool, type PoolWorker } from "../../src/ocr/pool.ts";

type Behaviour = "answer" | "die" | "hang" | "refuse";

/** Workers that do what the script says, one entry per job over all workers; `answer` when it runs out. */
function scripted(script: Behaviour[], start: "ok" | "fails" | "hangs" | "dies" = "ok") {
  const seen = { spawned: 0, stopped: 0, running: 0, most: 0, jobs: [] as string[] };
  const spawn = (): PoolWorker<string, string> => {
    seen.spawned += 1;
    let end = (): void => undefined;
    const gone = new Promise<void>((resolve) => {
      end = resolve;
    });
    if (start === "dies") end();
    return {
      gone,
      ready:
        start === "ok"
          ? Promise.resolve()
          : start === "fails"
            ? Promise.reject(new Error("no model"))
            : new Promise(() => undefined),
      run: async (job) => {
        seen.jobs.push(job);
        const behaviour = script.shift() ?? "answer";
        if (behaviour === "refuse") throw new Error("memory access out of bounds");
        if (behaviour === "die") end();
        if (behaviour !== "answer") return new Promise(() => undefined);
        seen.running += 1;
        seen.most = Math.max(seen.most, seen.running);
        await new Promise((resolve) => setTimeout(resolve, 10));
        seen.running -= 1;
        return job.toUpperCase();
      },
      stop: () => {
        seen.stopped += 1;
        end();
        return Promise.resolve();
      },
    };
  };
  return { seen, spawn };
}

const never = new AbortController().signal;
const limits = { startLimitMs: 500, jobLimitMs: 500 };

it("starts workers when they are needed, keeps them, and uses no more than its size", async () => {
  const { seen, spawn } = scripted([]);
  const pool = createPool({ size: 2, ...limits, spawn });
  expect(seen.spawned).toBe(0);
  expect(await pool.run("one", never)).toBe("ONE");
  expect(seen.spawned).toBe(1);
  const answers = await Promise.all(["a", "b", "c", "d", "e"].map((job) => pool.run(job, never)));
  expect(answers).toEqual(["A", "B", "C", "D", "E"]);
  expect(seen).toMatchObject({ spawned: 2, most: 2, stopped: 0 });
  await pool.close();
  expect(seen.stopped).toBe(2);
});

it("reuses the worker that runs instead of starting another for one page after the other", async () => {
  const { seen, spawn } = scripted([]);
  const pool = createPool({ size: 4, ...limits, spawn });
  for (const job of ["a", "b", "c"]) await pool.run(job, never);
  expect(seen.spawned).toBe(1);
  await pool.close();
});

it.each(["die", "refuse"] as const)(
  "tries a page once more on a new worker when the first does %s",
  async (how) => {
    const { seen, spawn } = scripted([how]);
    const pool = createPool({ size: 1, ...limits, spawn });
    expect(await pool.run("page", never)).toBe("PAGE");
    expect(seen).toMatchObject({ spawned: 2, jobs: ["page", "page"] });
    await pool.close();
  },
);

it("gives up a page that kills two workers, and goes on with the next page", async () => {
  const { seen, spawn } = scripted(["die", "die"]);
  const pool = createPool({ size: 1, ...limits, spawn });
  await expect(pool.run("bad", never)).rejects.toMatchObject({ code: "engine_died" });
  expect(await pool.run("good", never)).toBe("GOOD");
  expect(seen.spawned).toBe(3);
  await pool.close();
});

it("stops and replaces a worker that takes too long, without a second try", async () => {
  const { seen, spawn } = scripted(["hang"]);
  const pool = createPool({ size: 1, startLimitMs: 500, jobLimitMs: 30, spawn });
  await expect(pool.run("slow", never)).rejects.toMatchObject({ code: "page_timeout", detail: "30 ms" });
  expect(seen).toMatchObject({ stopped: 1, jobs: ["slow"] });
  expect(await pool.run("next", never)).toBe("NEXT");
  await pool.close();
});

it.each(["fails", "hangs", "dies"] as const)("says engine_start when the start %s", async (start) => {
  const { seen, spawn } = scripted([], start);
  const pool = createPool({ size: 1, startLimitMs: 30, jobLimitMs: 500, spawn });
  await expect(pool.run("page", never)).rejects.toMatchObject({ code: "engine_start" });
  expect(seen).toMatchObject({ stopped: 1, jobs: [] });
  await pool.close();
});

it("rejects at once when the signal fires, both while working and while waiting", async () => {
  const { seen, spawn } = scripted(["hang"]);
  const pool = createPool({ size: 1, startLimitMs: 500, jobLimitMs: 60_000, spawn });
  const control = new AbortController();
  const working = pool.run("working", control.signal);
  const waiting = pool.run("waiting", control.signal);
  const other = pool.run("other", never);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const reason = new Error("interrupted");
  control.abort(reason);
  await expect(working).rejects.toBe(reason);
  await expect(waiting).rejects.toBe(reason);
  expect(await other).toBe("OTHER");
  expect(seen.jobs).toEqual(["working", "other"]);
  await expect(pool.run("late", control.signal)).rejects.toBe(reason);
  await pool.close();
});

it("close ends what runs and what waits, and starts no replacement", async () => {
  const { seen, spawn } = scripted(["hang"]);
  const pool = createPool({ size: 1, startLimitMs: 500, jobLimitMs: 60_000, spawn });
  const jobs = [pool.run("running", never), pool.run("waiting", never)];
  const settled = Promise.allSettled(jobs);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await pool.close();
  const codes = (await settled).map((job) =>
    job.status === "rejected" ? (job.reason as { code: string }).code : "",
  );
  expect(codes).toEqual(["engine_start", "engine_start"]);
  expect(seen.spawned).toBe(1);
  await expect(pool.run("after", never)).rejects.toMatchObject({ code: "engine_start", detail: "closed" });
});

it("replaces a worker that is worn before the next job", async () => {
  const { seen, spawn } = scripted([]);
  const worn = () => {
    const worker = spawn();
    let jobs = 0;
    const run = (job: string): Promise<string> => {
      jobs += 1;
      return worker.run(job);
    };
    return { ...worker, run, worn: () => jobs >= 2 };
  };
  const pool = createPool({ size: 1, ...limits, spawn: worn });
  for (const job of ["a", "b", "c"]) expect(await pool.run(job, never)).toBe(job.toUpperCase());
  expect(seen).toMatchObject({ spawned: 2, stopped: 1 });
  await pool.close();
});

it("keeps workers of several kinds, and gives up the one unused for longest for a kind it lacks", async () => {
  const { seen, spawn } = scripted([]);
  const started: string[] = [];
  const pool = createPool<string, string>({
    size: 1,
    keep: 2,
    ...limits,
    kindOf: (job) => job.slice(0, 1),
    spawn: (job) => (started.push(job), spawn()),
  });
  for (const job of ["a1", "b1", "a2", "b2", "a3", "c1", "a4", "b3"]) await pool.run(job, never);
  expect(started).toEqual(["a1", "b1", "c1", "b3"]);
  expect(seen).toMatchObject({ most: 1, stopped: 2 });
  await pool.close();
});

it("starts a worker ahead of the first job, and says so when it does not start", async () => {
  const good = scripted([]);
  const pool = createPool({ size: 1, ...limits, spawn: good.spawn });
  await pool.start("any", never);
  expect(good.seen).toMatchObject({ spawned: 1, jobs: [] });
  expect(await pool.run("page", never)).toBe("PAGE");
  expect(good.seen.spawned).toBe(1);
  await pool.close();
  const bad = scripted([], "dies");
  const dead = createPool({ size: 1, ...limits, spawn: bad.spawn });
  await expect(dead.start("any", never)).rejects.toMatchObject({ code: "engine_start" });
  expect(bad.seen.stopped).toBe(1);
});

it("says that the disk is full instead of blaming the worker, which goes on", async () => {
  const { seen, spawn } = scripted([]);
  const full = () => {
    const worker = spawn();
    const run = (job: string): Promise<string> =>
      job === "large" ? Promise.reject(new OperationalError("disk_full")) : worker.run(job);
    return { ...worker, run };
  };
  const pool = createPool({ size: 1, ...limits, spawn: full });
  await expect(pool.run("large", never)).rejects.toMatchObject({ code: "disk_full" });
  expect(await pool.run("small", never)).toBe("SMALL");
  expect(seen).toMatchObject({ spawned: 1, stopped: 0 });
  await pool.close();
});
