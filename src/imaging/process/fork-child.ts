import { fork, type ChildProcess } from "node:child_process";
import { Socket } from "node:net";
import { compiledFile } from "../compiled-file.ts";
import { closeCarrier, openCarrier, packed, unpacked } from "./carrier.ts";
import { OVER_MEMORY, type ChildOptions, type Message, type Task } from "./protocol.ts";

export type Answered = Extract<Message, { type: "answer" }>;

/** A child process that decodes. It may die at any time, and then answers nothing more. */
export interface ForkedChild {
  readonly pid: number | undefined;
  /** Resolves when it can take tasks; never, when it dies before. */
  readonly ready: Promise<void>;
  /** Resolves when the process has ended, whoever ended it. */
  readonly gone: Promise<"over memory" | "died">;
  /** One at a time. */
  ask(task: Task): Promise<Answered>;
  /** Ends it at once, whatever it is doing, and waits for the end. */
  stop(): Promise<void>;
}

/** JavaScript's own heap holds little here: pixels lie outside of it. */
const HEAP_MEGABYTES = 192;
/** V8 counts pixels with its heap and so walked through the heap for each page; 6 % less CPU (see `collectLess`). */
const COLLECT_LESS = "--heap-growing-percent=400";
const KEPT_STDERR = 2048;
/**
 * Every page needs the same large pieces again. glibc would give each back to the system and fault it in anew: normalizing
 * takes 126 ms a page so and 132-182 without (other C libraries ignore this).
 */
const KEEP_MEMORY = { MALLOC_MMAP_THRESHOLD_: String(32 << 20), MALLOC_TRIM_THRESHOLD_: String(128 << 20) };

/** Starts a child; it keeps this process alive only while it works. */
export function forkChild(options: ChildOptions): ForkedChild {
  const carrier = openCarrier();
  const given: ChildOptions = { ...options, carried: carrier !== undefined };
  const child = fork(compiledFile(new URL("./child.js", import.meta.url)), [JSON.stringify(given)], {
    serialization: "advanced",
    // Nothing else of the environment: a passphrase may lie in it, and what decodes strangers' files needs none.
    env: KEEP_MEMORY,
    execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`, "--expose-gc", COLLECT_LESS],
    stdio: ["ignore", "ignore", "pipe", "ipc", carrier ?? "ignore"],
  });
  const said = lastWords(child);
  const gone = new Promise<"over memory" | "died">((resolve) => {
    const end = () => resolve(said().includes(OVER_MEMORY) ? "over memory" : "died");
    // `close` comes after the last of stderr; without a process there is only `error`.
    child.once("close", end);
    child.once("error", end);
  });
  void gone.then(() => closeCarrier(carrier));
  const ready = new Promise<void>((resolve) => {
    child.once("message", () => {
      hold(child, false);
      resolve();
    });
  });
  return {
    pid: child.pid,
    ready,
    gone,
    ask: (task) => ask(child, task, carrier),
    stop: async () => {
      hold(child, true);
      child.kill("SIGKILL");
      await gone;
    },
  };
}

async function ask(child: ChildProcess, task: Task, carrier: number | undefined): Promise<Answered> {
  hold(child, true);
  try {
    return await new Promise<Answered>((resolve, reject) => {
      child.once("message", (message: Message) => {
        if (message.type === "answer") resolve(opened(message, carrier));
      });
      // A child that is gone answers by `gone`; the failed write says nothing more.
      child.send(packed(task, carrier) as Task, (error) => {
        if (error !== null) reject(error);
      });
    });
  } finally {
    hold(child, false);
  }
}

function opened(message: Answered, carrier: number | undefined): Answered {
  try {
    return unpacked(message, carrier) as Answered;
  } catch (error) {
    const { message: words, stack = "" } = error instanceof Error ? error : new Error(String(error));
    return { type: "answer", answer: { kind: "bug", message: words, stack }, spent: true };
  }
}

/** An idle child must not keep a program running that has nothing else to do. */
function hold(child: ChildProcess, working: boolean): void {
  const way = working ? "ref" : "unref";
  child[way]();
  child.channel?.[way]();
  if (child.stderr instanceof Socket) child.stderr[way]();
}

/** What a child wrote last; read, so that it never waits for a reader. The terminal belongs to the progress display. */
function lastWords(child: ChildProcess): () => string {
  let words = "";
  child.stderr?.setEncoding("latin1").on("data", (chunk: string) => {
    words = (words + chunk).slice(-KEPT_STDERR);
  });
  return () => words;
}
