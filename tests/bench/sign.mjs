import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { imagePdf, ImagePdf, jpegImage } from "../../fixtures/make/pdf.mjs";
import { createCpuLedger } from "./cpu-ledger.mjs";
import { readProfile, whereTimeGoes } from "./cpu-profile.mjs";
import { measure } from "./measure.mjs";
import { withComment } from "./memory.mjs";
import { number, printTable, verdict } from "./table.mjs";
import { makeWorkspace, PROJECT, SOHOA } from "./workspace.mjs";

/** One scanned page of an office, about 150 KB. */
const SCAN = join(PROJECT, "fixtures/scans/H57.132-260804-0583/001.jpg");
const SCAN_PIXELS = [1654, 2339];
const APPEARANCES = ["tt01-scan", "none"];
const SMALL_LIMIT_S = 60;
const SMALL_FILES = 1000;
const PROFILED_FILES = 200;
const LARGE_LIMIT_MB = 150;
const LARGE_PAGE_BYTES = 2_000_000;
const COMMENT_BYTES = 65_000;
const PARTS_SHOWN = 10;

/** Many small PDFs and one large one, signed at B-B with a PKCS#12 file by the program. */
export async function sign({ folder, signFiles, signMb, say }) {
  const own = join(folder, "sign");
  await mkdir(own, { recursive: true });
  const workspace = await makeWorkspace(join(own, "workspace"));
  const small = [];
  for (const appearance of APPEARANCES)
    small.push(await signSmall({ own, workspace, appearance, files: signFiles, say }));
  const profile = await profileSmall({ own, workspace, files: Math.min(signFiles, PROFILED_FILES), say });
  const large = [];
  const path = await makeLarge(own, signMb, say);
  for (const appearance of APPEARANCES)
    large.push(await signLarge({ own, workspace, appearance, path, say }));
  return { small, profile, large };
}

async function signSmall({ own, workspace, appearance, files, say }) {
  const paths = await makeSmall(own, files);
  const out = join(own, `signed-${appearance}`);
  const ledger = createCpuLedger({ jobs: 0 });
  let signed = 0;
  const onLine = (line) => {
    if (JSON.parse(line).state === "signed") signed += 1;
  };
  say(`sign: ${files} small PDFs, appearance ${appearance}`);
  const words = [...signWords(workspace, paths, out)];
  const env = { SOHOA_SIGNING_APPEARANCE: appearance };
  const onSample = (pids) => ledger.see(pids);
  const { exit, wall, cpu, peakMb, stderr } = await measure(process.execPath, words, {
    env,
    onLine,
    onSample,
  });
  const sound = signed > 0 && pdfsigAccepts(join(out, "00001.pdf"));
  const shares = ledger.shares();
  return { appearance, files, signed, exit, wall, cpu, peakMb, sound, shares, stderr: stderr.slice(-500) };
}

/** The same again with node's profiler, which slows it down: shares, not speeds. */
async function profileSmall({ own, workspace, files, say }) {
  const paths = await makeSmall(own, files);
  const prof = join(own, "profile");
  say(`sign: profile of ${files} small PDFs`);
  const words = [
    "--cpu-prof",
    `--cpu-prof-dir=${prof}`,
    ...signWords(workspace, paths, join(own, "profiled")),
  ];
  await measure(process.execPath, words);
  return whereTimeGoes(await readProfile(prof));
}

async function signLarge({ own, workspace, appearance, path, say }) {
  const out = join(own, `large-${appearance}`);
  const env = { SOHOA_SIGNING_APPEARANCE: appearance };
  say(`sign: one large PDF, appearance ${appearance}`);
  const signing = await measure(process.execPath, signWords(workspace, [path], out), { env });
  const file = join(out, "large.pdf");
  const sound = signing.exit === 0 && pdfsigAccepts(file);
  say("sign: verify it");
  const verifying = await measure(process.execPath, [
    SOHOA,
    "verify",
    file,
    "--json",
    "--workspace",
    workspace,
  ]);
  const { size } = await stat(file);
  await rm(out, { recursive: true, force: true });
  return { appearance, megabytes: size / 1e6, sound, signing, verifying };
}

function signWords(workspace, paths, out) {
  return [SOHOA, "sign", ...paths, "--out", out, "--json", "--workspace", workspace];
}

function pdfsigAccepts(path) {
  const said = execFileSync("pdfsig", ["-nocert", path], { encoding: "utf8" });
  return said.includes("Signature is Valid.") && said.includes("Total document signed");
}

