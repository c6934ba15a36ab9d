import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll } from "vitest";
import { makeTestKey } from "../../src/signing/test-key.ts";

const ROOT = resolve(import.meta.dirname, "../..");
export const FIXTURES = join(ROOT, "fixtures");
export const CORPUS = resolve(ROOT, "../shared/corpus");

/** One line of `--json` output. */
export interface Event {
  readonly type: string;
  readonly document?: string | null;
  readonly file?: string;
  readonly state?: string;
  readonly reason?: string | null;
  readonly detail?: string;
  readonly dossier?: string | null;
  readonly page?: number;
  readonly pages?: number;
  readonly kept?: boolean;
  readonly unchanged?: boolean;
  readonly documents?: Readonly<Record<string, number>>;
  readonly left?: number;
  readonly kilobytesPerPage?: number | null;
  readonly exit?: number;
}

export interface Ended {
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

interface Options {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called with every whole line of stdout. */
  readonly onLine?: (line: string, child: ChildProcess) => void;
  readonly onStart?: (child: ChildProcess) => void;
}

/** Runs the compiled program as a person would; nothing of the caller's SOHOA_* settings reaches it. */
export function sohoa(args: readonly string[], options: Options = {}): Promise<Ended> {
  const clean = Object.entries(process.env).filter(
    ([name]) => !/^(?:SOHOA_|NO_COLOR|FORCE_COLOR)/u.test(name),
  );
  const child = spawn(process.execPath, [join(ROOT, "bin/sohoa.js"), ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: { ...Object.fromEntries(clean), ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  options.onStart?.(child);
  return new Promise((done, fail) => {
    let [out, err, open] = ["", "", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      const lines = (open + text).split("\n");
      open = lines.pop() ?? "";
      for (const line of lines) options.onLine?.(line, child);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    child.on("error", fail).on("close", (exit, signal) => done({ exit, signal, out, err }));
  });
}

/** Every line must be JSON: a line that is not fails the test. */
export function events(out: string): Event[] {
  const lines = out.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Event);
}

/** A folder that goes away with the test file. */
export function scratchFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `sohoa-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const PASSPHRASE = "mật khẩu thử";

interface WorkspaceOptions {
  readonly allowTestSignature?: boolean;
  readonly now?: Date;
  /** Further lines of sohoa.yaml. */
  readonly more?: readonly string[];
}

/** A workspace with a throw-away key, as `sohoa init` and an administrator would leave it. */
export async function makeWorkspace(folder: string, options: WorkspaceOptions = {}): Promise<string> {
  const keys = join(folder, "keys");
  await mkdir(keys, { recursive: true });
  writeFileSync(join(keys, "unit.pass"), `${PASSPHRASE}\n`);
  await makeTestKey({ folder: keys, passphrase: PASSPHRASE, now: options.now ?? new Date(), kind: "ec" });
  const lines = [
    "unit: H57.132",
    "officer: nv-0123",
    `allowTestSignature: ${options.allowTestSignature ?? true}`,
    "signing: { key: keys/test-key.p12, passphraseFile: keys/unit.pass, trust: [keys/test-root.pem] }",
    ...(options.more ?? []),
  ];
  writeFileSync(join(folder, "sohoa.yaml"), `${lines.join("\n")}\n`);
  return folder;
}
