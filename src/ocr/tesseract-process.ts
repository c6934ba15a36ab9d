import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import type { PoolWorker } from "./pool.ts";
import type { PageFolder } from "./tesseract-folder.ts";
import { orGone } from "../domain/or-gone.ts";
import type { TesseractJob } from "./tesseract-modes.ts";
import { createWear } from "./tesseract-wear.ts";

export interface ProcessOptions {
  /** Program and arguments that come before Tesseract's own: `stdbuf -o0 tesseract`. */
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly languages: readonly string[];
  /** Folder of `<language>.traineddata`. */
  readonly tessdata: string;
  readonly folder: PageFolder;
  /** A small white image: see `spawnProcess`. */
  readonly endMark: string;
  /** End marks after each page: 1, or as many as fill the output buffer of a program whose buffering cannot be set. */
  readonly endMarks: number;
}

/**
 * One system Tesseract that reads page after page in the segmentation it was started with: with `stream_filelist` it takes
 * a path a line from its input and writes each page's rows to its output. Nothing marks the end of a page, so a small white
 * image follows each one: the row that opens it ends the page (measured: 0.2-0.4 ms a page, in line mode 2-3 ms, where a
 * start for each page costs 60 ms).
 */
export function spawnProcess(
  segmentation: number,
  options: ProcessOptions,
): PoolWorker<TesseractJob, string> & { readonly pid: number | undefined } {
  const child = start(segmentation, options);
  const gone = ended(child);
  const died = (): never => {
    throw new Error("tesseract ended");
  };
  const output = readingPages(child, () => end(child));
  const taken = readingNotes(child);
  const { folder, endMark, endMarks } = options;
  const send = (...paths: readonly string[]): void => {
    child.stdin.write(`${[...paths, ...Array.from({ length: endMarks }, () => endMark)].join("\n")}\n`);
  };
  const wear = createWear();
  let next = 1 + endMarks;
  send();
  return {
    pid: child.pid,
    // The first end mark comes back when the model is loaded and images can be read.
    ready: output.upTo(1).then(() => undefined),
    gone,
    run: async ({ image }) => {
      wear.note(image);
      const path = await folder.write(image);
      try {
        const page = next;
        next += 1 + endMarks;
        void taken(path).then(() => folder.remove(path));
        send(path);
        await orGone(gone, output.upTo(page), died);
        return await orGone(gone, output.upTo(page + 1), died);
      } finally {
        await folder.remove(path);
      }
    },
    stop: async () => {
      child.ref();
      end(child);
      await gone;
    },
    worn: wear.worn,
  };
}

function start(segmentation: number, options: ProcessOptions): ChildProcessWithoutNullStreams {
  const [program, ...before] = options.command;
  const args = ["stdin", "stdout", "--tessdata-dir", options.tessdata, "-l", options.languages.join("+")];
  const settings = ["--oem", "1", "--psm", String(segmentation)];
  const variables = ["-c", "stream_filelist=1", "-c", "tessedit_create_tsv=1"];
  const child = spawn(program, [...before, ...args, ...settings, ...variables], {
    env: options.environment,
    // Ctrl-C reaches every program of the terminal's group; ours wants to end the pages it has begun.
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  // One that waits for pages must not keep this program from ending; it ends itself when its input does.
  for (const part of [child, child.stdin, child.stdout, child.stderr])
    if ("unref" in part && typeof part.unref === "function") part.unref();
  return child;
}

/** At once, and with what it has started: the program may be a script that starts the real one. */
function end(child: ChildProcessWithoutNullStreams): void {
  const ended = child.exitCode !== null || child.signalCode !== null;
  // It leads a group of its own: see `detached`.
  if (process.platform !== "win32" && child.pid !== undefined && !ended) endGroup(child.pid);
  child.kill("SIGKILL");
}

function endGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

/** Resolves when the process is gone or never came to be. */
function ended(child: ChildProcessWithoutNullStreams): Promise<void> {
  // Writing to a dead program fails; that it is dead is told by `gone`.
  child.stdin.on("error", () => undefined);
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
}

/** A sheet of A2 full of small print gives 2 MB of rows. What writes more than this is not reading a page. */
const MOST_TEXT = 8e6;

/** The output, cut where a given page begins; `refuse` is called when it does not come to an end. */
function readingPages(
  { stdout }: ChildProcessWithoutNullStreams,
  refuse: () => void,
): { upTo(page: number): Promise<string> } {
  let text = "";
  let wanted: { readonly page: number; readonly resolve: (rows: string) => void } | undefined;
  const look = (): void => {
    if (wanted === undefined) return;
    const at = startOf(wanted.page, text);
    if (at < 0) return;
    const rows = text.slice(0, at);
    text = text.slice(at);
    const { resolve } = wanted;
    wanted = undefined;
    resolve(rows);
  };
  stdout.setEncoding("utf8");
  stdout.on("data", (chunk: string) => {
    // Nothing of a program that has been given up is kept.
    if (text.length > MOST_TEXT) return refuse();
    text += chunk;
    look();
  });
  return {
    upTo: (page) =>
      new Promise((resolve) => {
        wanted = { page, resolve };
        look();
      }),
  };
}

/** Where the rows of a page begin: its own row has level 1 and no block. */
function startOf(page: number, text: string): number {
  return `\n${text}`.indexOf(`\n1\t${page}\t0\t0\t0\t0\t`);
}

const PATH_ROOM = 4096;

/** Tesseract names each image on its error output once it has it in memory. */
function readingNotes({ stderr }: ChildProcessWithoutNullStreams): (path: string) => Promise<void> {
  let notes = "";
  let wanted: { readonly path: string; readonly resolve: () => void } | undefined;
  stderr.setEncoding("utf8");
  stderr.on("data", (chunk: string) => {
    notes = (notes + chunk).slice(-PATH_ROOM);
    if (wanted !== undefined && notes.includes(` : ${wanted.path}\n`)) wanted.resolve();
  });
  return (path) =>
    new Promise((resolve) => {
      wanted = { path, resolve };
    });
}