/** PDFs of one page with the same picture and other bytes each. */
async function makeSmall(own, files) {
  const folder = join(own, "small");
  await mkdir(folder, { recursive: true });
  const scan = await readFile(SCAN);
  const paths = [];
  for (let file = 1; file <= files; file += 1) {
    const path = join(folder, `${String(file).padStart(5, "0")}.pdf`);
    await writeFile(path, await imagePdf([jpegImage(withComment(scan, `file ${file}`), ...SCAN_PIXELS)]));
    paths.push(path);
  }
  return paths;
}

/** A scan of many pages; comments in the JPEGs make them as large as photographs in colour. */
async function makeLarge(own, megabytes, say) {
  say(`sign: writing a PDF of ${megabytes} MB`);
  const path = join(own, "large.pdf");
  const scan = await readFile(SCAN);
  const file = await open(path, "w");
  try {
    const pdf = new ImagePdf((bytes) => file.writeFile(bytes));
    await pdf.start();
    const pages = Math.ceil((megabytes * 1e6) / LARGE_PAGE_BYTES);
    for (let page = 1; page <= pages; page += 1)
      await pdf.addPage(jpegImage(swollen(scan, page), ...SCAN_PIXELS));
    await pdf.finish();
  } finally {
    await file.close();
  }
  return path;
}

function swollen(scan, page) {
  let bytes = scan;
  const line = createHash("sha256").update(`page ${page}`).digest("hex");
  const comment = line.repeat(Math.floor(COMMENT_BYTES / line.length));
  while (bytes.length < LARGE_PAGE_BYTES - COMMENT_BYTES) bytes = withComment(bytes, comment);
  return bytes;
}

export function signFaults({ small, large }) {
  return [
    ...small.flatMap(({ appearance, exit, signed, files, sound, wall }) => [
      ...(exit === 0 && signed === files && sound
        ? []
        : [`${appearance}: ${signed} of ${files} signed, exit ${exit}`]),
      ...(perThousand(wall, files) <= SMALL_LIMIT_S ? [] : [`${appearance}: ${number(wall, 1)} s`]),
    ]),
    ...large.flatMap(({ appearance, sound, signing, verifying }) => [
      ...(sound ? [] : [`large, ${appearance}: no valid signature`]),
      ...(signing.peakMb < LARGE_LIMIT_MB
        ? []
        : [`large, ${appearance}: signed in ${number(signing.peakMb, 0)} MB`]),
      ...(verifying.peakMb < LARGE_LIMIT_MB
        ? []
        : [`large, ${appearance}: verified in ${number(verifying.peakMb, 0)} MB`]),
    ]),
  ];
}

/** Seconds that a thousand files take at the speed of so many. */
export function perThousand(seconds, files) {
  return (seconds * SMALL_FILES) / files;
}

export function printSign({ small, profile, large }, print) {
  print("\n## Signing at B-B with a PKCS#12 file (RSA 2048)\n");
  const rows = small.map(({ appearance, files, signed, wall, cpu, peakMb, sound, shares }) => [
    appearance,
    `${signed}/${files}`,
    number(wall, 1),
    number(files / wall, 1),
    number((wall * 1000) / files, 1),
    number((cpu * 1000) / files, 1),
    number(shares.mainThread, 1),
    number(shares.otherThreads, 1),
    number(shares.otherProcesses + shares.ocr, 1),
    number(peakMb, 0),
    verdict(sound && perThousand(wall, files) <= SMALL_LIMIT_S),
  ]);
  const header = [
    "appearance",
    "signed",
    "wall_s",
    "files/s",
    "ms/file",
    "cpu_ms/file",
    "main_s",
    "threads_s",
  ];
  printTable([...header, "processes_s", "peak_MB", `${SMALL_LIMIT_S} s/1000`], rows, print);
  print("\nWhere the main thread's time goes (own time, profiled run)\n");
  const total = profile.reduce((sum, { seconds }) => sum + seconds, 0);
  const parts = profile
    .slice(0, PARTS_SHOWN)
    .map(({ part, seconds }) => [part, number(seconds, 2), number((seconds / total) * 100, 1)]);
  printTable(["part", "s", "%"], parts, print);
  print("");
  const largeRows = large.map(({ appearance, megabytes, sound, signing, verifying }) => [
    appearance,
    number(megabytes, 0),
    number(signing.wall, 1),
    number(signing.peakMb, 0),
    number(verifying.wall, 1),
    number(verifying.peakMb, 0),
    verdict(sound && signing.peakMb < LARGE_LIMIT_MB && verifying.peakMb < LARGE_LIMIT_MB),
  ]);
  printTable(
    ["large file", "MB", "sign_s", "sign_MB", "verify_s", "verify_MB", `${LARGE_LIMIT_MB} MB`],
    largeRows,
    print,
  );
}
