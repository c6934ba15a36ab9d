import { execFile } from "node:child_process";
import { existsSync } from "node:fs";

/** Variables of the user that decide which program and which data are found. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The Tesseract of the system. */
export interface SystemTesseract {
  /** Such as `5.3.0`. */
  readonly version: string;
  /** Folder of its `<language>.traineddata`; undefined when a program before 5.0 does not say. */
  readonly tessdata: string | undefined;
  readonly languages: readonly string[];
  /** `stdbuf` of coreutils is there. */
  readonly stdbuf: boolean;
}

/** 4.0 lacks half of what is asked for here; 3.x has no LSTM at all. */
const OLDEST = [4, 1] as const;

const PROBE_LIMIT_MS = 10_000;

/** Looks for the program and its data (some 50 ms); undefined when it is not there or too old. `tessdata` replaces its folder. */
export async function findTesseract(
  environment: Environment,
  tessdata: string | null,
  limitMs = PROBE_LIMIT_MS,
): Promise<SystemTesseract | undefined> {
  const env = passedOn(environment);
  const own = tessdata === null ? [] : ["--tessdata-dir", tessdata];
  const [about, list, stdbuf] = await Promise.all([
    said("tesseract", ["--version"], env, limitMs),
    said("tesseract", ["--list-langs", ...own], env, limitMs),
    said("stdbuf", ["--version"], env, limitMs),
  ]);
  const version = /^tesseract v?(\d+)\.(\d+)\S*/mu.exec(about ?? "");
  if (version === null || isOlder(Number(version[1]), Number(version[2]))) return undefined;
  const [head = "", ...names] = (list ?? "").split("\n").map((line) => line.trim());
  return {
    version: version[0].replace(/^tesseract v?/u, ""),
    tessdata: tessdata ?? /"(.+)"/u.exec(head)?.[1] ?? knownFolder(environment),
    languages: names.filter((name) => name !== ""),
    stdbuf: stdbuf !== undefined,
  };
}

function isOlder(major: number, minor: number): boolean {
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

/** Programs before 5.0 do not name their folder: it is where the variable says or where Debian, Ubuntu and Fedora put it. */
function knownFolder(environment: Environment): string | undefined {
  const folders = [
    environment["TESSDATA_PREFIX"] ?? "",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tesseract/tessdata",
    "/usr/share/tessdata",
  ];
  return folders.find((folder) => folder !== "" && existsSync(folder));
}

const PASSED_ON = ["PATH", "TESSDATA_PREFIX", "LD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP"];

/** What the program needs of the user's environment and nothing else: passphrases may lie in variables. */
export function passedOn(environment: Environment): Record<string, string> {
  const kept: Record<string, string> = { LC_ALL: "C", OMP_THREAD_LIMIT: "1" };
  for (const [name, value] of Object.entries(environment))
    if (value !== undefined && PASSED_ON.includes(name.toUpperCase())) kept[name] = value;
  return kept;
}

/** What a program prints, on either output; undefined when it is missing or fails. */
function said(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
  timeout: number,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    // A program that hangs may also pass over a polite request to end.
    const limits = { timeout, killSignal: "SIGKILL" } as const;
    execFile(program, args, { env, ...limits, windowsHide: true }, (error, stdout, stderr) =>
      resolve(error === null ? stdout + stderr : undefined),
    );
  });
}
