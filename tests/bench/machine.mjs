import { execFile } from "node:child_process";
import { cpus, loadavg, release, totalmem } from "node:os";
import { promisify } from "node:util";
import { CORES } from "./workspace.mjs";

const execute = promisify(execFile);

/** First line a program prints of its version; undefined when it is not there. */
export async function versionOf(program, flag = "--version") {
  const answer = await execute(program, [flag]).catch(() => undefined);
  return answer && (answer.stdout || answer.stderr).trim().split("\n")[0];
}

/** What a reader needs to judge the figures. */
export async function machineFacts() {
  const [load = 0] = loadavg();
  return {
    cpu: cpus()[0]?.model.trim() ?? "",
    cores: CORES,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    sohoa: await sohoaVersion(),
    ocrmypdf: (await versionOf("ocrmypdf")) ?? null,
    tesseract: (await versionOf("tesseract")) ?? null,
    ghostscript: (await versionOf("gs")) ?? null,
    /** Processes that wanted a core during the last minute, ours not among them. */
    loadBefore: load,
  };
}

async function sohoaVersion() {
  const { PRODUCER } = await import("../../dist/ui/producer.js");
  return PRODUCER;
}
