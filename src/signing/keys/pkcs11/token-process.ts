import { type ChildProcess, fork } from "node:child_process";
import { env } from "node:process";
import { fileURLToPath } from "node:url";
import { OperationalError } from "../../../domain/errors.ts";
import type { TokenAnswer, TokenTask } from "./protocol.ts";

/** The process a token lives in. What goes wrong with it is told as `token_missing`. */
export interface TokenProcess {
  /** One at a time. Kills the process, for good, when it has not answered after `limitMs`. */
  ask(task: TokenTask, limitMs: number): Promise<TokenAnswer>;
  /** Ends it at once. */
  stop(): Promise<void>;
}

const HEAP_MEGABYTES = 64;
/** How the detail begins when the process has ended by itself. */
export const ENDED = "PKCS#11: ended by ";

export function startTokenProcess(): TokenProcess {
  const child = fork(compiledChild(), [], {
    serialization: "advanced",
    env: environment(),
    execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`],
    // A vendor's library may print whatever it likes.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const gone = new Promise<string>((resolve) => {
    child.once("exit", (exit, signal) => resolve(signal ?? `exit ${exit}`));
    child.once("error", (error) => resolve(error.name));
  });
  hold(child, false);
  const stop = async (): Promise<void> => {
    hold(child, true);
    child.kill("SIGKILL");
    await gone;
  };
  return { ask: (task, limitMs) => ask(child, task, { gone, limitMs, stop }), stop };
}

interface Waiting {
  readonly gone: Promise<string>;
  readonly limitMs: number;
  readonly stop: () => Promise<void>;
}

async function ask(
  child: ChildProcess,
  task: TokenTask,
  { gone, limitMs, stop }: Waiting,
): Promise<TokenAnswer> {
  hold(child, true);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(resolve, limitMs, "late");
  });
  const answered = new Promise<TokenAnswer>((resolve) => {
    child.once("message", resolve);
  });
  // A child that is gone says so by `gone`; the failed write says nothing more.
  if (child.connected) child.send(task, () => undefined);
  const ended = await Promise.race([answered, late, gone]);
  clearTimeout(timer);
  child.removeAllListeners("message");
  hold(child, false);
  if (typeof ended === "object") return ended;
  if (ended !== "late") throw new OperationalError("token_missing", `${ENDED}${ended}`);
  await stop();
  throw new OperationalError("token_missing", `PKCS#11 > ${limitMs / 1000} s`);
}

/** An idle token must not keep a program running that has nothing else to do. */
function hold(child: ChildProcess, working: boolean): void {
  const way = working ? "ref" : "unref";
  child[way]();
  child.channel?.[way]();
}

/** The vendor's library finds its own settings there; ours, and a passphrase among them, are none of its business. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("SOHOA_")));
}

/** Node starts JavaScript only: under the tests this module is TypeScript, and its compiled twin lies in `dist`. */
function compiledChild(): string {
  const own = fileURLToPath(new URL("./child.js", import.meta.url));
  return import.meta.url.endsWith(".ts") ? own.replace(/([\\/])src([\\/]signing[\\/])/u, "$1dist$2") : own;
}
