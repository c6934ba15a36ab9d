import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import type { Io } from "./io.ts";

/** The real terminal. Colours need a terminal, no NO_COLOR, no TERM=dumb and no `--no-color`. */
export function processIo(noColour: boolean): Io {
  const { stdin, stdout, stderr, env } = process;
  const dumb = env["TERM"] === "dumb";
  // A reader that went away (`| head`) is no fault of ours.
  stdout.on("error", (error: Error & { code?: string }) => {
    if (error.code === "EPIPE") process.exit(0);
  });
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    live: stderr.isTTY && !dumb,
    colour: stdout.isTTY && stderr.isTTY && !noColour && !dumb && (env["NO_COLOR"] ?? "") === "",
    env,
    cwd: process.cwd(),
    ask: stdin.isTTY && stderr.isTTY ? askSecret : undefined,
  };
}

async function askSecret(question: string): Promise<string> {
  const mute = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: mute, terminal: true });
  process.stderr.write(question);
  try {
    return await terminal.question("");
  } finally {
    terminal.close();
    process.stderr.write("\n");
  }
}
