import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { Interrupted } from "../domain/interrupted.ts";
import type { Io } from "./io.ts";

/** The real terminal. Colours need a terminal, no NO_COLOR, no TERM=dumb and no `--no-color`. */
export function processIo(noColour: boolean): Io {
  const { stdin, stdout, stderr, env } = process;
  const dumb = env["TERM"] === "dumb";
  // A reader that went away (`| head`) is no fault of ours, and no reason to end a run as if it were clean.
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: Error & { code?: string }) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    // Terminals without a size (containers, expect) report 0 columns, and a live line never fits into those.
    live: stderr.isTTY && !dumb && stderr.columns > 0,
    colour: stdout.isTTY && stderr.isTTY && !noColour && !dumb && (env["NO_COLOR"] ?? "") === "",
    env,
    cwd: process.cwd(),
    ask: stdin.isTTY && stderr.isTTY ? askSecret : undefined,
  };
}

async function askSecret(question: string): Promise<string> {
  const mute = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: mute, terminal: true });
  const stop = new AbortController();
  // The prompt holds the keyboard, so Ctrl-C arrives here instead of at the process.
  terminal.once("SIGINT", () => {
    process.emit("SIGINT", "SIGINT");
    stop.abort();
  });
  process.stderr.write(question);
  try {
    return await terminal.question("", { signal: stop.signal });
  } catch (error) {
    throw new Interrupted("passphrase prompt", { cause: error });
  } finally {
    terminal.close();
    process.stderr.write("\n");
  }
}
